import re
from dataclasses import replace
from datetime import date
from html import unescape
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from bot.adapters.rendering import Letters, packaged_templates
from bot.adapters.webpages import drawn
from bot.domain.fulfilment import Task, account, tasks_for
from bot.domain.inventory import TOLD
from bot.domain.letters import LetterContext, LetterName
from bot.domain.policy import misquotations, read_policy
from bot.domain.vocabulary import RequestType, Result, Status

TEMPLATES = packaged_templates()
POLICY = read_policy(
    (TEMPLATES / "policy.md").read_text(encoding="utf-8"), (TEMPLATES / "policy.toml").read_text(encoding="utf-8")
)
LETTERS = Letters([TEMPLATES])
TYPES = (RequestType.DELETION, RequestType.OPT_OUT)
CONTEXT = LetterContext(
    organisation="Acme Software Ltd",
    reference="PR-7K3M9QZ2",
    request_types=TYPES,
    due_on=date(2026, 12, 22),
    due_rule="GDPR Art. 12(3): one month from receipt on 22 November 2026 is 22 December 2026.",
    excerpts=POLICY.for_request(TYPES),
    policy_version=POLICY.version,
    policy_date=POLICY.date,
    account=account(tasks_for(TYPES, POLICY.inventory), POLICY),
    recipients=POLICY.inventory.received(),
    status=Status.OPEN,
    authority="the Office for Data, data.example",
    denial=("You may go to court.",),
    privacy_address="privacy@acme.example",
)


def write(name, **changes):
    return LETTERS.write(name, "en", replace(CONTEXT, **changes))


def visible(html):
    """The words that a reader of the page sees."""
    return unescape(re.sub(r"<[^>]*>", " ", html))


# ---- letters ------------------------------------------------------------------------------------------------


def test_every_letter_has_an_english_source_and_every_source_is_a_letter():
    sources = {path.stem for path in (TEMPLATES / "letters" / "en").glob("*.txt")}
    assert {one for one in sources if not one.startswith("_")} == set(LetterName)


@pytest.mark.parametrize("name", list(LetterName))
def test_a_letter_greets_says_its_reference_and_misquotes_nothing(name):
    letter = write(name)
    assert letter.text.startswith("Hello,\n\n")
    assert letter.subject.endswith("[PR-7K3M9QZ2]")
    assert "Acme Software Ltd" in letter.text
    assert misquotations(letter.text, POLICY) == ()
    assert "\n\n\n" not in letter.text


@pytest.mark.parametrize("name", list(LetterName))
def test_a_letter_can_be_written_for_every_type_and_status(name):
    for request_type, status in product(RequestType, Status):
        assert write(name, request_types=(request_type,), status=status, due_on=None, excerpts=()).text


@pytest.mark.parametrize("name", list(LetterName))
def test_a_letter_needs_no_more_than_the_organisation(name):
    assert LETTERS.write(name, "en", LetterContext(organisation="Acme")).text


def test_the_acknowledgement_says_what_was_understood_when_and_why():
    text = write("acknowledgement").text
    assert "- deletion of your personal data" in text
    assert "by 22 December 2026" in text
    assert "GDPR Art. 12(3)" in text
    assert "24 hours" not in text


def test_the_code_stands_on_a_line_of_its_own():
    for name in ("acknowledgement", "new_code"):
        text = write(name, code="48213907").text
        assert text.split("\n").count("48213907") == 1
        assert "24 hours" in text


def test_what_needs_no_proof_does_not_wait_for_the_code():
    text = write("acknowledgement", code="48213907").text
    before, _, after = text.partition("For the rest")
    assert "This needs no proof from you" in before
    assert "48213907" in after


def test_a_link_to_confirm_is_offered_only_where_there_is_one():
    link = "https://desk.example/verify/abc"
    assert f"\n\n{link}\n\n" in write("new_code", code="48213907", verify_url=link).text
    assert "open this page" not in write("new_code", code="48213907").text


def test_a_refusal_names_reasons_and_every_route():
    text = write("denied", reason="The law keeps us from it.").text
    assert "The law keeps us from it." in text
    assert "- You may go to court." in text
    assert "the Office for Data" in text


def test_an_answer_without_excerpts_has_a_gap():
    assert "[…]" in write("policy_answer", excerpts=()).text
    assert "[…]" not in write("policy_answer").text


@pytest.mark.parametrize("name", ["denied", "partly_fulfilled", "question", "extension", "reply"])
def test_a_draft_without_its_reason_has_a_gap(name):
    assert "[…]" in write(name, account=()).text
    assert "[…]" not in write(name, account=(), reason="Because.").text


def test_a_fulfilled_deletion_says_what_became_of_each_kind_of_data():
    text = write("fulfilled").text
    assert all(f"- {one.name}: {one.answers['deletion'].words}" in text for one in POLICY.inventory.categories)
    assert all(f"- {one.name}: told of the deletion; {one.meaning}" in text for one in POLICY.inventory.recipients)
    assert "each kind of data" not in write("fulfilled", account=()).text


@pytest.mark.parametrize("language", ["xx", "", "EN", "../en", "unknown"])
def test_a_language_without_letters_gets_english_and_says_so(language):
    assert LETTERS.write("verified", language, CONTEXT).language == "en"


def test_an_unknown_letter_is_refused():
    with pytest.raises(ValueError, match="love_letter"):
        LETTERS.write("love_letter", "en", CONTEXT)


def test_the_operators_own_letter_comes_first(tmp_path: Path):
    own = tmp_path / "letters" / "de"
    own.mkdir(parents=True)
    (own / "verified.txt").write_text("Danke [{{ reference }}]\n\nHallo,\n\nstimmt.\n", encoding="utf-8")
    letter = Letters([tmp_path, TEMPLATES]).write("verified", "de", CONTEXT)
    assert (letter.language, letter.subject, letter.text) == ("de", "Danke [PR-7K3M9QZ2]", "Hallo,\n\nstimmt.\n")


def test_a_name_that_the_context_does_not_hold_fails(tmp_path: Path):
    own = tmp_path / "letters" / "en"
    own.mkdir(parents=True)
    (own / "verified.txt").write_text("Hello\n\n{{ requester_name }}\n", encoding="utf-8")
    with pytest.raises(UndefinedError, match="requester_name"):
        Letters([tmp_path, TEMPLATES]).write("verified", "en", CONTEXT)


@given(st.text(max_size=60))
def test_a_value_is_text_and_never_a_template_a_block_or_a_header(value):
    value = "{{7*7}}{%x%}<b>&" + value
    letter = write("denied", organisation=value, authority=value, reference="PR-1")
    plain = write("denied", organisation="x", authority="x", reference="PR-1")
    assert letter.subject == plain.subject
    assert letter.text.count("\n") == plain.text.count("\n")
    assert "{{7*7}}{%x%}<b>&" in letter.text
    assert "{{7*7}}{%x%}<b>&" in visible(LETTERS.html(letter.text))


# ---- HTML ---------------------------------------------------------------------------------------------------


def test_the_page_holds_every_word_of_the_letter():
    letter = write("acknowledgement", code="48213907", verify_url="https://desk.example/verify/abc")
    shown = visible(LETTERS.html(letter.text)).split()
    words = [word for word in letter.text.split() if word not in ("-", ">")]
    assert [word for word in shown if word not in ("-", ">")] == words


def test_the_page_asks_for_nothing_from_elsewhere():
    html = LETTERS.html(write("acknowledgement", code="48213907").text)
    assert re.findall(r"(?:src|href|url\(|@import|<script|<img|<link)", html) == []


def test_text_of_staff_is_escaped():
    html = LETTERS.html('Hello <img src=x onerror="y">,\n\n- <b>\n\n> "q" & more\n<i>\n')
    assert "<img" not in html
    assert "<b>" not in html
    assert "<i>" not in html


def test_the_page_says_its_language():
    assert '<html lang="fr">' in LETTERS.html("Bonjour", "fr")


def test_the_policy_page_has_every_statement_at_its_anchor():
    html = drawn(LETTERS, "policy", "en", policy=POLICY, current=POLICY, earlier=False, turns=())
    for one in POLICY.statements:
        assert html.count(f'id="{one.anchor}"') == 1
        assert one.text in visible(html)
    assert POLICY.version in html
    assert "2026-11-22" in html
    assert html.count("<ul>") == html.count("</ul>") == 8


# ---- what became of each task -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [*TOLD, RequestType.ACCESS, RequestType.PORTABILITY])
@pytest.mark.parametrize("result", list(Result))
@pytest.mark.parametrize("name", ["fulfilled", "partly_fulfilled", "denied"])
def test_a_letter_has_words_for_every_way_a_task_can_end(name, result, kind):
    ended = [Task(code, kind, result) for code in ("billing", "an_old_system")]
    ended += [Task("payment_providers", kind, result)] if result is not Result.KEPT else []
    text = write(name, account=account(ended, POLICY), request_types=(kind,)).text
    for one in ("Billing records, payment events and transaction metadata", "an old system"):
        assert re.search(rf"(?m)^- {re.escape(one)}: \w.*\.$", text)
