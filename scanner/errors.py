"""Everything that can go wrong in words a person can act on: one tree, each error with its place, its cure and its exit code.

BastionlessError
├── UsageError              the scan could not be asked for                     exit 2
│   ├── ConfigError         bastionless.yaml says something it cannot say
│   │   └── ConfigErrors    several of them, told together
│   ├── CardError           a rule card cannot be read
│   │   └── CardErrors      several of them, told together
│   ├── SnapshotError       a snapshot or a folder of describe outputs cannot be read
│   ├── ReportError         a stored report cannot be read
│   ├── TemplateError       a template or plan cannot be read
│   ├── CredentialsError    AWS does not know who asks
│   ├── OutputError         a report cannot be written where it was asked for
│   ├── StateError          what is kept between runs cannot be read or kept
│   └── MissingExtraError   an optional part of the installation is needed
├── BusyError               another run holds the lock                          exit 4
└── InternalError           two parts of the scanner disagree: a bug, never a finding
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

EXIT_CLEAN = 0
EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_INCOMPLETE = 3
EXIT_BUSY = 4
EXIT_INTERRUPTED = 130


class BastionlessError(Exception):
    """One sentence with its place (`file:line`, an option, a region) and its cure."""

    exit_code: int = EXIT_USAGE

    def __init__(self, message: str, *, place: str = "", cure: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.cure = cure

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        remedy = f". {self.cure[:1].upper()}{self.cure[1:]}" if self.cure else ""
        return f"{where}{self.message}{remedy}"


class UsageError(BastionlessError):
    """The scan could not be asked for: an argument, a file or an account is not what it has to be."""


class ConfigError(UsageError):
    """The configuration holds something that means nothing."""


class ConfigErrors(ConfigError):  # noqa: N818 - they are many
    """Every mistake at once, so that one run is enough to mend them all."""

    def __init__(self, mistakes: Sequence[ConfigError]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class CardError(UsageError):
    """A rule card, or the Python beside it, cannot be read."""


class CardErrors(CardError):  # noqa: N818 - they are many
    """Every mistake on every card at once, so that one run is enough to mend them all."""

    def __init__(self, mistakes: Sequence[CardError]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class SnapshotError(UsageError):
    """A stored inventory is truncated, foreign, or of a version this program does not know."""


class ReportError(UsageError):
    """A stored report is truncated, foreign, damaged, or of a version this program does not know."""


class TemplateError(UsageError):
    """A template, a plan or a file of parameters is no such thing, or cannot be read."""


class CredentialsError(UsageError):
    """AWS has no credentials for this call, or does not accept them any more."""


class OutputError(UsageError):
    """A report cannot be written where it was asked for, or in the format that was asked for."""


class StateError(UsageError):
    """What a scan keeps between runs is foreign or damaged, or cannot be kept where it was asked for."""


class BusyError(BastionlessError):
    """Another run holds the lock."""

    exit_code = EXIT_BUSY


class MissingExtraError(UsageError):
    """An optional dependency is needed and not installed."""


class InternalError(BastionlessError):
    """Two parts of the scanner that have to agree do not; this is a bug and never a finding."""


_FEW = 16


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """The cure for a misspelt word: "did you mean 'x'?", or the few choices there are, or ""."""
    import difflib  # noqa: PLC0415 - only when something is already wrong

    known = {choice.casefold(): choice for choice in sorted(choices, reverse=True)}
    close = difflib.get_close_matches(word.casefold(), known, n=1, cutoff=0.6)
    if close:
        return f"did you mean {known[close[0]]!r}?"
    return f"choose one of {', '.join(sorted(known.values()))}" if 0 < len(known) <= _FEW else ""
