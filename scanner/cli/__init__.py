"""Words in, one call out: the command `bastionless`. Each command's module is loaded when it is called."""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import sys
from collections.abc import Mapping

import click

from scanner.errors import EXIT_INTERRUPTED, EXIT_USAGE, BastionlessError
from scanner.version import __version__

_COMMANDS: Mapping[str, str] = {
    "scan": "scanner.cli.scan:scan",
    "gate": "scanner.cli.gate:gate",
    "report": "scanner.cli.report:report",
    "sarif": "scanner.cli.sarif:sarif",
    "diff": "scanner.cli.diff:diff",
    "waive": "scanner.cli.waive:waive",
    "snapshot": "scanner.cli.snapshot:snapshot",
    "explain": "scanner.cli.explain:explain",
    "who": "scanner.cli.who:who",
    "map": "scanner.cli.map:draw_map",
    "rules": "scanner.cli.rules:rules",
    "completion": "scanner.cli.completion:completion",
}


class LazyGroup(click.Group):
    """A group whose commands are imported by name when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The commands in the order a newcomer meets them."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """The command, imported now; None for a word that is none."""
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with the nearest command for a misspelt one."""
        from scanner.errors import did_you_mean

        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            ctx.fail(f"There is no command {args[0]!r}; {did_you_mean(args[0], _COMMANDS)}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with `bastionless scan --demo`: it needs no account. Exit codes: 0 clean, 1 findings at or above the "
    "threshold, 2 the scan could not be asked for, 3 incomplete, 4 another run holds the lock.",
)
@click.version_option(__version__, "--version", prog_name="bastionless", message="%(prog)s %(version)s")
def cli() -> None:
    """Prove that an AWS network is private and that every login is brokered and logged.

    Reads VPCs, endpoints, EC2 Instance Connect Endpoint, security groups and CloudTrail; never changes anything.
    """


def main() -> None:
    """The entry point: runs the command and turns every error of ours into one sentence and its exit code."""
    from scanner.model.garbage import rare_collections

    # Python collects garbage several times while it ends, and would walk through all that the system takes back anyway.
    atexit.register(gc.freeze)
    with rare_collections():
        code = _run()
    sys.exit(code)


def _run() -> int:
    from scanner.cli.talk import Talk

    talk = Talk.heard()
    if sys.stdout is None:
        talk.error("there is no stdout to write to", exit_code=EXIT_USAGE)
        return EXIT_USAGE
    try:
        code = cli.main(standalone_mode=False)
        sys.stdout.flush()
    except BastionlessError as error:
        talk.error(str(error), exit_code=error.exit_code)
        code = error.exit_code
    except click.exceptions.Abort:
        talk.error("interrupted", exit_code=EXIT_INTERRUPTED)
        code = EXIT_INTERRUPTED
    except click.ClickException as error:
        if talk.as_json:
            talk.error(error.format_message(), exit_code=EXIT_USAGE)
        else:
            error.show()
        code = EXIT_USAGE
    except BrokenPipeError:
        # The reader (head, less) has seen enough; Python would complain once more while it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as failure:
        talk.error(f"stdout cannot be written ({failure.strerror})", exit_code=EXIT_USAGE)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = EXIT_USAGE
    return code if isinstance(code, int) else 0
