"""The words that a letter tells its reader to write back are words that the desk understands."""

import re

import pytest

from bot.adapters.rendering import languages
from bot.domain.chat import asks_status, withdraws
from bot.domain.courtesies import asks_for_code, denies
from tests.letters.written import TEMPLATES, written

LANGUAGES = languages([TEMPLATES])
_QUOTED = re.compile(r"(?:[«“„”]\s?|(?<=\W)‘)([^«»“”„‘’\n]+?)(?:\s?[»”“]|’)")


def quoted(letter: str, language: str, *situations: str) -> list[str]:
    return _QUOTED.findall(written(letter, language, *situations, excerpts=()).text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("letter", ["wrong_code", "status", "slack/wrong_code", "slack/status"])
def test_a_new_code_is_asked_for_in_the_words_that_the_letter_names(letter: str, language: str) -> None:
    assert [asks_for_code(each) for each in quoted(letter, language)] == [True]


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_did_not_ask_says_so_in_the_words_that_the_letter_names(language: str) -> None:
    assert [denies(each) for each in quoted("confirm_on_file", language, "code")] == [True]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_helps_in_slack_is_understood_there(language: str) -> None:
    status, code, withdraw = quoted("slack/help", language)
    assert asks_status(status)
    assert asks_for_code(code)
    assert withdraws(withdraw)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_word_that_shows_all_requests_is_understood(language: str) -> None:
    assert [asks_status(each) for each in quoted("slack/which_ticket", language)] == [True]
