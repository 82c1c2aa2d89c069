"""What staff ask /privacy for, and what others who ask for it are told."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.domain.events import Closed
from bot.domain.reporting.histories import Period
from bot.domain.vocabulary import Outcome
from bot.store.tables import JournalRow
from handlers import actions, staff_commands
from handlers.reporting import period_report
from tests.handlers.conftest import ADA, ERASE, NOW, UNSUBSCRIBE
from tests.handlers.slack_customers import CARLA, DELETE, HELP, STRANGER, Support, support_of, words_of
from tests.handlers.slack_people import GUEST


@pytest.fixture
async def support(bench) -> AsyncIterator[Support]:
    async with support_of(bench) as each:
        each.slack.workspace.channels[HELP].members += [ADA, GUEST]
        yield each


async def privacy(support: Support, user: str, text: str) -> str:
    ack = await support.slack.command(user, HELP, text)
    assert ack.ok, ack.problem
    return words_of(support.notes(user)[-1])


async def tickets(support: Support, count: int, text: str = UNSUBSCRIBE) -> list[str]:
    found = []
    for number in range(count):
        item = await support.bench.write(text, sender=f"Robin Reed <robin{number}@letters.example>")
        found.append((await support.bench.case(item)).reference)
    return found


# ---- queue and overdue ---------------------------------------------------------------------------------------


async def test_a_long_queue_is_told_in_pages_and_says_how_to_go_on(support):
    references = await tickets(support, 12)
    first, second = await privacy(support, ADA, "queue"), await privacy(support, ADA, "queue 2")
    assert "All open: 12" in first
    assert "More: /privacy queue 2" in first
    assert [each in first for each in references] == [True] * 10 + [False] * 2
    assert [each in second for each in references] == [False] * 10 + [True] * 2
    assert "More:" not in second


@pytest.mark.parametrize("page", ["0", "-1", "99999999999999999999", "two", "²"])
async def test_a_page_that_is_none_is_the_first_or_the_last(support, page):
    (reference,) = await tickets(support, 1)
    assert reference in await privacy(support, ADA, f"queue {page}")


async def test_what_is_closed_or_not_confirmed_is_in_no_queue_and_what_is_not_confirmed_is_counted(support):
    (closed,) = await tickets(support, 1)
    await support.bench.happen(closed, Closed(NOW, Outcome.WITHDRAWN))
    await support.say(CARLA, DELETE)
    told = await privacy(support, ADA, "queue")
    assert "Nothing is open." in told
    assert "not confirmed by who said it: 1" in told


async def test_quarantine_counts_in_the_queue(support):
    await support.bench.write("Hello", sender="")
    assert "In quarantine: 1" in await privacy(support, ADA, "overdue")


# ---- show ----------------------------------------------------------------------------------------------------


async def test_show_tells_state_rule_and_proof_and_leads_to_the_card(support):
    (reference,) = await tickets(support, 1, ERASE)
    await actions.assign(support.bench.desk, reference, ADA, ADA)
    await support.room.post_all()
    told = await privacy(support, ADA, f"show {reference.lower()}")
    assert f"{reference}: verifying, due 2026-04-02, 31 days left, gdpr, <@{ADA}>; deletion" in told
    assert "not proven" in told
    assert "Why this day: " in told
    assert "slack.com/archives/" in told
    assert not [each for each in ("Robin", "Reed", "letters.example") if each in told]


@pytest.mark.parametrize("reference", ["PR-00000000", "", "'; drop table ticket", "<!channel>"])
async def test_show_of_what_is_not_there_says_so(support, reference):
    assert "There is no such ticket." in await privacy(support, ADA, f"show {reference}")


# ---- report --------------------------------------------------------------------------------------------------


async def test_report_tells_the_figures_of_the_last_thirty_days(support):
    references = await tickets(support, 2)
    await support.bench.happen(references[0], Closed(NOW, Outcome.WITHDRAWN))
    told = await privacy(support, ADA, "report")
    assert "Privacy requests from 2026-01-31 to 2026-03-02" in told
    assert "opt out: received 2, closed 1, withdrawn 1" in told
    assert "total: tickets 1" in told
    assert "python -m bot report --from 2026-01-31 --to 2026-03-02" in told


async def test_report_takes_the_days_that_are_given(support):
    await tickets(support, 1)
    assert "received 1" in await privacy(support, ADA, "report 2026-03-01 2026-03-31")
    assert "received" not in await privacy(support, ADA, "report 2026-02-01 2026-02-28")
    for wrong in ("report yesterday", "report 2026-03-31 2026-03-01", "report 2026-03-01"):
        assert "Give the first and the last day" in await privacy(support, ADA, wrong)


async def test_what_would_take_too_long_is_left_to_the_command_line(support, monkeypatch):
    monkeypatch.setattr(staff_commands, "_MOST_COUNTED", 1)
    await tickets(support, 2)
    assert "more than can be counted here" in await privacy(support, ADA, "report")


async def test_tickets_that_were_closed_before_change_no_figure_of_a_report(bench):
    async def closed_after(days: int) -> None:
        case = await bench.case(await bench.write(UNSUBSCRIBE, sender=f"robin{days}@letters.example"))
        bench.clock.forward(days=days)
        await bench.happen(case.reference, Closed(bench.clock(), Outcome.WITHDRAWN))

    await closed_after(1)
    await closed_after(9)
    await bench.write(ERASE)
    since = NOW + timedelta(days=5)
    period = Period(since.date(), (NOW + timedelta(days=20)).date(), bench.desk.timezone)
    every = await period_report(bench.desk.store, period)
    some = await period_report(bench.desk.store, period, since=since)
    assert some.tables[1:8] == every.tables[1:8]


# ---- everybody else ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [CARLA, STRANGER, GUEST])
async def test_others_are_refused_in_the_same_words_whatever_they_ask_for(support, who):
    (reference,) = await tickets(support, 1)
    asked = ("queue", "overdue", "report", "show PR-00000000", f"show {reference}", "show")
    told = {await privacy(support, who, each) for each in asked}
    assert len(told) == 1
    assert reference not in told.pop()


async def test_staff_get_the_address_of_a_page_for_an_export_and_nobody_else_does(support):
    bench = support.bench
    reference = (await bench.case(await bench.write("Please send me a copy of all my personal data."))).reference
    assert "PUBLIC_URL is not set" in await privacy(support, ADA, f"attach {reference}")
    assert "hand-in" not in await privacy(support, CARLA, f"attach {reference}")


async def test_help_tells_staff_of_their_commands_and_others_not(support):
    assert "/privacy report" in await privacy(support, ADA, "help")
    assert "/privacy report" not in await privacy(support, CARLA, "help")


async def test_who_tries_on_is_on_record_and_staff_are_told_once(support):
    for each in ("queue", "overdue", "report", "show", "queue", "Queue 2"):
        await privacy(support, GUEST, each)
    assert await support.bench.alerts() == []
    case, card = await support.room.ticket(UNSUBSCRIBE)
    for _ in range(3):
        await support.room.press(GUEST, "ticket_assign", card)
    await support.room.post_all()
    (alert,) = [each for each in support.room.posts() if "not on the staff" in each.text]
    assert f"{GUEST}, who is not on the staff, tried 5 things" in alert.text
    (refused,) = [each for each in await support.bench.journal(case) if each.event == "refused"]
    assert isinstance(refused, JournalRow)
    assert (refused.actor, refused.detail["action"]) == (GUEST, "ticket_assign")
