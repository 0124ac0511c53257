"""`bastionless completion`: the script that teaches a shell our words."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(*, shell: str) -> int:
    """Print the completion script of a shell.

    For bash: `eval "$(bastionless completion bash)"` in ~/.bashrc; for zsh the same in ~/.zshrc; for fish:
    `bastionless completion fish > ~/.config/fish/completions/bastionless.fish`.
    """
    from scanner.cli import cli

    script = get_completion_class(shell)
    if script is None:  # pragma: no cover - click knows the three shells of the choice
        raise click.UsageError(f"click has no completion for {shell}")
    click.echo(script(cli, {}, "bastionless", "_BASTIONLESS_COMPLETE").source())
    return 0
