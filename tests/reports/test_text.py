"""Text from AWS made harmless, measured and wrapped."""

from __future__ import annotations

import pytest

from scanner.model import Resource, Unknown
from scanner.reports.text import cells, clean, label, paragraphs, wrap, wrap_command
from tests.reports.reports_by_hand import resource


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("two\nlines\r\tand a tab", r"two\nlines\r\tand a tab"),
        ("\x9b2J and \x7f", r"\x9b2J and \x7f"),
        ("abc\u202edcba", r"abc\u202edcba"),
        ("\u2066hidden\u2069\u200b\ufeff", r"\u2066hidden\u2069\u200b\ufeff"),
        ("half \ud83d of a pair", r"half \ud83d of a pair"),
        ("line\u2028separator\xa0space", r"line\u2028separator\xa0space"),
        ("\U000e0041 tag", r"\U000e0041 tag"),
    ],
)
def test_what_could_steer_a_terminal_is_shown_escaped(hostile: str, shown: str) -> None:
    assert clean(hostile) == shown


@pytest.mark.parametrize("harmless", ["web-1", "Zürich", "東京", "😀", "[bold]not markup[/bold]", r"C:\x", ""])
def test_everything_printable_stays_as_it_is(harmless: str) -> None:
    assert clean(harmless) == harmless


def test_a_label_is_the_id_with_its_clean_name() -> None:
    assert label(resource("i-1", name="web\x1b[2J")) == r"i-1 (web\x1b[2J)"
    assert label(resource("i-1")) == "i-1"


def test_a_label_does_without_tags_nobody_could_read() -> None:
    unreadable = Resource("K", "aws", "1", "r", "i-1", "", {"Tags": Unknown("ec2:DescribeTags was refused")})
    assert label(unreadable) == "i-1"


def test_a_command_is_a_paragraph_of_its_own_and_so_is_what_follows() -> None:
    text = "Close it:\naws ec2 one\naws ec2 two\nor\nask."
    assert list(paragraphs(text)) == ["Close it:", "aws ec2 one", "aws ec2 two", "or ask."]


def test_a_wrapped_command_is_still_one_command_with_its_quotes_whole() -> None:
    lines = wrap_command("aws ec2 describe --query 'A[0].B c' --filters x", width=30, first="  ", rest="    ")
    assert lines == ["  aws ec2 describe --query \\", "    'A[0].B c' --filters x"]
    assert wrap_command("aws ec2 x", width=30) == ["aws ec2 x"]


def test_a_command_inside_a_command_may_be_wrapped() -> None:
    lines = wrap_command("""aws a --id "$(aws b --query 'c d' --output text)" --x "e f\"""", width=26, rest="  ")
    assert lines == ['aws a --id "$(aws b \\', "  --query 'c d' --output \\", '  text)" --x "e f"']


def test_no_word_of_a_command_is_cut() -> None:
    arn = f"arn:aws:cloudtrail:eu-west-1:123456789012:trail/{'x' * 30}"
    assert wrap_command(f"aws x --name {arn} y", width=40, rest="  ") == ["aws x --name \\", f"  {arn} \\", "  y"]


def test_lines_wrap_between_words_with_a_hanging_indent() -> None:
    assert wrap("the quick brown fox jumps", width=16, first="- ", rest="  ") == [
        "- the quick",
        "  brown fox",
        "  jumps",
    ]


def test_an_id_that_fits_a_line_is_never_torn() -> None:
    lines = wrap("reaches subnet-0123456789abcdef0 from rtb-0123456789abcdef1", width=30, rest="  ")
    assert lines == ["reaches", "  subnet-0123456789abcdef0", "  from rtb-0123456789abcdef1"]


def test_a_word_longer_than_a_line_is_cut_at_its_joints_and_keeps_all_its_letters() -> None:
    arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/public-entrance/50dc6c495c0c9188/f2f7dc8efc522ab2"
    lines = wrap(f"see {arn} now", width=40, first="  ", rest="    ")
    assert lines == [
        "  see arn:aws:elasticloadbalancing:eu-",
        "    west-1:123456789012:listener/app/",
        "    public-entrance/50dc6c495c0c9188/",
        "    f2f7dc8efc522ab2 now",
    ]


def test_the_rest_of_a_cut_word_begins_a_line_even_where_it_would_fit() -> None:
    word = f"{'a' * 20}{'b' * 20}{'c' * 5}"
    assert wrap(word, width=40, first=" " * 20) == [f"{' ' * 20}{'a' * 20}", "b" * 20, "c" * 5]


def test_wide_characters_count_as_two_columns() -> None:
    assert cells("東京") == 4
    assert max(map(cells, wrap("東京" * 30, width=40, rest="  "))) <= 40


def test_paragraphs_join_wrapped_lines_and_keep_lists_and_commands_apart() -> None:
    text = "First\nline.\n\nSecond.\n- one\n- two\n  aws ec2 describe\n1. three\n"
    assert list(paragraphs(text)) == ["First line.", "Second.", "- one", "- two", "aws ec2 describe", "1. three"]
