"""Who may act on tickets: active, full members of SLACK_STAFF, of the app's own team."""

from collections.abc import AsyncIterator

import pytest

from bot.adapters.slack import SlackGateway
from bot.demo.slack import SlackStandIn
from bot.demo.slack.workspace import TEAM
from handlers import staff
from handlers.staff import Staff
from tests.handlers.conftest import ADA, BEN
from tests.handlers.slack_people import BYSTANDER, GUEST, OUTSIDER, workspace

TEAMS = "S0PRIVACY"


@pytest.fixture
async def slack() -> AsyncIterator[SlackStandIn]:
    async with workspace() as each:
        yield each


@pytest.fixture
async def gateway(slack) -> AsyncIterator[SlackGateway]:
    each = SlackGateway(slack.tokens["bot"], slack.api_url)
    await each.identify()
    yield each
    await each.close()


def asked(slack: SlackStandIn) -> int:
    return sum(each.method in ("users.info", "usergroups.users.list") for each in slack.calls)


async def test_a_named_active_member_may_act(gateway):
    assert await Staff(gateway, [ADA]).refuses(ADA, TEAM) is None


async def test_who_is_not_named_may_not(gateway):
    assert "privacy desk's staff" in await Staff(gateway, [ADA]).refuses(BYSTANDER, TEAM)


@pytest.mark.parametrize("who", [GUEST, OUTSIDER])
async def test_a_guest_and_an_outsider_may_not_though_they_are_named(gateway, who):
    assert "full members of this workspace" in await Staff(gateway, [GUEST, OUTSIDER]).refuses(who, TEAM)


async def test_who_comes_from_another_team_may_not(gateway):
    assert "members of this workspace" in await Staff(gateway, [ADA]).refuses(ADA, "T0OTHER")


async def test_a_bot_may_not(slack, gateway):
    slack.workspace.add_user("U0ROBOT", "robot", "", bot=True)
    assert await Staff(gateway, ["U0ROBOT"]).refuses("U0ROBOT", TEAM)


async def test_members_of_a_named_group_may_act_and_others_may_not(slack, gateway):
    slack.workspace.add_group(TEAMS, "privacy", [ADA])
    people = Staff(gateway, [TEAMS])
    assert await people.refuses(ADA, TEAM) is None
    assert await people.refuses(BEN, TEAM)


async def test_who_leaves_is_out_within_a_minute(slack, gateway, monkeypatch):
    now = 1000.0
    monkeypatch.setattr(staff.time, "monotonic", lambda: now)
    people = Staff(gateway, [ADA])
    assert await people.refuses(ADA, TEAM) is None
    slack.workspace.add_user(ADA, "ada", "ada@linden.example", deleted=True)
    now += 61
    assert await people.refuses(ADA, TEAM)


async def test_who_leaves_a_named_group_is_out_within_a_minute_and_who_joins_it_is_in(slack, gateway, monkeypatch):
    now = 1000.0
    monkeypatch.setattr(staff.time, "monotonic", lambda: now)
    slack.workspace.add_group(TEAMS, "privacy", [ADA])
    people = Staff(gateway, [TEAMS])
    assert [await people.refuses(each, TEAM) is None for each in (ADA, BEN)] == [True, False]
    slack.workspace.add_group(TEAMS, "privacy", [BEN])
    now += 61
    assert [await people.refuses(each, TEAM) is None for each in (ADA, BEN)] == [False, True]


async def test_a_group_is_asked_for_once_however_many_people_look(slack, gateway):
    slack.workspace.add_group(TEAMS, "privacy", [ADA])
    people = Staff(gateway, [TEAMS])
    for who in (ADA, BEN, BYSTANDER, GUEST):
        await people.refuses(who, TEAM)
    assert [each.method for each in slack.calls].count("usergroups.users.list") == 1


async def test_who_is_named_and_whom_slack_does_not_show_may_not(slack, gateway):
    slack.fail("users.info", error="user_not_visible")
    assert "full members of this workspace" in (await Staff(gateway, [OUTSIDER]).refuses(OUTSIDER, TEAM) or "")


async def test_slack_is_not_asked_at_every_press(slack, gateway):
    people = Staff(gateway, [ADA])
    for _ in range(3):
        await people.refuses(ADA, TEAM)
    assert asked(slack) == 1


async def test_an_answer_that_slack_did_not_give_is_not_remembered(slack, gateway):
    people = Staff(gateway, [ADA])
    slack.fail("users.info", error="internal_error")
    with pytest.raises(Exception, match="internal_error"):
        await people.refuses(ADA, TEAM)
    assert await people.refuses(ADA, TEAM) is None
