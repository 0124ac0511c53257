"""`bastionless completion`: the script that teaches a shell our words."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem, get_completion_class


def complete_rules(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The rules whose ids begin like the word (behind its last comma), and for options the families too."""
    from scanner.errors import BastionlessError
    from scanner.rulebook.shelf import load_rules

    try:
        rules = load_rules(context.params.get("folders") or (), brief=True)
    except BastionlessError:  # nobody can be told while they type
        return []
    head, comma, word = incomplete.rpartition(",") if isinstance(parameter, click.Option) else ("", "", incomplete)
    words = {rule.id: rule.title for rule in rules if not rule.retired}
    if isinstance(parameter, click.Option):
        words |= {rule.family: "" for rule in rules}
    start = word.upper()
    return [
        CompletionItem(f"{head}{comma}{name}", help=words[name] or None)
        for name in sorted(words)
        if name.startswith(start)
    ]


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
