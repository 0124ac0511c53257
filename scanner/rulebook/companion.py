"""The Python beside a card: loaded by path, allowed to import the kit and the standard library, and nothing else."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from scanner.errors import CardError
from scanner.model import Answer, Check, Setting, View

KIT = "scanner.kit"


class LateCheck:
    """The `check` of a file that was released with this program, loaded when it is called: many a run never asks it."""

    def __init__(self, path: Path, settings: tuple[Setting, ...]) -> None:
        self._path = path
        self._settings = settings
        self._check: Check | None = None

    def __call__(self, inventory: View, **settings: Any) -> Iterator[Answer]:
        """Whatever the function says; raises `CardError` where the file is no longer what it was."""
        if self._check is None:
            self._check = load_check(self._path, self._settings, released=True)
        return self._check(inventory, **settings)


def load_check(path: Path, settings: tuple[Setting, ...], *, released: bool = False) -> Check:
    """The `check` function of a file; raises `CardError` when it cannot be what a rule calls.

    What is `released` with this program had its imports checked then, and Python may keep it compiled.
    """
    check = getattr(_run(_released_code(path) if released else _checked_code(path), path), "check", None)
    if not inspect.isgeneratorfunction(check):
        raise CardError(
            "there is no generator function `check` in it",
            place=str(path),
            cure="write `def check(inventory, *, ...)` and yield Flag, Clear, Unsure or Aside",
        )
    _match_settings(check, settings, path)
    return check


def _checked_code(path: Path) -> CodeType:
    """What was read is what runs, and nothing is written beside the card."""
    tree = _parse(path)
    _refuse_imports(tree, path)
    return compile(tree, str(path), "exec", dont_inherit=True)


def _released_code(path: Path) -> CodeType:
    code = SourceFileLoader(path.stem, str(path)).get_code(path.stem)
    if code is None:
        raise CardError("the file cannot be read", place=str(path))
    return code


def _parse(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_text(encoding="utf-8-sig"), filename=str(path))
    except SyntaxError as mistake:
        raise CardError(f"this is not Python: {mistake.msg}", place=f"{path}:{mistake.lineno or 1}") from None
    except (OSError, ValueError, RecursionError, MemoryError) as failure:
        raise CardError(f"the file cannot be read ({failure})", place=str(path)) from None


def _run(code: CodeType, path: Path) -> ModuleType:
    """The module that code makes."""
    # The whole path makes the name: two folders may hold a file of the same name.
    name = "bastionless_rule_" + "".join(letter if letter.isalnum() else "_" for letter in str(path.resolve()))
    module = ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module  # dataclasses look their own module up
    try:
        exec(code, module.__dict__)  # noqa: S102 - a rule is a program; folders of rules are trusted
    except (Exception, SystemExit) as crash:  # the author's code runs here for the first time: anything may come out
        del sys.modules[name]
        raise CardError(f"importing it failed: {type(crash).__name__}: {crash}", place=str(path)) from crash
    return module


def _refuse_imports(tree: ast.Module, path: Path) -> None:
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "." if not node.level else "."]
        for name in names:
            if name != KIT and (name.split(".")[0] not in sys.stdlib_module_names):
                raise CardError(
                    f"a rule may not import {name!r}",
                    place=f"{path}:{getattr(node, 'lineno', 1)}",
                    cure=f"import from {KIT} or the standard library",
                )


def _match_settings(check: Any, settings: tuple[Setting, ...], path: Path) -> None:
    declared = {setting.name for setting in settings}
    parameters = list(inspect.signature(check).parameters.values())
    asked = {parameter.name for parameter in parameters if parameter.kind is inspect.Parameter.KEYWORD_ONLY}
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    others = [parameter.kind for parameter in parameters if parameter.name not in asked]
    code = getattr(inspect.unwrap(check), "__code__", None)
    place = f"{path}:{code.co_firstlineno}" if code else str(path)
    if len(others) != 1 or others[0] not in positional:
        cure = "write `def check(inventory, *, setting)`"
        raise CardError("`check` takes the inventory and keyword-only settings", place=place, cure=cure)
    for name in sorted(asked ^ declared):
        side = "asks for the setting" if name in asked else "does not take the card's setting"
        raise CardError(
            f"`check` {side} {name!r}", place=place, cure="the card and the function list the same settings"
        )
