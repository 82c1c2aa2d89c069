"""Every language that letters come in says what the English ones say."""

import re
import tomllib
from html import unescape
from itertools import product
from pathlib import Path

import pytest

from bot.adapters import chat
from bot.adapters.phrasing import Phrasing
from bot.adapters.rendering import languages
from bot.checks.languages import missing
from bot.domain.letters import ChatText, LetterName
from bot.domain.phrases import phrases
from bot.domain.policy import misquotations
from bot.domain.vocabulary import Outcome, RequestType, Status
from tests.letters.written import (
    CODE,
    DOWNLOAD,
    FIRST,
    LATER,
    LAW,
    LETTERS,
    PACK,
    POLICY,
    REASON,
    REFERENCE,
    SITUATIONS,
    TEMPLATES,
    VERIFY,
    WHOLE,
    written,
)

LANGUAGES = languages([TEMPLATES])
OTHERS = [each for each in LANGUAGES if each != "en"]
STATEMENTS = tomllib.loads((Path(__file__).parent / "statements.toml").read_text("utf-8"))
SAID = [
    pytest.param(name, letter, language, id=f"{language}-{letter}-{name}")
    for name, statement in STATEMENTS.items()
    for letter, language in product(statement["letters"], LANGUAGES)
]
OF_STAFF = {"alert"}
IN_SLACK = sorted(f"slack/{path.stem}" for path in (TEMPLATES / "slack" / "en").glob("*.txt"))
EVERY = [*sorted(set(LetterName) - OF_STAFF), *IN_SLACK]
WITH_A_CODE = {"new_code", "code_reminder", "chat_code", "confirm_on_file", "export_code"}


def flat(text: str) -> str:
    """The text on one line, its quotation marks and no-break spaces as they are."""
    return re.sub(r"[ \n]+", " ", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_lacks_nothing_that_english_has(language: str) -> None:
    wanted = [] if language == "en" else [*phrases(language, POLICY, PACK), *chat.PHRASES]
    assert list(missing(language, [TEMPLATES], wanted)) == []


@pytest.mark.parametrize(("name", "letter", "language"), SAID)
def test_a_letter_says_what_it_must(name: str, letter: str, language: str) -> None:
    statement = STATEMENTS[name]
    assert language in statement, f"statements.toml: {name} has no words in {language}"
    text = flat(written(letter, language, *statement.get("given", ())).text)
    assert any(each in text for each in statement[language].split("|")), text


@pytest.mark.parametrize("language", OTHERS)
def test_no_statement_is_pinned_by_its_english_words(language: str) -> None:
    assert [name for name, each in STATEMENTS.items() if each.get(language) == each["en"]] == []


@pytest.mark.parametrize(("language", "letter"), list(product(LANGUAGES, EVERY)))
def test_a_letter_is_whole_in_every_situation(language: str, letter: str) -> None:
    texts = {situation: written(letter, language, *_with_code(letter, situation)) for situation in SITUATIONS}
    texts["in part"] = written(letter, language, *_with_code(letter), outcome=Outcome.PARTLY_FULFILLED)
    for found in {each.text: each for each in texts.values()}.values():
        assert found.language == language
        assert found.subject
        assert "None" not in found.text
        assert "  " not in found.text
        assert misquotations(found.text, POLICY) == ()
        html = unescape(re.sub(r"<[^>]*>", " ", LETTERS.html(found.text, language)))
        words = re.sub(r"(?m)^(?:>|[-*•]) ?", "", found.text)
        assert html.split() == words.split()


def _with_code(letter: str, *situations: str) -> tuple[str, ...]:
    return (*situations, "code") if letter in WITH_A_CODE else situations


@pytest.mark.parametrize(("language", "letter"), list(product(LANGUAGES, sorted(set(LetterName) - OF_STAFF))))
def test_a_letter_bears_its_reference_and_who_writes(language: str, letter: str) -> None:
    found = written(letter, language, "code", "export")
    assert found.subject.endswith(f"[{REFERENCE}]")
    assert found.text.rstrip().endswith("Linden Books")


@pytest.mark.parametrize(("language", "letter"), list(product(OTHERS, EVERY)))
def test_no_english_sentence_is_left(language: str, letter: str) -> None:
    for situation in SITUATIONS:
        theirs = set(_sentences(written(letter, "en", situation, excerpts=()).text))
        assert set(_sentences(written(letter, language, situation, excerpts=()).text)) & theirs == set()


def _sentences(text: str) -> list[str]:
    """The lines that hold words, but for quotations, names, codes, links and reasons."""
    lines = {line for line in text.split("\n") if len(line.split()) > 3 and not line.startswith(">")}
    return sorted(lines - {REASON} - {f"- {each}" for each in SITUATIONS["offers"]["offers"]})


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_day_of_the_answer_stands_as_people_there_write_it(language: str) -> None:
    day = Phrasing(language, [TEMPLATES]).day
    assert FIRST.respond_by
    assert LATER.respond_by
    for letter in ("acknowledgement", "status", "verified", "complaint_received", "slack/status"):
        assert day(FIRST.respond_by) in written(letter, language).text
    extended = written("extension", language).text
    assert day(LATER.respond_by) in extended
    assert day(FIRST.respond_by) in extended


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("type_", [each for each in RequestType if each != RequestType.NOT_PRIVACY])
def test_what_was_understood_has_words_of_its_own(language: str, type_: RequestType) -> None:
    others = [each for each in RequestType if each != type_]
    listed = {each: _listed(language, each) for each in RequestType}
    assert len(listed[type_]) == 1
    assert all(listed[type_] != listed[each] for each in others)


def _listed(language: str, type_: RequestType) -> tuple[str, ...]:
    text = written("acknowledgement", language, request_types=(type_,), excerpts=()).text
    return tuple(line for line in text.split("\n") if line.startswith("- "))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("letter", "situation", "line"),
    [
        ("acknowledgement", "code", CODE),
        ("acknowledgement", "code", VERIFY),
        ("new_code", "code", CODE),
        ("code_reminder", "code", CODE),
        ("confirm_on_file", "code", CODE),
        ("chat_code", "code", CODE),
        ("export_code", "code", CODE),
        ("export_ready", "export", DOWNLOAD),
    ],
)
def test_codes_and_links_stand_alone_on_their_line(language: str, letter: str, situation: str, line: str) -> None:
    text = written(letter, language, situation).text
    assert f"\n\n{line}\n\n" in text
    assert text.count(line) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "letter",
    ["denied", "partly_fulfilled", "could_not_verify", "third_party", "complaint_decided", "appeal_decided"],
)
def test_a_refusal_names_reason_authority_and_every_route(language: str, letter: str) -> None:
    here = Phrasing(language, [TEMPLATES]).here
    text = written(letter, language).text
    assert here(LAW.authority) in text
    for route in WHOLE.denial:
        assert f"- {here(route)}" in text
    if letter != "third_party":
        assert REASON in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reason_for_the_day_cites_the_law_as_it_is_cited_there(language: str) -> None:
    here = Phrasing(language, [TEMPLATES]).here
    assert FIRST.why
    assert here(FIRST.why.citation) in written("acknowledgement", language).text
    assert LATER.why
    assert LATER.why.extended_by
    if language != "en":
        assert here(FIRST.why.citation) != FIRST.why.citation


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", list(Status))
def test_every_status_has_a_sentence_of_its_own_or_that_of_work_under_way(language: str, status: Status) -> None:
    texts = {each: written("status", language, status=each).text for each in Status}
    same = {each for each in Status if texts[each] == texts[status]}
    assert same == ({Status.VERIFYING, Status.OPEN} if status in (Status.VERIFYING, Status.OPEN) else {status})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("letter", ["fulfilled", "partly_fulfilled"])
def test_each_kind_of_data_and_each_recipient_is_accounted_for(language: str, letter: str) -> None:
    here = Phrasing(language, [TEMPLATES]).here
    text = written(letter, language).text
    for line in WHOLE.account:
        assert f"- {here(line.name)}" in text
        assert here(line.words) in text


@pytest.mark.parametrize("language", OTHERS)
def test_excerpts_stay_as_published_and_are_said_to_be_untranslated(language: str) -> None:
    text = written("acknowledgement", language).text
    theirs = written("acknowledgement", language, policy_language=language).text
    assert all(f"> {each.text}" in text for each in WHOLE.excerpts)
    assert len(theirs) < len(text)


def test_a_language_without_letters_is_told_why_it_gets_english() -> None:
    assert "no letters in your language" in written("acknowledgement", "sv").text
    assert "no letters in your language" in written("slack/acknowledgement", "sv").text
    assert "no letters in your language" not in written("acknowledgement", "en").text
    assert "no letters in your language" not in written("acknowledgement", "unknown").text


@pytest.mark.parametrize("name", list(ChatText))
@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_said_in_slack_is_said_in_every_language(name: ChatText, language: str) -> None:
    assert written(f"slack/{name}", language).language == language
