"""An inventory as a finished drawing: Graphviz lays it out where it is installed, a plain layout of our own elsewhere."""

from __future__ import annotations

import shutil
import subprocess

from scanner.drawing.dot import as_dot
from scanner.drawing.scene import make_scene
from scanner.drawing.svg import as_svg
from scanner.model import Inventory

FORMATS = ("svg", "dot")
_PATIENCE = 60
"""Seconds that Graphviz gets; a map it cannot lay out in a minute is better drawn plainly."""


def draw(inventory: Inventory, *, vpc_id: str = "", format: str = "svg", plain: bool = False) -> str:  # noqa: A002 - the option's name
    """The map of a Region, or of one of its VPCs, as SVG or in Graphviz's language ("dot")."""
    scene = make_scene(inventory, vpc_id=vpc_id)
    if format == "dot":
        return as_dot(scene)
    laid_out = "" if plain else _by_graphviz(as_dot(scene))
    return laid_out or as_svg(scene)


def _by_graphviz(source: str) -> str:
    """What `dot` makes of it; "" where it is not installed, fails, or takes too long."""
    program = shutil.which("dot")
    if program is None:
        return ""
    try:
        done = subprocess.run(  # noqa: S603 - the program was found on PATH, and what it reads is quoted text
            [program, "-Tsvg"], input=source, capture_output=True, text=True, timeout=_PATIENCE, check=True
        )
    except (subprocess.SubprocessError, OSError):
        return ""
    return done.stdout
