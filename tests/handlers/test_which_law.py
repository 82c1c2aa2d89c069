"""Which law a ticket is under: named, lived under, or the desk's own; and what staff say of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.accounts import Account
from bot.domain.events import Answered, Closed, Heard, Proven
from bot.domain.lifecycle import Refused
from bot.domain.vocabulary import Outcome, RequestType
from handlers import actions
from tests.attacks.directories import Book
from tests.handlers.conftest import ADA, ERASE, EVE, NOW, ROBIN, UNSUBSCRIBE, Bench, text_of
from tests.handlers.slack_customers import CARLA, CARLAS, DELETE, support_of


def living_in(bench: Bench, country: str) -> Bench:
    """A desk whose directory says where Robin lives."""
    book = Book((Account("A-1", ROBIN, "Robin", (), {"country": country}),))
    return replace(bench, desk=replace(bench.desk, accounts=book))


async def law_of(bench: Bench, text: str = ERASE, sender: str = ROBIN) -> str:
    return (await bench.case(await bench.write(text, sender=sender))).row.law


@pytest.mark.parametrize(
    ("country", "law"),
    [
        ("US-CA", "ccpa"),
        ("br", "lgpd"),
        ("UK", "uk_gdpr"),
        ("FR", "gdpr"),
        ("US", "gdpr"),
        ("", "gdpr"),
        ("?", "gdpr"),
    ],
)
async def test_the_country_of_ones_own_account_says_which_law(bench, country, law):
    assert await law_of(living_in(bench, country)) == law


async def test_a_law_that_the_letter_names_outweighs_where_its_writer_lives(bench):
    assert await law_of(living_in(bench, "BR"), f"{ERASE} I rely on the CCPA.") == "ccpa"


async def test_where_somebody_else_lives_shows_in_no_date_that_a_stranger_is_told(bench):
    text = f"{ERASE} My account is under {ROBIN}."
    assert await law_of(living_in(bench, "KR"), text, sender=EVE) == "gdpr"


@pytest.mark.parametrize(
    ("zone", "law", "evidence"),
    [("Asia/Seoul", "pipa", "time_zone"), ("America/Chicago", "gdpr", "default"), ("", "gdpr", "default")],
)
async def test_in_slack_the_time_zone_of_the_profile_says_which_law(bench, zone, law, evidence):
    async with support_of(bench) as support:
        support.slack.workspace.add_user(CARLA, "Carla Cruz", CARLAS, time_zone=zone)
        await support.tell(CARLA, DELETE)
        case = await support.only_case()
        assert case.row.law == law
        assert (await bench.journal(case))[0].detail["law_by"] == evidence


async def test_a_language_is_a_hint_beside_the_desks_own_law_and_the_journal_says_so(bench):
    case = await bench.case(
        await bench.write("제 개인정보를 모두 삭제해 주세요. 제 계정도 삭제해 주시기 바랍니다.")
    )
    assert (case.row.law, case.row.laws) == ("pipa", ["gdpr", "pipa"])
    assert (await bench.journal(case))[0].detail["law_by"] == "language"


async def test_what_says_which_law_stands_in_the_journal(bench):
    for country, text, evidence in (("BR", ERASE, "account"), ("BR", f"{ERASE} GDPR.", "named")):
        case = await bench.case(await living_in(bench, country).write(text))
        assert (await bench.journal(case))[0].detail["law_by"] == evidence
        await bench.happen(case.reference, Closed(NOW, Outcome.WITHDRAWN))


async def test_a_law_without_days_never_takes_the_place_of_one_that_has_a_day(bench):
    case = await bench.case(await bench.write(f"{ERASE} I rely on the GDPR and on the APPI of Japan."))
    assert case.row.laws == ["appi", "gdpr"]
    assert (case.row.law, f"{case.row.due_at}") == ("gdpr", "2026-04-02")


async def test_of_several_laws_the_one_with_the_earliest_day_counts_and_is_named(bench):
    case = await bench.case(await bench.write(f"{ERASE} I rely on the CCPA and on the GDPR."))
    assert (case.row.law, f"{case.row.due_at}") == ("gdpr", "2026-04-02")
    assert case.row.due_rule.startswith("Of CCPA and GDPR, GDPR sets the earliest day. GDPR Art. 12(3)")
    assert "GDPR sets the earliest day" in text_of((await bench.letters())[-1])


async def test_the_earliest_law_may_become_another_one_with_the_facts(bench):
    case = await bench.case(await bench.write(f"{UNSUBSCRIBE} {ERASE} I rely on the CCPA and on the GDPR."))
    assert (case.row.law, f"{case.row.act_by}") == ("ccpa", "2026-03-23")
    await bench.happen(case.reference, Answered(NOW, (RequestType.OPT_OUT,), Outcome.FULFILLED))
    row = (await bench.case(case.reference)).row
    assert (row.law, f"{row.act_by}") == ("gdpr", "2026-04-02")


async def test_proof_changes_the_earliest_law_but_no_date_that_an_automatic_letter_says(bench):
    case = await bench.case(await bench.write(f"{ERASE} I rely on the UK GDPR and on the CCPA."))
    assert (case.row.law, f"{case.row.due_at}") == ("uk_gdpr", "2026-04-02")
    await bench.happen(case.reference, Proven(NOW + timedelta(days=30)))
    row = (await bench.case(case.reference)).row
    assert (row.law, f"{row.due_at}") == ("ccpa", "2026-04-16")
    await bench.happen(case.reference, Heard(NOW, asks_status=True))
    assert "2 April 2026" in text_of((await bench.letters())[-1])


async def test_staff_can_say_which_law_with_a_reason_and_the_dates_follow(bench):
    case = await bench.proven(f"{ERASE} I rely on the CCPA and on the GDPR.")
    await actions.set_law(bench.desk, case.reference, ADA, "pipa", "They live in Seoul.")
    changed = await bench.case(case.reference)
    assert (changed.row.law, changed.row.laws, f"{changed.row.due_at}") == ("pipa", [], "2026-03-12")
    entry = (await bench.journal(case))[-1]
    assert (entry.actor, entry.event) == (ADA, "law_changed")
    assert (entry.detail["before"], entry.detail["law"], entry.detail["due_at"]) == ("gdpr", "pipa", "2026-03-12")
    assert "They live in Seoul." in await bench.heard(case, "note")
    assert "Seoul" not in str(entry.detail)


@pytest.mark.parametrize(
    ("law", "reason", "why"), [("atlantis", "So.", "no law 'atlantis'"), ("pipa", " ", "Say why")]
)
async def test_an_unknown_law_or_no_reason_is_refused_in_words(bench, law, reason, why):
    case = await bench.proven()
    with pytest.raises(Refused, match=why):
        await actions.set_law(bench.desk, case.reference, ADA, law, reason)


async def test_what_is_closed_keeps_its_law(bench):
    case = await bench.proven()
    await bench.happen(case.reference, Closed(NOW, Outcome.WITHDRAWN))
    with pytest.raises(Refused, match="closed"):
        await actions.set_law(bench.desk, case.reference, ADA, "pipa", "They live in Seoul.")
