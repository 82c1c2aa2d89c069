"""What each law of the pack wants told, in the letter that has to tell it: as text and as HTML."""

import re
from datetime import date
from html import unescape
from itertools import product

import pytest

from bot.adapters.rendering import Letters, packaged_templates
from bot.domain.fulfilment import account, tasks_for
from bot.domain.lawpack import LawPack
from bot.domain.laws import ClockFacts, deadlines, in_short
from bot.domain.letters import LetterContext, LetterName
from bot.domain.policy import misquotations, read_policy
from bot.domain.vocabulary import Outcome, RequestType, Status

TEMPLATES = packaged_templates()
POLICY = read_policy(
    (TEMPLATES / "policy.md").read_text(encoding="utf-8"), (TEMPLATES / "policy.toml").read_text(encoding="utf-8")
)
LETTERS, PACK = Letters([TEMPLATES]), LawPack.load()
CODES = PACK.codes()
DELETION = (RequestType.DELETION,)
REASON = "Tax law has us keep bills for ten years."
WITH_APPEALS = {"us_va", "us_co", "us_ct", "us_tx", "us_or", "us_ia"}
REFUSALS = ("denied", "partly_fulfilled", "could_not_verify")


def write(name, law_code, **changes):
    law = PACK[law_code]
    until = deadlines(law, ClockFacts(date(2026, 7, 1), extended=name == "extension"))
    routes = {"extension": law.notice, "appeal_decided": law.last_routes, "complaint_decided": law.last_routes}
    facts = {
        "organisation": "Linden Books",
        "reference": "PR-7K3M9QZ2",
        "request_types": DELETION,
        "due_on": until.respond_by,
        "due_rule": in_short(until.rule),
        "first_due_on": until.notice_by if name == "extension" else None,
        "excerpts": POLICY.for_request(DELETION),
        "policy_version": POLICY.version,
        "policy_date": POLICY.date,
        "account": account(tasks_for(DELETION, POLICY.inventory), POLICY),
        "recipients": POLICY.inventory.received(),
        "exemption": law.grounds.get("exempt", ""),
        "status": Status.OPEN,
        "authority": law.authority,
        "denial": tuple(each.cited for each in routes.get(name, law.routes)),
        "offers": law.unverified,
        "reason": REASON,
        "privacy_address": "privacy@linden.example",
        "outcome": Outcome.DENIED,
    }
    return LETTERS.write(name, "en", LetterContext(**(facts | changes)))


def words(text):
    return " ".join(re.sub(r"(?m)^(?:>|[-*•]) ?", "", text).split())


def visible(html):
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


@pytest.mark.parametrize(("name", "code"), list(product(LetterName, CODES)))
def test_every_letter_can_be_written_under_every_law_and_its_page_says_the_same(name, code):
    links = {"verify_url": "https://desk.example/verify/abc", "download_url": "https://desk.example/download/abc"}
    letter = write(name, code, code="48213907", **links)
    assert not misquotations(letter.text, POLICY)
    assert "[…]" not in letter.text
    assert "None" not in letter.text
    assert visible(LETTERS.html(letter.text)) == words(letter.text)


@pytest.mark.parametrize(("name", "code"), list(product(REFUSALS, CODES)))
def test_a_refusal_tells_every_route_that_the_law_names_with_its_citation(name, code):
    text = write(name, code).text
    assert REASON in text
    assert PACK[code].authority in text
    for route in PACK[code].denial:
        if route.key not in ("reasons", "verification", "categories"):
            assert f"- {route.text.rstrip('.')} ({route.citation})." in text


@pytest.mark.parametrize(("name", "code"), list(product(REFUSALS, CODES)))
def test_a_letter_says_nothing_that_is_the_duty_of_staff(name, code):
    assert "We must" not in write(name, code).text


@pytest.mark.parametrize("code", CODES)
def test_a_refusal_says_how_to_appeal_where_the_law_has_appeals_and_within_what_time(code):
    text = write("denied", code).text
    assert PACK[code].has_appeals == (code in WITH_APPEALS | {"uk_gdpr", "dpdp"})
    if code in WITH_APPEALS:
        days = deadlines(PACK[code], ClockFacts(date(2026, 6, 1)), request_type="appeal")
        assert "reply to this mail and say that you appeal" in text
        assert f"within {(days.strict_by - date(2026, 6, 1)).days} days" in text


@pytest.mark.parametrize("code", ["gdpr", "uk_gdpr", "fadp"])
def test_a_refusal_names_the_courts_where_the_law_does(code):
    assert re.search(r"\bcourts\b", write("denied", code).text)


@pytest.mark.parametrize("code", sorted(WITH_APPEALS))
def test_a_decision_on_an_appeal_says_how_to_reach_the_attorney_general(code):
    text = write("appeal_decided", code).text
    assert "your appeal is denied" in text
    assert re.search(r"- .*Attorney General \(", text)
    assert re.search(r"the Attorney General of \w+, https://", text)
    assert "You may appeal" not in text
    assert "If we deny your appeal" not in text


@pytest.mark.parametrize(("name", "code"), list(product(("appeal_decided", "complaint_decided"), CODES)))
def test_a_decision_leads_to_others_than_us_and_names_the_authority(name, code):
    text = write(name, code).text
    assert PACK[code].authority in text
    assert all(route.cited in text for route in PACK[code].last_routes)
    assert not {"appeal", "complaint"} & {route.key for route in PACK[code].last_routes}


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Outcome.FULFILLED, "your appeal is granted."),
        (Outcome.PARTLY_FULFILLED, "your appeal is granted in part."),
        (Outcome.DENIED, "your appeal is denied."),
        (Outcome.ANSWERED, "[…]"),
    ],
)
def test_a_decision_on_an_appeal_says_what_was_decided_or_has_a_gap(outcome, said):
    assert said in write("appeal_decided", "us_va", outcome=outcome).text


@pytest.mark.parametrize("name", ["appeal_decided", "complaint_decided"])
def test_a_decision_without_reasons_has_a_gap(name):
    assert "[…]" in write(name, "gdpr", reason="").text


@pytest.mark.parametrize("code", CODES)
def test_a_notice_of_extension_says_both_days_and_the_reason_and_what_the_law_adds(code):
    text = write("extension", code).text
    law, until = PACK[code], deadlines(PACK[code], ClockFacts(date(2026, 7, 1), extended=True))
    assert REASON in text
    assert all(each.cited in text for each in law.notice)
    if until.extended_by:
        first, last = (f"{each.day} {each:%B %Y}" for each in (until.notice_by, until.extended_by))
        assert f"by {first}." in text
        assert f"You will have our answer by {last}." in text
        assert "Extended: " in text


def test_a_canadian_notice_of_extension_says_that_one_may_complain():
    assert (
        "complaint to the Privacy Commissioner of Canada about this extension" in write("extension", "pipeda").text
    )


@pytest.mark.parametrize("name", ["code_reminder", "could_not_verify"])
def test_who_has_not_proven_who_they_are_is_offered_what_the_law_offers(name):
    text = write(name, "ccpa", code="48213907").text
    assert "categories of personal information" in text
    assert "opt out of the sale" in text
    assert "This much you can have" not in write(name, "gdpr", code="48213907").text


@pytest.mark.parametrize("code", CODES)
def test_what_was_received_says_when_it_is_answered_and_where_else_to_go(code):
    for name in ("complaint_received", "appeal_received"):
        text = write(name, code).text
        assert PACK[code].authority in text
        assert "Why this day: " in text or "without undue delay" in text
        assert REASON not in text
