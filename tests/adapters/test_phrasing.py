"""Dates as people write them."""

from datetime import date

import pytest

from bot.adapters.phrasing import Phrasing


@pytest.mark.parametrize(
    ("language", "first", "eleventh"),
    [
        ("en", "1 April 2026", "11 April 2026"),
        ("fr", "1er avril 2026", "11 avril 2026"),
        ("es", "1 de abril de 2026", "11 de abril de 2026"),
        ("it", "1º aprile 2026", "11 aprile 2026"),
        ("pt", "1 de abril de 2026", "11 de abril de 2026"),
        ("de", "1. April 2026", "11. April 2026"),
    ],
)
def test_the_first_of_a_month_is_written_as_the_language_does(language: str, first: str, eleventh: str) -> None:
    day = Phrasing(language, []).day
    assert day(date(2026, 4, 1)) == first
    assert day(date(2026, 4, 11)) == eleventh
