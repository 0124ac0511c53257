"""The table of formats, and what is said of one that is not in it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scanner.errors import EXIT_USAGE, OutputError
from scanner.reports import FORMATS, RenderOptions, render
from tests.reports.reports_by_hand import everything

NAMES = [
    "terminal",
    "json",
    "sarif",
    "sarif-full",
    "markdown",
    "markdown-comment",
    "junit",
    "jsonl",
    "csv",
    "gitlab",
    "github",
]


def test_these_are_the_formats() -> None:
    assert list(FORMATS) == NAMES


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_renders_text_that_ends_in_a_newline_the_same_twice(name: str) -> None:
    text = render(everything(), format=name)
    assert text.endswith("\n")
    assert render(everything(), format=name) == text


def test_a_misspelt_format_is_told_with_the_nearest_one() -> None:
    with pytest.raises(OutputError) as refusal:
        render(everything(), format="Sarfi")
    assert str(refusal.value) == (
        f"there is no report format 'Sarfi'. Did you mean 'sarif'? The formats are {', '.join(NAMES)}"
    )
    assert refusal.value.exit_code == EXIT_USAGE


def test_a_format_like_none_is_told_with_all_of_them() -> None:
    with pytest.raises(
        OutputError, match=r"there is no report format 'docx'\. The formats are terminal, json, sarif, "
    ):
        render(everything(), format="docx", options=RenderOptions())


def test_the_table_loads_neither_sarif_om_nor_rich() -> None:
    program = "import sys, scanner.reports; print(sorted({'sarif_om', 'rich', 'attr', 'boto3'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_plain_terminal_report_needs_no_rich() -> None:
    program = (
        "import sys\nfrom scanner.model import ScanReport\nfrom scanner.reports import render\n"
        "render(ScanReport((), (), (), ()), format='terminal')\nprint('rich' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
