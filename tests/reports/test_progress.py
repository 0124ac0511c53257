"""Progress goes to the error stream: a line a Region in a log, a bar on a terminal, nothing when quiet."""

from __future__ import annotations

import io

from scanner.model.progress import Progress, Silent
from scanner.reports.progress import show_progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def play(progress: Progress) -> None:
    progress.begin(("eu-west-1", "global"), calls=2)
    progress.called("eu-west-1", "ec2:DescribeVpcs")
    progress.expect(1)
    progress.called("eu-west-1", "ec2:DescribeVpcAttribute")
    progress.region_done("eu-west-1", resources=41, gaps=1)
    progress.called("us-east-1", "iam:GetAccountAuthorizationDetails")
    progress.region_done("global", resources=1, gaps=0)
    progress.end()


def test_a_log_has_a_line_a_region() -> None:
    stream = io.StringIO()
    play(show_progress(stream, quiet=False))
    assert stream.getvalue() == (
        "reading 2 regions: eu-west-1, global\n"
        "eu-west-1: 41 resources, 1 call without a full answer\n"
        "global: 1 resource\n"
    )


def test_a_terminal_has_a_bar_that_goes_away() -> None:
    stream = Terminal()
    play(show_progress(stream, quiet=False))
    shown = stream.getvalue()
    assert "3/3" in shown
    assert "iam:GetAccountAuthorizationDetails" in shown
    assert shown.endswith("\x1b[2K")


def test_a_name_from_outside_is_no_markup() -> None:
    stream = Terminal()
    progress = show_progress(stream, quiet=False)
    progress.begin(("eu-west-1",), calls=1)
    progress.called("[red]", "[/nothing]")
    progress.end()
    assert "[red] [/nothing]" in stream.getvalue()


def test_quiet_is_silent() -> None:
    stream = Terminal()
    progress = show_progress(stream, quiet=True)
    play(progress)
    assert isinstance(progress, Silent)
    assert stream.getvalue() == ""


def test_a_scan_that_never_began_may_end() -> None:
    for stream in (io.StringIO(), Terminal()):
        show_progress(stream, quiet=False).end()
        assert stream.getvalue() == ""
