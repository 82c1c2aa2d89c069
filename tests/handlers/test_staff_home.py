"""The App Home of staff: what is to be done, in lists and pages; the week in figures; and nobody's name."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.events import Closed
from bot.domain.laws import LawPack
from bot.domain.vocabulary import Outcome
from handlers import actions
from tests.handlers.conftest import ADA, ERASE, NOW, UNSUBSCRIBE
from tests.handlers.slack_customers import CARLA, CARLAS, DELETE, Support, support_of
from tests.handlers.slack_people import BYSTANDER, GUEST, OUTSIDER

QUEUES = ("home_overdue", "home_week", "home_mine", "home_unassigned", "home_verifying", "home_all")


@pytest.fixture
async def support(bench) -> AsyncIterator[Support]:
    async with support_of(bench) as each:
        yield each


def buttons(support: Support, user: str = ADA) -> dict[str, str]:
    """The labels of the home's buttons."""
    view = support.slack.workspace.home(user)
    elements = [each for block in view.blocks for each in block.get("elements", []) if each.get("action_id")]
    return {each["action_id"]: each["text"]["text"] for each in elements}


async def turn(support: Support, action: str, user: str = ADA) -> str:
    """Presses a button of the home; what it shows then."""
    before = support.slack.workspace.home(user).hash
    await support._acted(support.slack.press_home(user, action))
    await support.slack.wait_until(lambda: support.slack.workspace.home(user).hash != before)
    return str(support.slack.workspace.home(user).blocks)


async def letters(support: Support, count: int, text: str = UNSUBSCRIBE) -> list[str]:
    """So many tickets of different people, in the order in which they are due."""
    found = []
    for number in range(count):
        item = await support.bench.write(text, sender=f"Robin Reed <robin{number}@letters.example>")
        found.append((await support.bench.case(item)).reference)
    return found


# ---- the queues ----------------------------------------------------------------------------------------------


async def test_each_queue_is_a_button_with_its_length_and_the_first_that_holds_anything_is_shown(support):
    taken, free = await letters(support, 2)
    await actions.assign(support.bench.desk, taken, ADA, ADA)
    await support.bench.write(ERASE)
    shown = await support.home(ADA)
    assert [buttons(support)[each] for each in QUEUES] == [
        "Overdue (0)",
        "Due this week (0)",
        "Waiting for me (1)",
        "Unassigned (2)",
        "Verifying (1)",
        "All open (3)",
    ]
    assert taken in shown
    assert free not in shown
    assert "opt out" in shown


async def test_a_button_shows_its_queue(support):
    taken, free = await letters(support, 2)
    await actions.assign(support.bench.desk, taken, ADA, ADA)
    await support.home(ADA)
    assert free in await turn(support, "home_unassigned")
    shown = await turn(support, "home_all")
    assert all(each in shown for each in (taken, free))


async def test_what_is_due_moves_from_this_week_to_overdue(support):
    (reference,) = await letters(support, 1)
    for day, label in ((27, "Due this week (1)"), (33, "Overdue (1)")):
        support.bench.clock.forward(days=day - (support.bench.clock() - NOW).days)
        shown = await support.home(ADA)
        assert label in buttons(support).values()
        assert reference in shown
    assert "2 days overdue" in shown


async def test_a_long_queue_comes_in_pages(support):
    references = await letters(support, 12)
    first = await support.home(ADA)
    assert [each in first for each in references] == [True] * 10 + [False] * 2
    assert "home_back" not in buttons(support)
    second = await turn(support, "home_on")
    assert [each in second for each in references] == [False] * 10 + [True] * 2
    assert "home_on" not in buttons(support)
    assert references[0] in await turn(support, "home_back")


async def test_a_page_that_is_there_no_more_is_the_last_that_is(support):
    references = await letters(support, 11)
    await support.home(ADA)
    await turn(support, "home_on")
    await support.bench.happen(references[0], Closed(NOW, Outcome.WITHDRAWN))
    assert references[-1] in await turn(support, "home_unassigned")
    assert "home_on" not in buttons(support)


async def test_a_ticket_leads_to_its_card(support):
    (reference,) = await letters(support, 1)
    await support.room.post_all()
    await support.home(ADA)
    case = await support.bench.case(reference)
    link = await support.room.gateway.client.chat_getPermalink(
        channel=case.row.card_channel or "", message_ts=case.row.card_ts or ""
    )
    assert link["permalink"] in str(support.slack.workspace.home(ADA).blocks)


async def test_a_new_ticket_begins_at_the_home(support):
    await support.home(ADA)
    assert buttons(support)["ticket_new"] == "New ticket"


async def test_nothing_of_a_requester_stands_in_it(support):
    await letters(support, 1, text=f"{ERASE}\n\nRobin Reed, 12345 Elm Road")
    await support.tell(CARLA, DELETE)
    await support.home(ADA)
    shown = await turn(support, "home_all")
    assert not [each for each in ("Robin", "Reed", "letters.example", "Elm", "Carla", CARLAS) if each in shown]


# ---- what counts besides -------------------------------------------------------------------------------------


async def test_what_is_in_quarantine_is_counted_with_its_first_date(support):
    await support.bench.write("Hello", sender="")
    assert "In quarantine: 1, the first due on 2 April 2026" in await support.home(ADA)


async def test_what_its_writer_has_not_confirmed_is_counted_and_not_listed(support):
    await support.say(CARLA, DELETE)
    case = await support.only_case()
    shown = await support.home(ADA)
    assert case.reference not in shown
    assert "not confirmed by who said it: 1" in shown
    assert buttons(support)["home_all"] == "All open (0)"
    await support.press(CARLA, "request_confirm", support.notes(CARLA)[0])
    assert case.reference in await support.home(ADA)


async def test_the_week_is_told_in_bars_and_in_words(support):
    references = await letters(support, 3)
    support.bench.clock.forward(days=2)
    await support.bench.happen(references[0], Closed(support.bench.clock(), Outcome.WITHDRAWN))
    shown = await support.home(ADA)
    assert "*Came in* 3: `▁▁▁▁█▁▁` Thu 0, Fri 0, Sat 0, Sun 0, Mon 3, Tue 0, Wed 0" in shown
    assert "*Closed* 1: `▁▁▁▁▁▁█` Thu 0, Fri 0, Sat 0, Sun 0, Mon 0, Tue 0, Wed 1; none of them late" in shown


async def test_what_was_answered_after_its_day_is_late(support):
    (reference,) = await letters(support, 1)
    support.bench.clock.forward(days=40)
    await support.bench.happen(reference, Closed(support.bench.clock(), Outcome.WITHDRAWN))
    assert "; 1 of them after their date" in await support.home(ADA)


async def test_what_never_was_a_request_counts_in_no_week(support):
    await support.say(CARLA, DELETE)
    await support.press(CARLA, "request_dismiss", support.notes(CARLA)[0])
    shown = await support.home(ADA)
    assert "*Came in* 0" in shown
    assert "*Closed* 0" in shown


# ---- the laws ------------------------------------------------------------------------------------------------


async def test_it_warns_while_nobody_has_signed_the_law_pack(support):
    assert "Nobody has signed the law pack" in await support.home(ADA)


async def test_it_warns_no_more_once_the_default_law_is_signed(support):
    laws = support.bench.desk.laws
    signed = replace(laws["gdpr"], reviewed_by="A. Lawyer", reviewed=laws["gdpr"].checksum)
    pack = LawPack({**{each: laws[each] for each in laws.codes()}, "gdpr": signed})
    desk = replace(support.bench.desk, laws=pack)
    object.__setattr__(support.room.reception, "desk", desk)
    assert "has signed" not in await support.home(ADA)


# ---- for whom ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [CARLA, BYSTANDER, GUEST, OUTSIDER])
async def test_who_is_not_staff_sees_what_is_theirs_alone(support, who):
    (reference,) = await letters(support, 1)
    shown = await support.home(who)
    assert reference not in shown
    assert "Your privacy requests" in shown
    assert "The privacy desk" not in shown


async def test_who_is_staff_and_customer_sees_both(support):
    (reference,) = await letters(support, 1)
    await support.tell(ADA, DELETE)
    (own,) = [each for each in await support.bench.cases() if each.row.slack_user == ADA]
    shown = await support.home(ADA)
    assert reference in shown
    assert "Your privacy requests" in shown
    assert shown.rindex(own.reference) > shown.index("Your privacy requests")


async def test_who_leaves_the_staff_sees_no_queue_any_more(support, monkeypatch):
    (reference,) = await letters(support, 1)
    await support.home(ADA)
    monkeypatch.setattr(support.room.reception.staff, "_members", ())
    support.room.reception.staff._known.clear()
    assert reference not in await turn(support, "home_all")


async def test_days_are_those_of_the_controller(support):
    zone = type(support.bench.desk.timezone)("Pacific/Auckland")
    desk = replace(support.bench.desk, timezone=zone)
    object.__setattr__(support.room.reception, "desk", desk)
    support.bench.clock.at = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)  # noon of the third there
    await letters(support, 1)
    assert "Mon 0, Tue 1" in await support.home(ADA)
