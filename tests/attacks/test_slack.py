"""Attacks by way of Slack: what a stranger's words do there, who presses, how often, and who only pretends to."""

import asyncio
import json
import re
import time
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from email.message import EmailMessage
from urllib.parse import urlencode

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.adapters.socket import SlackSocket
from bot.demo.slack.requests import signature
from bot.demo.slack.workspace import TEAM
from handlers import watching
from handlers.alerts import tell_staff
from tests.handlers.conftest import (
    ADA,
    BEN,
    DESK,
    ERASE,
    ROBIN,
    STAFF,
    UNSUBSCRIBE,
    Bench,
    bench,
    code_of,
    text_of,
)
from tests.handlers.slack_people import BYSTANDER, GUEST, OUTSIDER, Room, room_of, workspace

assert bench

SHOUTS = "<!channel> <!here> <!everyone> <@U0BEN> <#C0STAFF> <!subteam^S1>"
LINKS = (
    "<https://evil.example|https://linden.example/approve> <javascript:alert(1)|Approve> "
    "[Approve](https://evil.example) <mailto:a@evil.example|b@linden.example>"
)
_MARKUP = re.compile(r"<[!@#]|<[a-z]+:[^>]*\|")


@pytest.fixture
async def room(bench) -> AsyncIterator[Room]:
    async with workspace() as slack, room_of(bench, slack) as each:
        yield each


def said_by(room: Room) -> list[str]:
    """Every text of every call that the desk has made, in blocks, in fallbacks and in modals."""
    return [json.dumps(each.arguments, ensure_ascii=False) for each in room.slack.calls]


def pressed(name: str, value: str, *, user: str = ADA, team: str = TEAM, trigger: str = "1.2.3") -> dict:
    return {
        "type": "block_actions",
        "team": {"id": team},
        "user": {"id": user, "team_id": team},
        "trigger_id": trigger,
        "channel": {"id": STAFF},
        "actions": [{"action_id": name, "value": value, "type": "button", "block_id": "b"}],
    }


# ---- what a stranger's words do there ---------------------------------------------------------------------


@pytest.mark.parametrize("words", [SHOUTS, LINKS], ids=["t45", "t46"])
async def test_t45_t46_markup_in_a_mail_is_text_in_every_message_and_modal(room, words):
    _, card = await room.ticket(f"{UNSUBSCRIBE}\n{words}", sender='"<!channel>" <robin@letters.example>')
    await room.press(ADA, "ticket_deny", card)
    await room.submit(ADA, reason=f"You wrote: {words}")
    await room.press(ADA, "draft_show", await room.draft(card))
    async with room.bench.desk.store.transaction() as work:
        await tell_staff(room.bench.desk, work, "words", words)
    await room.post_all()
    said = [each.replace("<@U0ADA>", "") for each in said_by(room)]
    assert [each for each in said if _MARKUP.search(each)] == []
    assert any("&lt;" in each for each in said)


async def test_t46_no_post_is_unfurled(room):
    await room.ticket(f"{UNSUBSCRIBE} https://evil.example/pixel")
    posts = [each.arguments for each in room.slack.calls if each.method == "chat.postMessage"]
    assert posts
    assert all(each["unfurl_links"] is each["unfurl_media"] is False for each in posts)


@pytest.mark.parametrize(
    "sign", ["a", "&", "<", ">\n", "😀"], ids=["letters", "ampersands", "brackets", "lines", "emoji"]
)
async def test_t47_what_is_too_long_for_slack_is_cut_and_never_refused(room, sign):
    _, card = await room.ticket(f"{UNSUBSCRIBE}\n{sign * 50_000}", subject=sign.strip() * 3_001)
    await room.press(ADA, "ticket_deny", card)
    await room.submit(ADA, reason=sign.strip() * 2_000)
    await room.press(ADA, "draft_show", await room.draft(card))
    async with room.bench.desk.store.transaction() as work:
        await tell_staff(room.bench.desk, work, "long", sign * 50_000)
    await room.post_all()
    assert [f"{each.method}: {each.error}" for each in room.slack.calls if not each.ok] == []
    assert len(room.posts(card.ts)) == 3


async def test_t02_a_scanned_document_is_told_of_and_never_shown(room):
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = ROBIN, DESK, "My request"
    letter.set_content(f"{ERASE} I attach a copy of my passport.")
    letter.add_attachment(b"\xff\xd8\xffNO8841723", maintype="image", subtype="jpeg", filename="passport-reed.jpg")
    await room.bench.bring(letter.as_bytes())
    await room.post_all()
    (card,) = room.posts()
    assert "identity document came along" in str(card.blocks)
    assert [each.files for each in (card, *room.posts(card.ts)) if each.files] == []
    for shown in ("passport-reed", "8841723", b64encode(b"NO8841723").decode()):
        assert shown not in "".join(said_by(room))


async def test_t55_neither_code_nor_link_is_posted_to_slack(bench):
    linked = replace(bench, desk=replace(bench.desk, public_url="https://desk.linden.example"))
    async with workspace() as slack, room_of(linked, slack) as room:
        _, card = await room.ticket(ERASE)
        (letter,) = await linked.letters()
        await linked.write(f"{code_of(letter)}\n\n{text_of(letter)}", answers=letter)
        await room.post_all()
        await room.press(ADA, "draft_show", await room.draft(card))
        said = "".join(said_by(room))
    assert code_of(letter) not in said
    assert re.search(r"/verify/([\w-]+)", text_of(letter))[1] not in said


# ---- who only pretends to be Slack ------------------------------------------------------------------------


@pytest.fixture
async def door(room) -> AsyncIterator[str]:
    """Where Slack's signed requests come in."""
    socket = SlackSocket(
        room.gateway,
        room.reception,
        signing_secret=room.slack.signing_secret,
        refused=lambda: watching.unsigned(room.bench.desk),
    )
    app = web.Application()
    app.router.add_post("/slack/events", socket.receive)
    async with TestServer(app) as server:
        yield str(server.make_url("/slack/events"))


async def knock(
    door: str, payload: dict, secret: str, *, age: int = 0, forged: bool = False, **headers: str
) -> int:
    """The answer to a request that was signed so many seconds ago; ``forged``: changed after it was signed."""
    body = urlencode({"payload": json.dumps(payload)}).encode()
    stamp = str(int(time.time()) - age)
    signed = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature(secret, stamp, body)}
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    body += b"&x=1" if forged else b""
    async with (
        aiohttp.ClientSession() as session,
        session.post(door, data=body, headers={**kind, **signed, **headers}) as answer,
    ):
        return answer.status


PRETENDERS = {
    "no signature": {"X-Slack-Signature": ""},
    "a wrong signature": {"X-Slack-Signature": "v0=" + "0" * 64},
    "another scheme": {"X-Slack-Signature": "v1=0"},
    "no time": {"X-Slack-Request-Timestamp": ""},
    "a time that is none": {"X-Slack-Request-Timestamp": "9" * 5_000},
    "a changed body": {"forged": True},
    "six minutes old": {"age": 360},
    "six minutes ahead": {"age": -360},
}


@pytest.mark.parametrize("how", PRETENDERS)
async def test_t48_a_request_that_slack_did_not_sign_just_now_is_refused_and_does_nothing(room, door, how):
    case, _ = await room.ticket(ERASE)
    payload = pressed("ticket_take", case.reference)
    assert await knock(door, payload, room.slack.signing_secret, **PRETENDERS[how]) == 401
    assert (await room.bench.case(case.reference)).row.assignee is None
    assert await room.handled() == []
    assert await knock(door, payload, room.slack.signing_secret) == 200
    assert await room.told(ADA) == f"{case.reference} is yours."


async def test_t48_many_requests_that_slack_did_not_sign_ring_once(room, door):
    for _ in range(7):
        await knock(door, pressed("ticket_take", "PR-00000000"), "a guess")
    (told,) = await room.bench.alerts()
    assert "Slack did not sign" in told
    assert "requests-that-slack-did-not-sign" in told


async def test_t49_a_signed_request_that_is_replayed_does_nothing_more(room, door):
    case, _ = await room.ticket(UNSUBSCRIBE)
    payload = pressed("ticket_fulfil", case.reference)
    for _ in range(3):
        assert await knock(door, payload, room.slack.signing_secret) == 200
    await room.told(ADA)
    assert (await room.bench.events(case)).count("drafted") == 2, "the desk's own, and Ada's"


# ---- who presses, and how often ---------------------------------------------------------------------------


async def test_t49_of_two_who_approve_at_once_one_sends_and_the_other_hears_so(room):
    _, card = await room.ticket(UNSUBSCRIBE)
    draft = await room.draft(card)
    where = (STAFF, draft.ts, "draft_approve")
    await asyncio.gather(*(room.slack.press(who, *where) for who in (ADA, BEN)))
    words = sorted([await room.told(ADA), await room.told(BEN)])
    assert words == ["Approved: the reply is on its way.", "This draft is approved already."]
    assert await room.bench.kinds() == ["acknowledgement", "fulfilled"]


async def test_t49_a_double_click_sends_once(room):
    _, card = await room.ticket(UNSUBSCRIBE)
    draft = await room.draft(card)
    await asyncio.gather(*(room.slack.press(ADA, STAFF, draft.ts, "draft_approve") for _ in range(2)))
    await room.told(ADA, 2)
    assert (await room.bench.kinds()).count("fulfilled") == 1


LEFT, ROBOT = "U0LEFT", "U0ROBOT"


@pytest.mark.parametrize("who", [GUEST, OUTSIDER, BYSTANDER, LEFT, ROBOT])
async def test_t50_who_is_no_full_member_of_the_staff_is_refused_on_record(bench, who):
    async with workspace() as slack, room_of(bench, slack) as room:
        slack.workspace.add_user(LEFT, "leo", "leo@linden.example", deleted=True)
        slack.workspace.add_user(ROBOT, "rob", "", bot=True)
        slack.workspace.channels[STAFF].members += [LEFT, ROBOT]
        room.reception.staff._members = [ADA, GUEST, OUTSIDER, LEFT, ROBOT]
        case, card = await room.ticket(UNSUBSCRIBE)
        await room.press(who, "draft_approve", await room.draft(card))
        assert "members" in await room.told(who) or "staff" in await room.told(who)
        assert await bench.kinds() == ["acknowledgement"]
        assert [bool(each.reason) for each in await room.handled()] == [True]
        assert "approved" not in await bench.events(case)


async def test_t50_a_press_from_another_workspace_is_refused(room):
    case, _ = await room.ticket(UNSUBSCRIBE)
    await room.slack.send("interactive", pressed("ticket_take", case.reference, team="T0OTHER"))
    await room.told(ADA)
    assert (await room.bench.case(case.reference)).row.assignee is None


@pytest.mark.parametrize("words", ["approve", ":white_check_mark:", "draft_approve", "/approve", "yes, send it"])
async def test_t51_words_in_the_thread_approve_nothing(room, words):
    _, card = await room.ticket(UNSUBSCRIBE)
    draft = await room.draft(card)
    await room.slack.say(ADA, STAFF, words, thread_ts=card.ts)
    room.slack.workspace.add_user("U0HOOK", "Privacy Lead", "", bot=True)
    room.slack.workspace.channels[STAFF].members.append("U0HOOK")
    await room.slack.say("U0HOOK", STAFF, f"Approved by <@{ADA}> and <@{BEN}>", thread_ts=draft.ts)
    assert [each.approvals for each in await room.bench.drafts()] == [[]]
    assert await room.bench.kinds() == ["acknowledgement"]


async def test_t71_a_press_that_breaks_the_desk_tells_slack_nothing_of_why(room: Room, bench: Bench, monkeypatch):
    _, card = await room.ticket(UNSUBSCRIBE)
    draft = await room.draft(card)

    def broken(*_given: object, **_more: object) -> None:
        raise RuntimeError("SECRET_KEYS is hunter2")

    monkeypatch.setattr("handlers.approvals.approve", broken)
    room.slack.courier.ack_within = 0.3  # there will be no answer
    await room.slack.press(ADA, STAFF, draft.ts, "draft_approve")
    await room.post_all()
    assert "hunter2" not in "".join(said_by(room))
    assert await bench.kinds() == ["acknowledgement"]
