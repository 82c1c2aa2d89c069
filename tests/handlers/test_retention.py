"""What is past its time is redacted in every copy, and nothing else is."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Table
from sqlmodel import SQLModel, select

from bot.adapters.cards import ticket_card
from bot.domain.events import Answered, Closed, Reopened
from bot.domain.lifecycle import Refused
from bot.domain.vocabulary import Outcome, RequestType
from bot.store import anchors, cases, outbox, views
from bot.store.keys import KeyDestroyed
from bot.store.tables import InboxItem
from bot.store.work import Work
from handlers import actions, holding, showing
from handlers.alerts import tell_staff
from handlers.retention import sweep
from tests.handlers.conftest import ADA, BEN, ERASE, LUNCH, ROBIN, UNSUBSCRIBE, Bench


async def closed(bench: Bench, text: str = UNSUBSCRIBE, **how: object) -> str:
    """The reference of a ticket that has been answered."""
    case = await bench.case(await bench.write(text, **how))
    await bench.happen(case.reference, Answered(bench.clock(), case.ticket().types, Outcome.FULFILLED))
    return case.reference


async def view(bench: Bench, reference: str) -> dict[str, object]:
    async with bench.desk.store.reading() as work:
        found = await views.ticket(work, reference)
    assert found is not None
    return found


async def inbox_of(bench: Bench) -> list[InboxItem]:
    async with bench.desk.store.reading() as work:
        return list((await work.session.exec(select(InboxItem).order_by(InboxItem.id))).all())


async def test_texts_go_after_the_operators_months_and_not_a_day_before(bench):
    reference = await closed(bench)
    bench.clock.at = bench.clock.at.replace(year=2028)
    assert (await sweep(bench.desk)).redacted == []
    bench.clock.forward(days=1)
    assert (await sweep(bench.desk)).redacted == [reference]
    shown = await view(bench, reference)
    assert (shown["requester"]["address"], {each["text"] for each in shown["messages"]}) == (None, {None})
    assert shown["redacted_at"]


async def test_a_law_that_wants_a_record_for_longer_has_its_time(bench):
    desk = replace(bench.desk, retention_months=1)
    reference = await closed(bench, f"{UNSUBSCRIBE} I live in California, and this is under the CCPA.")
    bench.clock.forward(days=700)
    swept = await sweep(desk)
    assert (swept.redacted, swept.later[reference]) == ([], date(2028, 3, 3))
    bench.clock.forward(days=40)
    assert (await sweep(desk)).redacted == [reference]


async def test_what_is_open_or_opened_anew_stays(bench):
    open_one = await bench.case(await bench.write(ERASE))
    reference = await closed(bench)
    await bench.happen(reference, Reopened(bench.clock(), (RequestType.OPT_OUT,)))
    bench.clock.forward(days=2000)
    assert (await sweep(bench.desk)).redacted == []
    assert (await view(bench, open_one.reference))["requester"]["address"] == ROBIN


async def test_a_legal_hold_keeps_everything_until_it_is_lifted(bench):
    reference = await closed(bench)
    await holding.hold(bench.desk, reference, ADA, "A claim before the court.")
    bench.clock.forward(days=2000)
    swept = await sweep(bench.desk)
    assert (swept.redacted, swept.on_hold) == ([], [reference])
    shown = await view(bench, reference)
    assert (shown["hold"]["reason"], shown["requester"]["address"]) == ("A claim before the court.", ROBIN)
    await holding.lift(bench.desk, reference, BEN)
    assert (await sweep(bench.desk)).redacted == [reference]
    case_events = [(each["actor"], each["event"]) for each in (await view(bench, reference))["events"]]
    assert case_events[-3:] == [(ADA, "hold_begun"), (BEN, "hold_lifted"), ("desk", "redacted")]


async def test_a_hold_stands_on_the_card_and_its_reason_in_no_entry(bench):
    reference = await closed(bench)
    await holding.hold(bench.desk, reference, ADA, "Robin Reed has sued us.")
    case = await bench.case(reference)
    assert "Legal hold* since 2 March 2026" in str(ticket_card(showing.card_of(bench.desk, case)).blocks)
    assert "Robin" not in str([each.detail for each in await bench.journal(case)])


@pytest.mark.parametrize("reason", ["", "  "])
async def test_a_hold_needs_a_reason(bench, reason):
    reference = await closed(bench)
    with pytest.raises(Refused, match="Say why"):
        await holding.hold(bench.desk, reference, ADA, reason)


async def test_what_is_not_on_hold_cannot_be_taken_off_it(bench):
    with pytest.raises(Refused, match="not on legal hold"):
        await holding.lift(bench.desk, await closed(bench), ADA)


async def test_a_dry_run_says_what_it_would_do_and_does_nothing(bench):
    reference = await closed(bench)
    bench.clock.forward(days=800)
    assert (await sweep(bench.desk, dry_run=True)).redacted == [reference]
    assert (await view(bench, reference))["requester"]["address"] == ROBIN
    assert (await sweep(bench.desk)).redacted == [reference]


async def test_a_second_round_has_nothing_to_do(bench):
    await closed(bench)
    bench.clock.forward(days=800)
    await sweep(bench.desk)
    assert (await sweep(bench.desk)).redacted == []


async def test_a_round_that_died_after_the_keys_were_gone_is_finished_by_the_next(bench, monkeypatch):
    reference = await closed(bench)
    bench.clock.forward(days=800)

    async def power_cut(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr("handlers.retention._note", power_cut)
        with pytest.raises(ConnectionError):
            await sweep(bench.desk)
    assert (await view(bench, reference))["redacted_at"] is None
    assert (await sweep(bench.desk)).redacted == [reference]
    assert (await view(bench, reference))["events"][-1]["event"] == "redacted"


async def test_the_journal_holds_after_a_redaction(bench):
    reference = await closed(bench)
    async with bench.desk.store.transaction() as work:
        await anchors.drop(work, bench.clock())
    bench.clock.forward(days=800)
    await sweep(bench.desk)
    async with bench.desk.store.reading() as work:
        tickets, _, fault = await anchors.verify(work)
    assert (tickets, fault) == (1, None)
    entry = (await view(bench, reference))["events"][-1]
    assert entry["detail"] == {
        "closed": "2026-03-02",
        "law_months": 0,
        "on_request": False,
        "operator_months": 24,
    }


async def test_a_redacted_row_names_nobody(bench):
    reference = await closed(bench)
    async with bench.desk.store.reading() as work:
        index = work.keys.address_index(ROBIN)
    bench.clock.forward(days=800)
    await sweep(bench.desk)
    async with bench.desk.store.reading() as work:
        dump = [dict(each) for table in SQLModel.metadata.sorted_tables for each in await _rows(work, table)]
    assert any(each.get("reference") == reference for each in dump)
    assert index not in str(dump)


async def test_a_letter_in_an_old_thread_becomes_a_ticket_of_its_own(bench):
    item = await bench.write(ERASE)
    acknowledgement, case = (await bench.letters())[-1], await bench.case(item)
    await bench.happen(case.reference, Closed(bench.clock(), Outcome.WITHDRAWN))
    bench.clock.forward(days=800)
    await sweep(bench.desk)
    again = await bench.case(await bench.write("What has become of my request?", answers=acknowledgement))
    assert again.reference != case.reference


async def test_a_letter_that_stands_in_two_tickets_goes_with_the_last_of_them(bench):
    first = await bench.case(await closed(bench))
    second = await bench.case(await closed(bench, sender="eve@elsewhere.example"))
    async with bench.desk.store.transaction() as work:
        said = cases.Message("Both", "It concerns both.")
        at = bench.clock()
        await cases.add_message(work, second, said, direction="in", at=at, channel="email", key=first.key)
    await holding.hold(bench.desk, second.reference, ADA, "A claim.")
    bench.clock.forward(days=800)
    assert (await sweep(bench.desk)).redacted == [first.reference]
    assert "It concerns both." in [each["text"] for each in (await view(bench, second.reference))["messages"]]
    await holding.lift(bench.desk, second.reference, ADA)
    assert (await sweep(bench.desk)).redacted == [second.reference]
    with pytest.raises(KeyDestroyed):
        await bench.desk.store.keys.get(first.key.id)


async def test_staff_cannot_act_on_what_is_redacted(bench):
    reference = await closed(bench)
    bench.clock.forward(days=800)
    await sweep(bench.desk)
    with pytest.raises(Refused, match="texts were erased"):
        await actions.assign(bench.desk, reference, ADA, ADA)


# ---- a requester's own deletion ----------------------------------------------------------------------------


async def erased(bench: Bench, outcome: Outcome = Outcome.FULFILLED) -> str:
    case = await bench.proven(ERASE)
    await bench.happen(case.reference, Answered(bench.clock(), (RequestType.DELETION,), outcome))
    return case.reference


@pytest.mark.parametrize("outcome", [Outcome.FULFILLED, Outcome.PARTLY_FULFILLED])
async def test_a_granted_deletion_takes_their_texts_along_as_soon_as_the_law_lets_it(bench, outcome):
    earlier, strangers = await closed(bench), await closed(bench, sender="eve@elsewhere.example")
    own = await erased(bench, outcome)
    bench.clock.forward(days=93)
    swept = await sweep(bench.desk)
    assert (set(swept.redacted), set(swept.later)) == ({earlier, own}, {strangers})


async def test_a_refused_deletion_takes_nothing_along(bench):
    await closed(bench)
    await erased(bench, Outcome.DENIED)
    bench.clock.forward(days=93)
    assert (await sweep(bench.desk)).redacted == []


async def test_a_deletion_under_a_law_with_a_record_waits_for_it(bench):
    case = await bench.proven(f"{ERASE} I live in California, and this is under the CCPA.")
    await bench.happen(case.reference, Answered(bench.clock(), (RequestType.DELETION,), Outcome.FULFILLED))
    bench.clock.forward(days=93)
    assert (await sweep(bench.desk)).later == {case.reference: date(2028, 3, 3)}


async def test_what_was_begun_after_a_deletion_is_not_covered_by_it(bench):
    own = await erased(bench)
    bench.clock.forward(days=1)
    later = await closed(bench)
    bench.clock.forward(days=92)
    swept = await sweep(bench.desk)
    assert (swept.redacted, list(swept.later)) == ([own], [later])


# ---- what is no ticket -------------------------------------------------------------------------------------


async def test_mail_of_which_nothing_became_goes_after_three_months(bench):
    await bench.write(LUNCH, headers=[("List-Id", "lunch <lunch.kitchen.example>")])
    bench.clock.forward(days=92)
    assert (await sweep(bench.desk)).items == 0
    bench.clock.forward(days=1)
    assert (await sweep(bench.desk, dry_run=True)).items == 1
    assert (await sweep(bench.desk)).items == 1
    (item,) = await inbox_of(bench)
    assert (item.raw, item.state, item.removal) == (None, "done", "due")
    with pytest.raises(KeyDestroyed):
        await bench.desk.store.keys.get(item.key_id)


async def test_quarantine_has_the_operators_months(bench):
    await bench.bring(b"From: a@b.example, c@d.example\r\n\r\nHello")
    bench.clock.forward(days=93)
    assert (await sweep(bench.desk)).items == 0
    bench.clock.forward(days=700)
    assert (await sweep(bench.desk)).items == 1
    assert [each.state for each in await inbox_of(bench)] == ["dropped"]


async def test_waiting_letters_of_a_redacted_ticket_never_leave(bench):
    reference = await closed(bench)
    assert await bench.queued()
    bench.clock.forward(days=800)
    await sweep(bench.desk)
    assert await bench.queued() == []
    assert {each.reason for each in await bench.queued(state="dead")} == {"redacted"}
    assert (await view(bench, reference))["status"] == "closed"


async def test_words_that_belong_to_no_ticket_are_forgotten_after_ninety_days(quiet):
    async with quiet.desk.store.transaction() as work:
        await tell_staff(quiet.desk, work, "matter", "Something is wrong.")
    (row,) = await quiet.queued()
    async with quiet.desk.store.transaction() as work:
        outbox.sent(work, await outbox.load(work, row.id), quiet.clock())
    for days, left in ((90, 1), (1, 0)):
        quiet.clock.forward(days=days)
        await sweep(quiet.desk)
        assert len(await quiet.queued(state="sent")) == left
    with pytest.raises(KeyDestroyed):
        await quiet.desk.store.keys.get(row.key_id)


async def test_what_still_waits_to_be_said_is_not_forgotten(quiet):
    async with quiet.desk.store.transaction() as work:
        await tell_staff(quiet.desk, work, "matter", "Something is wrong.")
    quiet.clock.forward(days=91)
    await sweep(quiet.desk)
    assert len(await quiet.queued()) == 1


async def _rows(work: Work, table: Table) -> list[Any]:
    return [each._mapping for each in await (await work.session.connection()).execute(select(table))]
