"""Tickets at rest: the facts come back, the lists agree with them, and what is personal is sealed."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from bot.domain.events import Event
from bot.domain.journal import broken_link
from bot.domain.lifecycle import IllegalTransition, Refused, advance
from bot.domain.ticket import Ticket
from bot.domain.vocabulary import Outcome, RequestType, Status
from bot.store import cases
from bot.store.cases import Case, Message, Requester
from bot.store.tables import MessageRow, RequestRow, TicketRow
from bot.store.work import Store, Work
from tests.store.conftest import NOW
from tests.store.matters import open_matter
from tests.unit.test_lifecycle import _event, _first

ACCESS, DELETION, OPT_OUT = RequestType.ACCESS, RequestType.DELETION, RequestType.OPT_OUT
LATER = NOW + timedelta(days=1)


async def _load(work: Work, reference: str) -> Case:
    case = await cases.load(work, reference)
    assert case is not None
    return case


async def test_a_ticket_comes_back_as_it_was(store: Store) -> None:
    async with store.transaction() as work:
        made = await open_matter(work, ACCESS, OPT_OUT)
    async with store.reading() as work:
        case = await _load(work, made.reference)
        again = await cases.by_id(work, made.id)
    assert case.ticket() == Ticket().with_requests((ACCESS, OPT_OUT), NOW)
    assert case.requester == Requester("ida@example.org", "Ida Berg")
    assert again is not None
    assert again.reference == made.reference


async def test_what_is_not_there_is_none(store: Store) -> None:
    async with store.reading() as work:
        assert await cases.load(work, "PR-ZZZZZZZZ") is None
        assert await cases.by_id(work, 99) is None


async def test_a_reference_is_given_once(store: Store) -> None:
    async with store.transaction() as work:
        await open_matter(work, reference="PR-7K3MX9QD")

    async def again() -> None:
        async with store.transaction() as work:
            await open_matter(work, reference="PR-7K3MX9QD")

    with pytest.raises(IntegrityError):
        await again()


async def test_requester_and_texts_are_sealed_and_do_not_show_in_a_repr(store: Store) -> None:
    async with store.transaction() as work:
        case = await open_matter(work)
        await cases.add_message(
            work, case, Message("My data", "I am Ida"), direction="in", at=NOW, channel="email"
        )
    async with store.reading() as work:
        row = await work.session.get(TicketRow, case.id)
        message = (await work.session.exec(select(MessageRow))).one()
        opened = await cases.open_message(work, message)
    kept = repr(row) + repr(message)
    assert opened.text == "I am Ida"
    assert "ida@" not in kept.lower()
    assert "I am Ida" not in kept
    assert "Ida" not in repr(opened) + repr(case.requester)


async def test_what_was_closed_and_reopened_is_written_beside_the_facts(store: Store) -> None:
    async with store.transaction() as work:
        case = await open_matter(work)
        closed = case.ticket().with_outcome([ACCESS], Outcome.DENIED, LATER)
        await cases.save(work, case, closed, LATER)
        await cases.save(work, case, closed, LATER + timedelta(days=1))
    async with store.reading() as work:
        row = (await _load(work, case.reference)).row
        assert (row.status, row.outcome, row.closed_at) == ("closed", "denied", LATER)
    async with store.transaction() as work:
        case = await _load(work, case.reference)
        await cases.save(work, case, case.ticket().with_requests([DELETION], LATER), LATER)
    async with store.reading() as work:
        row = (await _load(work, case.reference)).row
        assert (row.status, row.outcome, row.closed_at) == ("verifying", None, None)


async def test_a_request_that_staff_took_back_leaves_no_row(store: Store) -> None:
    async with store.transaction() as work:
        case = await open_matter(work, ACCESS, DELETION, OPT_OUT)
        await cases.save(work, case, Ticket().with_requests([DELETION], NOW), NOW)
    async with store.reading() as work:
        assert [each.type for each in (await work.session.exec(select(RequestRow))).all()] == ["deletion"]


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(first=_first, events=st.lists(_event, max_size=6))
async def test_whatever_happens_the_columns_agree_with_the_facts(
    store: Store, first: Event, events: list[Event]
) -> None:
    ticket, _ = advance(None, first)
    async with store.transaction() as work:
        case = await open_matter(work)
        for event in events:
            try:
                ticket, _ = advance(ticket, event)
            except (IllegalTransition, Refused):
                continue
            await cases.save(work, case, ticket, NOW)
            await work.session.flush()
        await cases.save(work, case, ticket, NOW)
    async with store.reading() as work:
        kept = await _load(work, case.reference)
        facts = kept.ticket()
        assert facts == ticket
        assert (kept.row.status, kept.row.verified) == (facts.status, facts.verified)
        assert kept.row.outcome == facts.outcome
        assert (kept.row.closed_at is None) == (facts.status is not Status.CLOSED)


async def test_open_tickets_of_one_address_are_found_newest_first(store: Store) -> None:
    async with store.transaction() as work:
        first, second = await open_matter(work), await open_matter(work)
        await open_matter(work, address="jon@example.org")
        done = await open_matter(work)
        await cases.save(work, done, done.ticket().with_outcome([ACCESS], Outcome.DENIED, NOW), NOW)
        found = await cases.open_of(work, work.keys.index("ida@example.org"))
    assert [each.reference for each in found] == [second.reference, first.reference]


async def test_tickets_are_listed_by_due_date_and_those_without_one_last(store: Store) -> None:
    days = {"PR-LATE0000": date(2026, 4, 9), "PR-NEVER000": None, "PR-SOON0000": date(2026, 4, 1)}
    async with store.transaction() as work:
        for reference, day in days.items():
            (await open_matter(work, reference=reference)).row.due_at = day
        done = await open_matter(work, reference="PR-DONE0000")
        done.row.due_at = date(2026, 3, 1)
        await cases.save(work, done, done.ticket().with_outcome([ACCESS], Outcome.DENIED, NOW), NOW)

    async def listed(**options: object) -> list[str]:
        async with store.reading() as work:
            return [each.reference for each in await cases.listed(work, **options)]  # type: ignore[arg-type]

    assert await listed() == ["PR-DONE0000", "PR-SOON0000", "PR-LATE0000", "PR-NEVER000"]
    assert await listed(status=Status.CLOSED) == ["PR-DONE0000"]
    assert await listed(overdue_on=date(2026, 4, 1)) == []
    assert await listed(overdue_on=date(2026, 4, 2)) == ["PR-SOON0000"]


async def test_the_journal_is_a_chain_that_holds_after_a_round_trip(store: Store) -> None:
    async with store.transaction() as work:
        case = await open_matter(work)
        for place in range(3):
            at = NOW + timedelta(microseconds=place)
            await cases.note(work, case, at=at, actor="desk", event="heard", n=place, names=("ü", "\x00"))
    async with store.reading() as work:
        case = await _load(work, case.reference)
        entries = await cases.entries(work, case)
    assert [each.detail["n"] for each in entries] == [0, 1, 2]
    assert broken_link(entries, length=case.row.journal_length, head=case.row.journal_head) is None


async def test_messages_come_in_order_and_the_last_heard_is_the_requesters(store: Store) -> None:
    async with store.transaction() as work:
        case = await open_matter(work)
        assert await cases.last_heard(work, case) is None
        for direction, text in (("in", "first"), ("in", "second"), ("out", "answer")):
            message = Message("Re", text, f"{text}@example.org", ("a@b", "c@d"))
            await cases.add_message(work, case, message, direction=direction, at=NOW, channel="email")
        await work.session.flush()
    async with store.reading() as work:
        case = await _load(work, case.reference)
        assert [each.text for _, each in await cases.messages(work, case)] == ["first", "second", "answer"]
        assert await cases.last_heard(work, case) == Message("Re", "second", "second@example.org", ("a@b", "c@d"))
