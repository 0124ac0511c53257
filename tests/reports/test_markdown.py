"""The report for summaries and pull requests."""

from __future__ import annotations

import dataclasses
import re

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from scanner.model import BaselineState, Change, Comparison, ScanReport
from scanner.reports import RenderOptions, render
from scanner.reports.markdown_text import code, escaped
from tests.reports.golden_files import golden
from tests.reports.hostile import NAMES, report_about
from tests.reports.reports_by_hand import STOPPED_TRAIL, everything, finding, report, resource

_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_MARKUP = {"html_inline", "html_block", "link_open", "image", "strong_open", "em_open", "s_open", "table_open", "hr"}


def _tokens(text: str) -> list[Token]:
    found = []
    for token in _PARSER.parse(text):
        found += [token, *(token.children or [])]
    return found


def test_a_report_with_one_of_each_is_the_markdown_it_was_found_good() -> None:
    shown = render(everything(), format="markdown")
    assert shown == golden("everything.md", now=shown)
    assert render(everything(), format="markdown-comment") == shown


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_marks_up_nothing(name: str) -> None:
    plain, hostile = (
        _tokens(render(report_about("web"), format="markdown")),
        render(report_about(name), format="markdown"),
    )
    allowed = {token.type for token in plain}
    types = [token.type for token in _tokens(hostile)]
    assert set(types) & _MARKUP <= allowed & {"strong_open"}
    assert types.count("strong_open") == [token.type for token in plain].count("strong_open")
    assert types.count("heading_open") == [token.type for token in plain].count("heading_open")
    assert all(line.isprintable() for line in hostile.splitlines())


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_calls_nobody_and_links_nowhere(name: str) -> None:
    shown = render(report_about(name), format="markdown")
    outside = re.sub(
        r"(?<![\\`])(`+)(?!`).+?(?<!`)\1(?!`)", "", re.sub(r"```+sh\n.*?\n *```+", "", shown, flags=re.DOTALL)
    )
    assert not re.search(r"@\w|(?<!&)#\d|\bGH-\d|https?://|\bwww\.", outside)


@pytest.mark.parametrize("name", [name for name in NAMES if name.isprintable()])
def test_a_name_reads_as_it_is(name: str) -> None:
    (inline,) = [token for token in _PARSER.parse(f"x {escaped(name)}") if token.type == "inline"]
    assert "".join(child.content for child in inline.children or ()).replace("\u200b", "") == f"x {name.strip()}"
    (inline,) = [token for token in _PARSER.parse(f"x {code(name)}") if token.type == "inline"]
    assert (inline.children or [])[1].content.strip() == name.strip()


def test_a_fence_is_longer_than_any_inside() -> None:
    shown = render(report(finding("i-1", fix="aws x ````` y")), format="markdown")
    assert "``````sh\naws x ````` y\n``````" in shown


@pytest.mark.parametrize(("format_", "room"), [("markdown", 900_000), ("markdown-comment", 65_000)])
def test_a_page_is_cut_worst_first_and_says_so(format_: str, room: int) -> None:
    told: list[str] = []
    many = [finding(f"i-{number:05}", "it is 😀 open" * 10) for number in range(9_000)]
    shown = render(
        report(*many, finding("main", rule=STOPPED_TRAIL)), format=format_, options=RenderOptions(tell=told.append)
    )
    assert room * 0.9 < len(shown.encode()) <= room
    listed = re.findall(r"^- `(.*?)`", shown, flags=re.MULTILINE)
    assert listed == ["main", *(f"i-{number:05}" for number in range(len(listed) - 1))]
    left = f"{9_001 - len(listed):,} findings more in the other reports"
    assert shown.endswith(f"\n_There is no room for all of it here: {left}._\n")
    assert told == [f"the Markdown was cut: {left}"]


def test_a_clean_report_is_short() -> None:
    assert render(report(passed=3), format="markdown") == (
        "## Bastionless: 0 findings\n\nScanned 1 account (`123456789012`), 1 Region with 4 rules. 3 passed.\n"
    )


def _compared(name: str, *, gone: int = 1, is_of_change: bool = False) -> ScanReport:
    """One new, one as it was, and some gone, each called alike."""
    held = name.encode("utf-8", "ignore").decode()
    told = report(
        dataclasses.replace(finding(resource(held)), change=Change(BaselineState.NEW, is_worse=True)),
        dataclasses.replace(finding("i-2"), change=Change(BaselineState.UNCHANGED)),
    )
    absent = tuple(finding(resource(f"{held}{number or ''}"), rule=STOPPED_TRAIL) for number in range(gone))
    return dataclasses.replace(told, comparison=Comparison(name, "", absent=absent, is_of_change=is_of_change))


@pytest.mark.parametrize("format_", ["markdown", "markdown-comment"])
@pytest.mark.parametrize(("is_of_change", "title"), [(False, "Gone"), (True, "Closed by this change")])
def test_what_is_new_and_what_is_gone_stands_before_the_findings(
    format_: str,
    is_of_change: bool,  # noqa: FBT001 - a case of the test
    title: str,
) -> None:
    shown = render(_compared("i-1", gone=12, is_of_change=is_of_change), format=format_)
    names = ", ".join(f"`i-1{number}`" for number in ("", 1, 10, 11, 2, 3, 4, 5, 6, 7))
    section = shown.partition("### Comparison\n")[2].partition("\n### NET001")[0]
    assert section == (
        "\nSince i-1: 1 new, 1 unchanged, 12 gone.\n\nNew:\n\n- NET001: `i-1`\n"
        f"\n{title}:\n\n- TRL001: {names} and 2 more\n"
    )


def test_without_a_comparison_there_is_no_section_of_it() -> None:
    assert "Comparison" not in render(everything(), format="markdown")


@pytest.mark.parametrize("format_", ["markdown", "markdown-comment"])
@pytest.mark.parametrize("name", [name for name in NAMES if len(name) < 1_000])
def test_a_hostile_name_marks_up_nothing_in_a_comparison(format_: str, name: str) -> None:
    shown = render(_compared(name), format=format_)
    plain = _tokens(render(_compared("web"), format=format_))
    assert [one.type for one in _tokens(shown) if one.type in _MARKUP | {"heading_open", "list_item_open"}] == [
        one.type for one in plain if one.type in _MARKUP | {"heading_open", "list_item_open"}
    ]
    assert all(line.isprintable() for line in shown.splitlines())
    outside = re.sub(r"(?<![\\`])(`+)(?!`).+?(?<!`)\1(?!`)", "", shown)
    assert not re.search(r"@\w|(?<!&)#\d|\bGH-\d|https?://|\bwww\.", outside)


def test_a_long_comparison_leaves_room_for_the_findings() -> None:
    shown = render(_compared("x" * 5_000), format="markdown-comment")
    assert "_There is no room for all of the comparison here._" in shown
    assert "### NET001" in shown
