"""What staff see in a channel holds no name, address or number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.masking import masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Write to ida.berg+x@mail.example.org, please", "Write to •••, please"),
        ("<ida@example.org>", "<•••>"),
        ("Call +49 170 123-45-67 now", "Call +••• now"),
        ("Account 4711", "Account •••"),
        ("two of 12 things", "two of 12 things"),
        ("Dear Ida Berg,", "Dear ••• •••,"),
        ("dear IDA", "dear •••"),
        ("Idaho and Bergen", "Idaho and Bergen"),
        ("", ""),
    ],
)
def test_what_is_covered_and_what_is_not(text: str, shown: str) -> None:
    assert masked(text, "Ida Berg") == shown


def test_the_parts_of_an_address_are_covered_as_names() -> None:
    assert masked("ask ida or berg", "ida.berg") == "ask ••• or •••"


def test_what_is_our_own_is_spared_and_what_merely_holds_it_is_not() -> None:
    text = "PR-1234 of 2 June 2026: account 92 June 20261, version 1-11c2"
    shown = masked(text, spared=("PR-1234", "2 June 2026", "1-11c2"))
    assert shown == "PR-1234 of 2 June 2026: account 92 June •••, version 1-11c2"


def test_a_name_full_of_signs_is_taken_literally() -> None:
    assert masked("an (x|y*) b", "(x|y*)") == "an ••• b"


def test_a_name_of_one_letter_does_not_cover_the_text() -> None:
    assert masked("a b c", "a") == "a b c"


@given(local=st.from_regex(r"[a-z0-9.]{1,20}", fullmatch=True), around=st.sampled_from([" ", ",", "<>", "\n"]))
def test_no_address_is_left_over(local: str, around: str) -> None:
    assert "@" not in masked(f"x{around[0]}{local}@example.org{around[-1]}y")


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", ["a" * 1_000_000, "a." * 500_000, "1 " * 500_000, "12 x" * 250_000])
def test_a_hostile_text_is_masked_in_bounded_time(text: str) -> None:
    assert isinstance(masked(text, "Ida"), str)
