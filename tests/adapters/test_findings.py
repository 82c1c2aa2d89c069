"""What was found in a letter, in words for staff, with no word of the sender's in them."""

import pytest

from bot.adapters.cards import Card, incoming, ticket_card
from bot.adapters.findings import besides, flags, hinted, personal, why_triage
from bot.demo.slack.blockkit import check_blocks
from bot.domain.mime.flags import Flag
from bot.domain.particulars import particulars
from bot.domain.screening import RULES
from tests.handlers.conftest import NOW

SURE = {"types": ["deletion"], "confidence": 0.97, "language": "en", "hits": []}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_of_screening_is_told_in_a_sentence_without_gaps(rule):
    (told,) = why_triage(SURE | {"hits": [rule.name]})
    assert told.endswith(".")
    assert "{" not in told


def test_several_reasons_are_all_told():
    detail = SURE | {"hits": ["dmarc_fail"], "names": ["PR-7K3M9QZ2"], "abstained": True, "language": "und"}
    assert why_triage(detail) == [
        "Our mail server says that the sender's domain did not send it.",
        "It names PR-7K3M9QZ2, and is not proven to come from its requester.",
        "It was not understood for sure. The best guess is deletion (97 % sure).",
        "Its language was not understood.",
    ]


def test_an_unsure_reading_says_its_best_guess_and_how_sure_it_is():
    detail = {"types": ["access", "opt_out", "deletion"], "abstained": True, "confidence": 0.431}
    assert "access, opt out and deletion (43 % sure)" in why_triage(detail)[0]


def test_an_unsure_reading_of_what_may_be_no_request_says_so():
    detail = {"types": ["not_privacy"], "abstained": True, "confidence": 0.5}
    assert "Perhaps it asks for no privacy right at all (50 % sure)" in why_triage(detail)[0]


def test_what_is_surely_no_matter_of_privacy_says_so():
    assert why_triage({"types": ["not_privacy"]}) == ["Nothing in it asks for a privacy right."]


def test_what_another_way_opened_has_no_reason():
    assert why_triage({"types": ["access"], "status": "triage"}) == []


@pytest.mark.parametrize("flag", Flag)
def test_every_flag_of_a_mail_has_its_words(flag):
    assert flags({"flags": [flag.value]})


def test_what_a_letter_says_besides_is_told_by_kind_and_day():
    says = ["own_reference", "reminder:2026-11-03", "deadline:2026-12-02", "threat:authority", "threat:court"]
    says += ["gives:name", "gives:birth_date", "agent:lawyer"]
    assert besides({"says": says}) == [
        "a reminder of 3 November 2026",
        "threatens to go to the authority and to go to court",
        "asks for an answer by 2 December 2026 (its own deadline, not the legal one)",
        "perhaps written by a lawyer for a client",
        "gives: name, date of birth",
        "has a reference of its own",
    ]


def test_a_letter_without_particulars_says_nothing_besides():
    assert (besides({}), flags({})) == ([], [])


LETTER = """Our ref: QX/77
Name: Robin Reed, Date of birth: 4 May 1980, Customer number: A-4711; Account number: 88-1
Contract number: C-1; Order number: 55-A; User name: reedling; Phone: +44 20 7946 0000
Address: 12 Elm Road, Elmham
IBAN: DE12 5001 0517 0648 4898 90
rr@older.example
On behalf of Robin Reed I remind you of my letter of 3 November 2026.
Please reply within 14 days. Otherwise I will go to the ICO, to court, and to my lawyer."""


def test_every_code_of_a_letter_has_its_words_and_none_of_its_values():
    said = particulars(LETTER, "", NOW.date(), "en")
    told = " ".join(besides({"says": said.codes}))
    assert told.count(",") == 12, "eleven kinds of data, three threats"
    values = [said.reference.value, said.agent.value, *(each.value for each in said.data)]
    assert not [each for each in values if each in told]


def test_the_names_in_a_reading_are_what_is_masked():
    reading = {
        "particulars": particulars(LETTER, "", NOW.date(), "en").as_json(),
        "suggested": {"name": "Robin Reed", "address": "robin.r@letters.example"},
    }
    assert set(personal(reading)) == {"Robin Reed", "robin.r", "QX/77", "reedling", "12 Elm Road, Elmham"}


def test_a_hint_is_for_those_who_know():
    assert hinted("Robin van-der Reed", "robin.reed@letters.example") == "R••• v••• R••• <r•••@l•••>"
    assert hinted("", "robin@letters.example") == "<r•••@l•••>"


def card(**more):
    facts = {"outcome": None, "request_types": ["access"], "law": "gdpr", "due_at": None, "act_by": None}
    facts |= {"why": "", "verified": False, "assignee": None, "automatic": True, "today": NOW.date()}
    return Card(reference="PR-7K3M9QZ2", status="triage", **facts, **more)


def test_a_card_says_why_it_is_in_triage_and_hints_at_the_requester():
    shown = ticket_card(
        card(triage=["It was sent <automatically>."], flags=["hidden"], suggested="R••• <r•••>")
    ).blocks
    text = str(shown)
    assert "• It was sent &lt;automatically&gt;." in text
    assert "Look closely:* hidden" in text
    assert "R••• &lt;r•••&gt;" in text
    assert check_blocks(shown) == []


def test_a_card_without_reasons_has_no_room_for_them():
    text = str(ticket_card(card()).blocks)
    assert not [each for each in ("Why it is here", "Look closely", "Perhaps the requester") if each in text]


def test_however_much_was_found_slack_takes_it():
    reasons = ["&" * 900] * 9
    assert check_blocks(ticket_card(card(triage=reasons, flags=reasons, suggested="&" * 5000)).blocks) == []
    assert check_blocks(incoming("PR-7K3M9QZ2", "&" * 5000, reasons, reasons).blocks) == []
