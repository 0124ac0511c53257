"""The page the terminal report is written on: wrapped lines, coloured or plain."""

# ruff: noqa: PLC0415 - rich is loaded for colours only

from __future__ import annotations

from enum import Enum

from scanner.model import Severity
from scanner.reports.text import wrap, wrap_command


class Style(Enum):
    """What a line is, and how rich is to paint it."""

    PLAIN = ""
    STRONG = "bold"
    NAME = "cyan"
    QUIET = "dim"
    GOOD = "bold green"
    DOUBT = "bold magenta"
    CRITICAL = "bold white on red"
    HIGH = "bold red"
    MEDIUM = "bold yellow"
    LOW = "bold blue"
    INFO = "bold cyan"

    @classmethod
    def of(cls, severity: Severity) -> Style:
        """The style of a severity's heading."""
        return cls[severity.name]


class Sheet:
    """Lines of at most `width` columns; the text added has to be clean already."""

    def __init__(self, *, width: int, color: bool) -> None:
        self._width = width
        self._color = color
        self._lines: list[str] = []
        self._paints: dict[Style, tuple[str, str]] = {}

    @property
    def text(self) -> str:
        """All lines, each ended by a newline."""
        return "".join(f"{line}\n" for line in self._lines)

    def gap(self) -> None:
        """An empty line, except at the top and after another one."""
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def add(self, text: str, *, first: str = "", rest: str = "", style: Style = Style.PLAIN) -> None:
        """A paragraph, its first line begun with `first` and the others with `rest`."""
        for line in wrap(text, width=self._width, first=first, rest=rest):
            self._lines.append(self._painted(line.rstrip(), style))

    def add_command(self, text: str, *, first: str, rest: str) -> None:
        """A command to be copied, its lines begun like those of a paragraph."""
        self._lines.extend(wrap_command(text, width=self._width, first=first, rest=rest))

    def _painted(self, line: str, style: Style) -> str:
        if not self._color or style is Style.PLAIN or not line:
            return line
        before, after = self._paint(style)
        body = line.lstrip()
        return f"{line[: len(line) - len(body)]}{before}{body}{after}"

    def _paint(self, style: Style) -> tuple[str, str]:
        """The escapes around a painted text, asked of rich once for each style."""
        found = self._paints.get(style)
        if found is None:
            from rich.color import ColorSystem
            from rich.style import Style as RichStyle

            before, after = RichStyle.parse(style.value).render("\0", color_system=ColorSystem.STANDARD).split("\0")
            found = self._paints[style] = (before, after)
        return found
