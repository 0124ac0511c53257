"""A program that has loaded what all tests need and tries each mutant in a child of its own.

    python -m tests.network.mutations.stand

It is started in a copy of the checkout. Every line it reads is a task, every line it writes is what was noticed, as JSON.
"""

from __future__ import annotations

import importlib
import json
import multiprocessing
import os
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

_SHARED = ("pytest", "hypothesis.internal.conjecture.engine", "hypothesis.strategies", "yaml", "click.testing")
# What a card says is no business of the engine's, and reading all of them takes long.
_OF_NO_USE = "tests/rules/test_worlds.py::test_a_card_speaks_the_language_of_botocores_models"
# Without other programs' plugins, which take longer to load than most mutants to die.
_OPTIONS = (
    "-q",
    "--tb=no",
    "-p",
    "no:cacheprovider",
    "-p",
    "_hypothesis_pytestplugin",
    "--hypothesis-profile=repeatable",
    "--deselect",
    _OF_NO_USE,
)


def main() -> None:
    """Answers every task until there are no more."""
    for name in _SHARED:
        importlib.import_module(name)
    for line in sys.stdin:
        sys.stdout.write(f"{json.dumps(_answer(json.loads(line)))}\n")
        sys.stdout.flush()


def _answer(task: dict[str, Any]) -> dict[str, Any]:
    fork = multiprocessing.get_context("fork")
    receiver, sender = fork.Pipe(duplex=False)
    child = fork.Process(target=_try, args=(task, sender))
    child.start()
    sender.close()
    try:
        told: dict[str, Any] = receiver.recv() if receiver.poll(task["patience"]) else {"is_late": True}
    except EOFError:
        told = {"nonsense": "the tests ended early"}
    child.kill()
    child.join()
    return told


def _try(task: dict[str, Any], sender: Connection) -> None:
    from tests.network.mutations.noticing import Noticing, Recording

    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    import pytest

    folder = task.get("recorded", "")
    sys.dont_write_bytecode = not folder
    noticing = Recording(task["order"], Path(folder).resolve()) if folder else Noticing(task["order"])
    pytest.main([*_OPTIONS, *task["files"]], plugins=[noticing])
    told: dict[str, Any] = {"passed": noticing.passed, "failed": noticing.failed, "nonsense": noticing.nonsense}
    if isinstance(noticing, Recording):
        told |= {"taken": noticing.taken, "lines": noticing.lines}
    sender.send(told)


if __name__ == "__main__":
    main()
