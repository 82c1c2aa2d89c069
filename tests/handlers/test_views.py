"""A ticket as commands show it: one dict, under the names that programs rely on."""

import json
from datetime import date

import pytest
from sqlmodel import select

from bot.domain.events import Added, Proven
from bot.domain.vocabulary import RequestType
from bot.opening import make_desk, opened_store
from bot.settings import Settings
from bot.store import cases, outbox, views
from bot.store.keys import KeyDestroyed
from bot.store.schema import migrate
from bot.store.tables import OutboxRow
from handlers.casework import happen
from tests.unit.cli_desk import ENVIRONMENT, RECEIVED, new_ticket, quarantine


@pytest.fixture
async def desk(tmp_path):
    settings = Settings.load(ENVIRONMENT, tmp_path)
    await migrate(settings.database_url)
    async with opened_store(settings) as store:
        yield make_desk(settings, store)


async def seen(desk, reference):
    async with desk.store.reading() as work:
        return await views.ticket(work, reference)


async def listed(desk, **choice):
    async with desk.store.reading() as work:
        return await views.tickets(work, **choice)


async def test_a_reference_that_is_not_there_has_no_view(desk):
    assert await seen(desk, "PR-00000000") is None


async def test_a_view_is_plain_json(desk):
    view = await seen(desk, await new_ticket(desk))
    assert json.loads(json.dumps(view)) == view


async def test_each_request_has_proof_date_and_outcome_of_its_own(desk):
    reference = await new_ticket(desk, RequestType.DELETION, RequestType.OPT_OUT)
    async with desk.store.transaction() as work:
        case = await cases.load(work, reference, for_update=True)
        await happen(desk, work, case, Proven(RECEIVED), actor="requester")
        await happen(desk, work, case, Added(desk.now(), (RequestType.OBJECTION,)), actor="requester")
    requests = (await seen(desk, reference))["requests"]
    assert [(each["type"], each["verified"], each["outcome"]) for each in requests] == [
        ("deletion", True, None),
        ("opt_out", False, None),
        ("objection", False, None),
    ]
    assert requests[0]["due_at"] == "2026-04-02"
    assert requests[2]["due_at"] > requests[0]["due_at"]


async def test_an_outgoing_message_is_there_from_the_moment_it_is_queued(desk):
    reference = await new_ticket(desk, RequestType.DELETION)
    incoming, outgoing = (await seen(desk, reference))["messages"]
    assert (incoming["direction"], incoming["delivery"]) == ("in", None)
    assert (outgoing["direction"], outgoing["delivery"]) == ("out", "ready")
    assert f"[{reference}]" in outgoing["subject"]


@pytest.mark.parametrize("fate", ["sent", "unsure", "dead"])
async def test_delivery_follows_the_fate_of_the_letter(desk, fate):
    reference = await new_ticket(desk, RequestType.DELETION)
    async with desk.store.transaction() as work:
        row = (await work.session.exec(select(OutboxRow).where(OutboxRow.lane == outbox.MAIL))).one()
        row.state = fate
        work.session.add(row)
    assert (await seen(desk, reference))["messages"][1]["delivery"] == fate


async def test_the_code_in_a_letter_is_not_shown(desk):
    reference = await new_ticket(desk, RequestType.DELETION)
    text = (await seen(desk, reference))["messages"][1]["text"]
    assert "********" in text.splitlines()


async def test_times_have_an_offset_and_the_due_date_is_a_day(desk):
    view = await seen(desk, await new_ticket(desk))
    assert view["received_at"] == "2026-03-02T09:30:00+00:00"
    assert all(each["at"].endswith("+00:00") for each in (*view["messages"], *view["events"]))
    assert date.fromisoformat(view["due_at"]) == date(2026, 4, 2)


async def test_events_are_the_journal_in_its_order(desk):
    view = await seen(desk, await new_ticket(desk))
    assert [(each["actor"], each["event"]) for each in view["events"]][:1] == [("requester", "opened")]
    assert "drafted" in [each["event"] for each in view["events"]]


async def test_a_list_has_neither_messages_nor_events(desk):
    view = await seen(desk, await new_ticket(desk))
    (short,) = await listed(desk)
    assert set(view) - set(short) == {"messages", "events"}
    assert short == {name: view[name] for name in short}


async def test_a_ticket_is_overdue_the_day_after_its_due_date(desk):
    await new_ticket(desk)
    assert await listed(desk, overdue_on=date(2026, 4, 2)) == []
    assert len(await listed(desk, overdue_on=date(2026, 4, 3))) == 1


async def test_a_quarantined_item_is_overdue_like_a_ticket(desk):
    await quarantine(desk, b"From: nobody")
    async with desk.store.reading() as work:
        assert await views.quarantined(work, overdue_on=RECEIVED.date()) == []
        (found,) = await views.quarantined(work, overdue_on=date(2026, 3, 3))
    assert (found["reference"], found["status"], found["due_at"]) == (None, "quarantined", "2026-03-02")


async def test_a_quarantined_item_has_the_names_of_a_ticket(desk):
    await new_ticket(desk)
    await quarantine(desk, b"From: nobody")
    (ticket,) = await listed(desk)
    async with desk.store.reading() as work:
        (item,) = await views.quarantined(work)
    assert set(item) - set(ticket) == {"quarantine"}
    assert set(ticket) <= set(item)


async def test_a_ticket_whose_key_is_gone_keeps_its_facts_alone(desk, monkeypatch):
    reference = await new_ticket(desk)

    async def gone(_key_id):
        raise KeyDestroyed

    monkeypatch.setattr(desk.store.keys, "get", gone)
    view = await seen(desk, reference)
    assert view["requester"] == {"address": None, "name": None, "slack_user": None}
    assert {each["text"] for each in view["messages"]} == {None}
    assert view["due_at"] == "2026-04-02"
