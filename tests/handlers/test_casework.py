"""What the life cycle decides is carried out whole: rows, dates, journal, letters, drafts and cards."""

import json
from datetime import date, timedelta

import pytest
from sqlmodel import select

from bot.domain.events import Added, Answered, Closed, Extended, Heard, Proven, Typed
from bot.domain.lifecycle import IllegalTransition
from bot.domain.vocabulary import Outcome, RequestType
from bot.store import outbox
from bot.store.tables import JournalRow, MessageRow, OutboxRow, TicketRow
from handlers.alerts import tell_staff
from tests.handlers.conftest import ERASE, NOW, ROBIN, UNSUBSCRIBE, Bench, code_of, text_of

ACCESS, DELETION = RequestType.ACCESS, RequestType.DELETION
TWENTY_DAYS = timedelta(days=20)


async def dates(bench: Bench, reference: str) -> tuple[date | None, str]:
    row = (await bench.case(reference)).row
    return row.due_at, row.due_rule


# ---- dates -------------------------------------------------------------------------------------------------


async def test_the_ticket_shows_the_earliest_clock_that_still_runs(bench):
    reference = (await bench.case(await bench.write(UNSUBSCRIBE))).reference
    await bench.happen(reference, Added(NOW + TWENTY_DAYS, (DELETION,)))
    assert (await dates(bench, reference))[0] == date(2026, 4, 2)
    await bench.happen(reference, Answered(NOW, (RequestType.OPT_OUT,), Outcome.FULFILLED))
    due, why = await dates(bench, reference)
    assert due == date(2026, 4, 22)
    assert "22 March 2026" in why


async def test_an_extension_moves_every_clock_that_runs_and_says_why(bench):
    case = await bench.case(await bench.write(ERASE))
    await bench.happen(case.reference, Added(NOW + TWENTY_DAYS, (ACCESS,)))
    await bench.happen(case.reference, Extended(NOW + TWENTY_DAYS))
    due, why = await dates(bench, case.reference)
    assert due == date(2026, 6, 2)
    assert "Extended" in why


async def test_what_is_asked_for_after_an_extension_has_its_own_unextended_clock(bench):
    case = await bench.case(await bench.write(ERASE))
    await bench.happen(case.reference, Extended(NOW))
    await bench.happen(case.reference, Added(NOW + TWENTY_DAYS, (ACCESS,)))
    requests = {each.type: each.due_at for each in (await bench.case(case.reference)).requests}
    assert requests == {"deletion": date(2026, 6, 2), "access": date(2026, 4, 22)}


async def test_a_word_after_closure_has_a_due_date_of_its_own(bench):
    case = await bench.case(await bench.write(ERASE))
    await bench.happen(case.reference, Closed(NOW, Outcome.WITHDRAWN))
    await bench.happen(case.reference, Heard(NOW + TWENTY_DAYS))
    due, why = await dates(bench, case.reference)
    assert due == date(2026, 4, 22)
    assert "22 March 2026" in why


async def test_a_day_begins_where_the_controller_sits(bench):
    before_midnight = NOW.replace(hour=23, minute=30)
    item = await bench.write(ERASE, received_at=before_midnight, now=before_midnight)
    assert (await bench.case(item)).row.due_at == date(2026, 4, 2)


# ---- one transaction ---------------------------------------------------------------------------------------


async def test_one_letter_writes_ticket_journal_message_letter_and_card_together(bench):
    case = await bench.case(await bench.write(ERASE))
    assert await bench.events(case) == ["opened"]
    assert await bench.heard(case) == [ERASE]
    assert await bench.kinds() == ["acknowledgement"]
    assert [each.kind for each in await bench.queued(outbox.SLACK)] == ["card", "message"]


async def test_where_a_step_fails_nothing_of_it_stays(bench, monkeypatch):
    case = await bench.case(await bench.write(ERASE))

    async def broken(*_args, **_options):
        raise InterruptedError

    monkeypatch.setattr("handlers.correspondence.send", broken)
    with pytest.raises(InterruptedError):
        await bench.happen(case.reference, Proven(NOW))
    assert not (await bench.case(case.reference)).row.verified
    assert await bench.events(case) == ["opened"]
    assert await bench.drafts() == []


async def test_without_slack_nothing_is_queued_for_it(quiet):
    await quiet.write(ERASE)
    assert await quiet.queued(outbox.SLACK) == []


async def test_what_is_surely_no_matter_of_privacy_gets_no_card(bench):
    item = await bench.write("Our office is closed on Monday. Would you like to have lunch on Tuesday?")
    assert (await bench.case(item)).row.status == "triage"
    assert await bench.queued(outbox.SLACK) == []
    assert await bench.kinds() == []


async def test_what_might_be_one_has_a_card_for_the_person_who_will_look(bench):
    item = await bench.write("There is something odd with my personal data.", subject="My data")
    assert (await bench.case(item)).row.status == "triage"
    assert [each.kind for each in await bench.queued(outbox.SLACK)] == ["card", "message"]
    assert await bench.kinds() == ["acknowledgement_neutral"]


# ---- the journal -------------------------------------------------------------------------------------------


async def test_the_journal_holds_facts_and_nothing_that_is_personal(bench):
    case = await bench.proven()
    letter = (await bench.letters())[0]
    async with bench.desk.store.reading() as work:
        entries = (await work.session.exec(select(JournalRow))).all()
    written = json.dumps([[each.actor, each.event, each.detail] for each in entries])
    for personal in (ROBIN, "robin", code_of(letter), "hold about me", "Hello"):
        assert personal not in written
    assert [each.event for each in entries] == ["opened", "proven", "task_opened", "drafted"]
    assert entries[0].detail["types"] == ["deletion"]
    assert (entries[0].detail["status"], entries[1].detail["status"]) == ("verifying", "open")
    assert case.row.journal_length == 4


async def test_the_journal_names_who_did_it_and_when_it_happened(bench):
    case = await bench.case(await bench.write(ERASE))
    bench.clock.forward(hours=1)
    await bench.happen(case.reference, Typed(NOW, (ACCESS,)), actor="U0BEN")
    entry = (await bench.journal(case))[-1]
    assert (entry.actor, entry.event, entry.at) == ("U0BEN", "typed", bench.clock())
    assert entry.detail["happened_at"] == NOW.isoformat()


async def test_personal_columns_are_sealed(bench):
    case = await bench.proven()
    async with bench.desk.store.reading() as work:
        rows = [
            each
            for table in (TicketRow, MessageRow, OutboxRow)
            for each in (await work.session.exec(select(table))).all()
        ]
    stored = repr([each.model_dump() for each in rows]).lower()
    assert case.requester.address == ROBIN
    assert "robin" not in stored
    assert "personal data that you hold" not in stored


# ---- drafts that no longer apply ---------------------------------------------------------------------------


async def test_a_draft_about_what_has_been_settled_is_withdrawn(bench):
    case = await bench.case(await bench.write(UNSUBSCRIBE))
    (draft,) = await bench.drafts()
    await bench.happen(case.reference, Closed(NOW, Outcome.WITHDRAWN))
    assert await bench.drafts() == []
    assert [each.id for each in await bench.drafts("discarded")] == [draft.id]


async def test_a_draft_about_what_is_still_open_stands(bench):
    case = await bench.case(await bench.write(UNSUBSCRIBE))
    await bench.happen(case.reference, Added(NOW, (DELETION,)))
    await bench.happen(case.reference, Answered(NOW, (DELETION,), Outcome.DENIED))
    assert len(await bench.drafts()) == 1


# ---- telling staff -----------------------------------------------------------------------------------------


async def test_staff_are_told_once_in_slack(bench):
    for _ in range(2):
        async with bench.desk.store.transaction() as work:
            await tell_staff(bench.desk, work, "the same matter", "Something is wrong.")
    assert await bench.alerts() == ["Something is wrong."]
    assert await bench.kinds() == []


async def test_without_slack_staff_are_told_by_mail(quiet):
    async with quiet.desk.store.transaction() as work:
        await tell_staff(quiet.desk, work, "a matter", "Something is wrong.")
    (letter,) = await quiet.letters()
    assert letter["To"] == "alerts@linden.example"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert "Something is wrong." in text_of(letter)


async def test_an_event_that_cannot_happen_leaves_the_ticket_as_it_was(bench):
    case = await bench.case(await bench.write(ERASE))
    await bench.happen(case.reference, Closed(NOW, Outcome.WITHDRAWN))
    with pytest.raises(IllegalTransition):
        await bench.happen(case.reference, Typed(NOW, (ACCESS,)))
    assert (await bench.case(case.reference)).row.status == "closed"
    assert await bench.events(case) == ["opened", "closed"]
