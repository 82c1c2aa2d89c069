"""The Slack stand-in, as Slack's own libraries for Python meet it."""

import asyncio
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack import ALL_SCOPES, BOT_USER, CannotDo, SlackStandIn
from bot.demo.slack.methods import METHODS

STAFF, ASKER, GUEST = "U0STAFF", "U0ASKER", "U0GUEST"
SUPPORT, PRIVATE = "C0SUPPORT", "G0STAFF"

CARD = [
    {"type": "section", "block_id": "card", "text": {"type": "mrkdwn", "text": "*A request*"}},
    {
        "type": "actions",
        "block_id": "decide",
        "elements": [
            {
                "type": "button",
                "action_id": "ticket_deny",
                "text": {"type": "plain_text", "text": "Deny"},
                "value": "PR-00000001",
            },
            {
                "type": "overflow",
                "action_id": "ticket_more",
                "options": [
                    {"text": {"type": "plain_text", "text": "Close"}, "value": "ticket_close:PR-00000001"},
                    {"text": {"type": "plain_text", "text": "Extend"}, "value": "ticket_extend:PR-00000001"},
                ],
            },
        ],
    },
]


def text_input(name, **more):
    return {
        "type": "input",
        "block_id": name,
        "label": {"type": "plain_text", "text": name},
        "element": {"type": "plain_text_input", "action_id": name, **more},
    }


def modal(*blocks, **more):
    return {
        "type": "modal",
        "callback_id": "ticket_deny",
        "title": {"type": "plain_text", "text": "Deny"},
        "submit": {"type": "plain_text", "text": "Draft it"},
        "blocks": list(blocks) or [text_input("reason")],
        **more,
    }


@asynccontextmanager
async def a_workspace(**settings):
    async with SlackStandIn(**{"ack_within": 0.5, "retry_after": (0.01, 0.01), **settings}) as slack:
        slack.workspace.add_user(STAFF, "Sam Staff", "sam@desk.example")
        slack.workspace.add_user(ASKER, "Ada Asker", "ada@mail.example")
        slack.workspace.add_user(GUEST, "Gus Guest", "gus@other.example", guest=True, team="T0OTHER")
        slack.workspace.add_channel(SUPPORT, "support", members=[STAFF, ASKER])
        slack.workspace.add_channel(PRIVATE, "privacy-staff", private=True, members=[STAFF, GUEST])
        yield slack


@pytest.fixture
async def slack():
    async with a_workspace() as slack:
        yield slack


def client_of(slack, token="xoxb-stand-in", **more):
    return AsyncWebClient(token=token, base_url=slack.api_url, **{"retry_handlers": [], **more})


@pytest.fixture
async def client(slack):
    return client_of(slack)


@asynccontextmanager
async def connected(slack, app):
    handler = AsyncSocketModeHandler(app, "xapp-stand-in")
    sockets = len(slack.sockets)
    await handler.connect_async()
    await slack.wait_until(lambda: len(slack.sockets) == sockets + 1)
    try:
        yield handler
    finally:
        await handler.close_async()


def an_app(slack, **more):
    return AsyncApp(client=client_of(slack), **more)


async def refusal(awaitable):
    with pytest.raises(SlackApiError) as caught:
        await awaitable
    return caught.value.response


# The way of one matter, end to end


async def test_from_a_message_to_a_card_to_a_modal_with_errors_to_an_updated_card(slack):
    app = an_app(slack)

    @app.event("message")
    async def heard(event, client):
        if "subtype" not in event:
            await client.chat_postMessage(channel=PRIVATE, text="A request", blocks=CARD)

    @app.action("ticket_deny")
    async def pressed(ack, body, client):
        await ack()
        card = body["message"]["ts"]
        await client.views_open(trigger_id=body["trigger_id"], view=modal(private_metadata=card))

    @app.view("ticket_deny")
    async def submitted(ack, view, client):
        reason = view["state"]["values"]["reason"]["reason"]["value"]
        if len(reason) < 10:
            await ack(response_action="errors", errors={"reason": "Say a little more."})
            return
        await ack()
        await client.chat_update(channel=PRIVATE, ts=view["private_metadata"], text=reason, blocks=[])

    async with connected(slack, app):
        await slack.say(ASKER, SUPPORT, "Please delete what you hold on me")
        await slack.wait_until(lambda: slack.workspace.messages(PRIVATE))
        card = slack.workspace.messages(PRIVATE)[0]

        assert (await slack.press(STAFF, PRIVATE, card.ts, "ticket_deny")).ok
        await slack.wait_until(lambda: slack.workspace.open_view(STAFF))

        assert (await slack.submit(STAFF, {"reason": "no"})).payload["response_action"] == "errors"
        view = slack.workspace.open_view(STAFF)
        assert view.errors == {"reason": "Say a little more."}
        assert view.state["values"]["reason"]["reason"]["value"] == "no"

        assert (await slack.submit(STAFF, {"reason": "The account is not yours"})).ok
        assert slack.workspace.open_view(STAFF) is None
        await slack.wait_until(lambda: slack.workspace.messages(PRIVATE)[0].edited)
        assert slack.workspace.messages(PRIVATE)[0].text == "The account is not yours"


async def test_the_app_hears_of_commands_shortcuts_and_the_home_tab(slack):
    app = an_app(slack)
    heard = []

    @app.command("/privacy")
    async def command(ack, command):
        heard.append((command["text"], command["user_id"], command["channel_id"]))
        await ack("You have no open request.")

    @app.shortcut("request_new")
    async def new(ack, shortcut, client):
        await ack()
        await client.views_open(trigger_id=shortcut["trigger_id"], view=modal())

    @app.shortcut("request_open")
    async def opened(ack, shortcut):
        heard.append((shortcut["type"], shortcut["message"]["text"], shortcut["channel"]["id"]))
        await ack()

    @app.event("app_home_opened")
    async def home(event, client):
        button = {"type": "button", "action_id": "request_new", "text": {"type": "plain_text", "text": "New"}}
        view = {"type": "home", "blocks": [{"type": "actions", "elements": [button]}]}
        await client.views_publish(user_id=event["user"], view=view)

    @app.action("request_new")
    async def from_home(ack, body):
        heard.append((body["view"]["type"], body["container"]["type"]))
        await ack()

    @app.event("message")
    async def ignore():
        pass

    async with connected(slack, app):
        await slack.command(ASKER, SUPPORT, "status")
        assert [m.text for m in slack.workspace.ephemerals(SUPPORT, ASKER)] == ["You have no open request."]
        await slack.shortcut(ASKER, "request_new")
        await slack.wait_until(lambda: slack.workspace.open_view(ASKER))
        ts = await slack.say(ASKER, SUPPORT, "Hello")
        await slack.shortcut(STAFF, "request_open", channel=SUPPORT, ts=ts)
        await slack.open_home(ASKER)
        await slack.wait_until(lambda: slack.workspace.home(ASKER))
        await slack.press_home(ASKER, "request_new")
    assert heard == [
        ("status", ASKER, SUPPORT),
        ("message_action", "Hello", SUPPORT),
        ("home", "view"),
    ]


async def test_http_mode_sends_what_bolt_accepts_as_signed(slack):
    app = AsyncApp(client=client_of(slack), signing_secret=slack.signing_secret)
    heard = []

    @app.event("message")
    async def message(event):
        heard.append(event["text"])

    @app.command("/privacy")
    async def command(ack, command):
        await ack(f"You said {command['text']}")

    @app.action("ticket_more")
    async def more(ack, action):
        heard.append(action["selected_option"]["value"])
        await ack()

    runner = web.AppRunner(app.server(path="/slack/events").web_app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    async with a_workspace(signing_secret=slack.signing_secret) as posting:
        posting.post_to(address)
        card = await client_of(posting).chat_postMessage(channel=PRIVATE, text="Card", blocks=CARD)
        await posting.say(ASKER, SUPPORT, "Hello")
        await posting.command(ASKER, SUPPORT, "help")
        ack = await posting.press(STAFF, PRIVATE, card["ts"], "ticket_more", value="ticket_close:PR-00000001")
        assert ack.ok
        assert posting.workspace.ephemerals(SUPPORT, ASKER)[0].text == "You said help"
        assert heard == ["Hello", "ticket_close:PR-00000001"]
        posting.signing_secret = "another"
        posting.post_to(address)
        assert (await posting.press(STAFF, PRIVATE, card["ts"], "ticket_deny")).problem.endswith("401")
    await runner.cleanup()


async def test_http_mode_tells_of_an_event_again_until_the_app_takes_it(slack):
    verifier, seen = SignatureVerifier(slack.signing_secret), []

    async def take(request):
        body = await request.read()
        assert verifier.is_valid_request(body, dict(request.headers))
        seen.append((request.headers.get("X-Slack-Retry-Num"), (await request.json())["event_id"]))
        return web.Response(status=500 if len(seen) == 1 else 200)

    app = web.Application()
    app.router.add_post("/", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.post_to(f"http://127.0.0.1:{runner.addresses[0][1]}/")
    await slack.say(ASKER, SUPPORT, "Hello")
    await runner.cleanup()
    assert [number for number, _ in seen] == [None, "1"]
    assert len({event_id for _, event_id in seen}) == 1


# Delivery of events


@asynccontextmanager
async def listening(slack, *, fails=0):
    """An app that notes the event_id of every message, and lets the first ones go unacknowledged."""
    app, noted = an_app(slack), []

    @app.middleware
    async def note(body, next):  # noqa: A002
        noted.append(body["event_id"])
        if len(noted) <= fails:
            raise RuntimeError("the database is away")
        await next()

    @app.event("message")
    async def message():
        pass

    @app.error
    async def quiet(error):
        pass

    async with connected(slack, app):
        yield noted


async def test_an_event_that_is_not_acknowledged_comes_again_with_the_same_id(slack):
    async with listening(slack, fails=1) as noted:
        slack.courier.ack_within = 0.1
        await slack.say(ASKER, SUPPORT, "Hello")
    assert len(noted) == 2
    assert len(set(noted)) == 1
    first, second = slack.courier.deliveries
    assert first.latency is None
    assert second.latency is not None
    assert second.envelope.attempt == 1


async def test_an_event_is_given_up_after_the_last_try(slack):
    slack.courier.ack_within = 0.05
    await slack.say(ASKER, SUPPORT, "Nobody listens")
    assert [delivery.latency for delivery in slack.courier.deliveries] == [None, None, None]


async def test_an_acknowledged_event_can_come_twice_or_its_ack_be_lost(slack):
    async with listening(slack) as noted:
        slack.disturb(repeat=True)
        await slack.say(ASKER, SUPPORT, "Hello")
        slack.disturb(lose_ack=True)
        await slack.say(ASKER, SUPPORT, "Hello again")
        await slack.say(ASKER, SUPPORT, "Thrice")
    assert [noted.count(event_id) for event_id in dict.fromkeys(noted)] == [2, 2, 1]


async def test_a_delayed_event_is_overtaken(slack):
    async with listening(slack):
        slack.disturb(delay=0.2)
        first = asyncio.create_task(slack.say(ASKER, SUPPORT, "first"))
        await asyncio.sleep(0)
        await slack.say(ASKER, SUPPORT, "second")
        await first
    told = [delivery.envelope.payload["event"]["text"] for delivery in slack.courier.deliveries]
    assert told == ["second", "first"]


async def test_the_app_comes_back_after_a_refresh_and_misses_nothing(slack):
    async with listening(slack) as noted:
        await slack.sockets.refresh()
        await slack.say(ASKER, SUPPORT, "Hello")
    assert len(noted) == 1


async def test_a_broken_connection_loses_the_socket(slack):
    async with listening(slack):
        slack.sockets.drop()
        await slack.wait_until(lambda: not len(slack.sockets))


async def test_a_silent_socket_lets_nothing_through(slack):
    slack.courier.ack_within = 0.05
    async with listening(slack) as noted:
        slack.sockets.silent = True
        await slack.say(ASKER, SUPPORT, "Hello")
        assert noted == []
        assert len(slack.sockets) == 1


async def test_a_silent_socket_answers_no_ping(slack, client):
    url = (await client.apps_connections_open(app_token="xapp-stand-in"))["url"]
    async with aiohttp.ClientSession() as session, session.ws_connect(url, autoping=False) as socket:
        await socket.receive_json()
        slack.sockets.silent = True
        await socket.ping(b"unheard")
        await client.api_test()
        slack.sockets.silent = False
        await socket.ping(b"heard")
        assert (await socket.receive()).data == b"heard"


async def test_several_sockets_share_the_events(slack):
    async with listening(slack) as one, listening(slack) as other:
        for number in range(20):
            await slack.say(ASKER, SUPPORT, str(number))
    assert one
    assert other
    assert len(set(one + other)) == 20


async def test_the_app_does_not_hear_where_it_is_not_or_may_not():
    async with a_workspace(scopes=ALL_SCOPES - {"groups:history"}) as slack:
        slack.workspace.add_channel("C0OTHER", "other", members=[ASKER], invited=False)
        async with listening(slack) as noted:
            await slack.say(ASKER, "C0OTHER", "Not for the app")
            await slack.say(STAFF, PRIVATE, "No scope for this")
            await slack.say(ASKER, BOT_USER, "For the app")
    assert len(noted) == 1


async def test_edits_deletions_and_arrivals_are_events(slack):
    async with listening(slack):
        ts = await slack.say(ASKER, SUPPORT, "Helo")
        await slack.edit(ASKER, SUPPORT, ts, "Hello")
        await slack.delete(ASKER, SUPPORT, ts)
        await slack.say(ASKER, BOT_USER, "Hi", files=["form.pdf"])
    events = [delivery.envelope.payload["event"] for delivery in slack.courier.deliveries]
    assert [event.get("subtype") for event in events] == [
        None,
        "message_changed",
        "message_deleted",
        "file_share",
    ]
    assert events[1]["message"]["text"] == "Hello"
    assert events[1]["previous_message"]["text"] == "Helo"
    assert events[2]["deleted_ts"] == ts
    assert events[3]["channel_type"] == "im"


async def test_people_who_come_and_go_are_events(slack):
    app, moves = an_app(slack), []

    @app.event("member_joined_channel")
    async def joined(event):
        moves.append(("in", event["user"]))

    @app.event("member_left_channel")
    async def left(event):
        moves.append(("out", event["user"]))

    async with connected(slack, app):
        await slack.join(GUEST, SUPPORT)
        await slack.leave(GUEST, SUPPORT)
        await slack.wait_until(lambda: len(moves) == 2, timeout=2)
    assert moves == [("in", GUEST), ("out", GUEST)]


# What comes between


async def test_a_rate_limit_is_waited_out_by_the_sdk(slack):
    slack.fail("chat.postMessage", retry_after=0)
    client = client_of(slack, retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=1)])
    await client.chat_postMessage(channel=PRIVATE, text="Once")
    assert [call.error for call in slack.calls] == ["ratelimited", ""]
    assert len(slack.workspace.messages(PRIVATE)) == 1


async def test_a_rate_limit_tells_when_to_come_back(slack, client):
    slack.fail("chat.postMessage", retry_after=7)
    answer = await refusal(client.chat_postMessage(channel=PRIVATE, text="Once"))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert slack.workspace.messages(PRIVATE) == []


async def test_a_lost_response_comes_after_the_message_is_posted_and_can_be_looked_up(slack, client):
    slack.fail("chat.postMessage", lose_response=True)
    metadata = {"event_type": "desk_post", "event_payload": {"outbox": "17"}}
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await client.chat_postMessage(channel=PRIVATE, text="Card", metadata=metadata)
    found = await client.conversations_history(channel=PRIVATE, include_all_metadata=True)
    assert [message["metadata"] for message in found["messages"]] == [metadata]
    without = await client.conversations_history(channel=PRIVATE)
    assert "metadata" not in without["messages"][0]


async def test_a_planned_error_comes_as_often_as_planned_and_changes_nothing(slack, client):
    slack.fail("chat.postMessage", times=2, error="internal_error")
    for _ in range(2):
        assert (await refusal(client.chat_postMessage(channel=PRIVATE, text="x")))["error"] == "internal_error"
    assert (await client.chat_postMessage(channel=PRIVATE, text="x"))["ok"]
    assert len(slack.workspace.messages(PRIVATE)) == 1


# Who may call


@pytest.mark.parametrize(
    ("token", "error"),
    [(None, "not_authed"), ("xoxb-wrong", "invalid_auth"), ("xapp-stand-in", "not_allowed_token_type")],
)
async def test_a_wrong_token_is_refused(slack, token, error):
    assert (await refusal(client_of(slack, token).auth_test()))["error"] == error


async def test_only_the_app_token_opens_a_socket(slack, client):
    assert (await refusal(client.apps_connections_open(app_token="xoxb-stand-in")))[
        "error"
    ] == "not_allowed_token_type"
    assert (await client.apps_connections_open(app_token="xapp-stand-in"))["url"].startswith("ws://127.0.0.1")


async def test_a_socket_opens_once_with_its_ticket(slack, client):
    url = (await client.apps_connections_open(app_token="xapp-stand-in"))["url"]
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url) as socket:
            assert (await socket.receive_json())["type"] == "hello"
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


async def test_a_missing_scope_is_named_and_the_header_tells_the_scopes():
    async with a_workspace(scopes=["chat:write", "users:read"]) as slack:
        client = client_of(slack)
        answer = await refusal(client.conversations_info(channel=PRIVATE))
        assert (answer["error"], answer["needed"]) == ("missing_scope", "groups:read")
        told = await client.auth_test()
        assert told.headers["x-oauth-scopes"] == "chat:write,users:read"
        shown = await client.users_info(user=ASKER)
        assert "email" not in shown["user"]["profile"]


# What is refused


REFUSED = {
    "unknown channel": ("chat.postMessage", {"channel": "C0NONE", "text": "x"}, "channel_not_found"),
    "private channel that the app is not in": (
        "chat.postMessage",
        {"channel": "G0CLOSED", "text": "x"},
        "channel_not_found",
    ),
    "public channel that the app is not in": (
        "chat.postMessage",
        {"channel": "C0OPEN", "text": "x"},
        "not_in_channel",
    ),
    "nothing to say": ("chat.postMessage", {"channel": SUPPORT}, "no_text"),
    "too much to say": ("chat.postMessage", {"channel": SUPPORT, "text": "x" * 40_001}, "msg_too_long"),
    "no channel": ("chat.postMessage", {"text": "x"}, "invalid_arguments"),
    "unknown thread": (
        "chat.postMessage",
        {"channel": SUPPORT, "text": "x", "thread_ts": "1.000000"},
        "thread_not_found",
    ),
    "metadata without a payload": (
        "chat.postMessage",
        {"channel": SUPPORT, "text": "x", "metadata": {"event_type": "x"}},
        "invalid_metadata_format",
    ),
    "ephemeral to somebody elsewhere": (
        "chat.postEphemeral",
        {"channel": SUPPORT, "user": GUEST, "text": "x"},
        "user_not_in_channel",
    ),
    "update of nothing": ("chat.update", {"channel": SUPPORT, "ts": "1.0", "text": "x"}, "message_not_found"),
    "replies to nothing": ("conversations.replies", {"channel": SUPPORT, "ts": "1.0"}, "thread_not_found"),
    "bound that is no moment": (
        "conversations.history",
        {"channel": SUPPORT, "oldest": "yesterday"},
        "invalid_ts_oldest",
    ),
    "wild cursor": ("conversations.list", {"cursor": "wild"}, "invalid_cursor"),
    "unknown user": ("users.info", {"user": "U0NONE"}, "user_not_found"),
    "unknown address": ("users.lookupByEmail", {"email": "no@where.example"}, "users_not_found"),
    "address of another team": ("users.lookupByEmail", {"email": "gus@other.example"}, "users_not_found"),
    "unknown group": ("usergroups.users.list", {"usergroup": "S0NONE"}, "no_such_subteam"),
    "unknown view": ("views.update", {"view_id": "V0NONE", "view": modal()}, "not_found"),
    "unknown trigger": ("views.open", {"trigger_id": "1.2.3", "view": modal()}, "invalid_trigger_id"),
    "view that is none": ("views.open", {"trigger_id": "1.2.3", "view": {}}, "invalid_arguments"),
    "unknown method": ("chat.shout", {}, "unknown_method"),
}


@pytest.mark.parametrize(("method", "arguments", "error"), REFUSED.values(), ids=REFUSED)
async def test_what_slack_refuses_is_refused_with_its_code(slack, client, method, arguments, error):
    slack.workspace.add_channel("C0OPEN", "open", invited=False)
    slack.workspace.add_channel("G0CLOSED", "closed", private=True, invited=False)
    assert (await refusal(client.api_call(method, json=arguments)))["error"] == error
    assert (slack.calls[-1].ok, slack.calls[-1].error) == (False, error)


async def test_invalid_blocks_are_refused_with_a_pointer(slack, client):
    blocks = [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}]
    answer = await refusal(client.chat_postMessage(channel=PRIVATE, text="x", blocks=blocks))
    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]"
    ]
    assert slack.workspace.messages(PRIVATE) == []


async def test_only_the_apps_own_messages_can_be_changed(slack, client):
    slack.courier.ack_within = 0.01
    ts = await slack.say(ASKER, SUPPORT, "Mine")
    update, delete = (
        client.chat_update(channel=SUPPORT, ts=ts, text="x"),
        client.chat_delete(channel=SUPPORT, ts=ts),
    )
    assert (await refusal(update))["error"] == "cant_update_message"
    assert (await refusal(delete))["error"] == "cant_delete_message"


async def test_a_trigger_opens_one_view_and_only_for_a_moment(slack, client):
    trigger = slack.workspace.modals.trigger(STAFF)
    await client.views_open(trigger_id=trigger, view=modal())
    assert (await refusal(client.views_open(trigger_id=trigger, view=modal())))["error"] == "exchanged_trigger_id"
    slack.workspace.modals.trigger_life = -1
    late = slack.workspace.modals.trigger(STAFF)
    assert (await refusal(client.views_open(trigger_id=late, view=modal())))["error"] == "expired_trigger_id"


async def test_views_stack_three_high_and_an_old_hash_is_refused(slack, client):
    first = (await client.views_open(trigger_id=slack.workspace.modals.trigger(STAFF), view=modal()))["view"]
    for _ in range(2):
        await client.views_push(trigger_id=slack.workspace.modals.trigger(STAFF), view=modal())
    over = client.views_push(trigger_id=slack.workspace.modals.trigger(STAFF), view=modal())
    assert (await refusal(over))["error"] == "push_limit_reached"
    await client.views_update(view_id=first["id"], hash=first["hash"], view=modal())
    again = client.views_update(view_id=first["id"], hash=first["hash"], view=modal())
    assert (await refusal(again))["error"] == "hash_conflict"


ODD = ["", "x", "9" * 5000, "[" * 100_000, 0, -1, True, None, [], [[]], {}, {"type": []}, [{"type": "section"}]]
NAMES = ["channel", "user", "users", "user_id", "ts", "message_ts", "text", "blocks", "attachments", "metadata"]
NAMES += ["view", "trigger_id", "view_id", "hash", "limit", "cursor", "oldest", "types", "email", "usergroup"]


@pytest.mark.parametrize("method", METHODS)
async def test_no_argument_whatever_breaks_a_method(slack, method):
    caller = "xapp-stand-in" if METHODS[method].caller == "app" else "xoxb-stand-in"
    sound = {"channel": SUPPORT, "text": "x", "user": ASKER, "user_id": ASKER, "trigger_id": "x", "view": modal()}
    for name in NAMES:
        for odd in ODD:
            answer = slack._answer(method, caller, {**sound, name: odd})
            assert answer["ok"] or answer["error"]


# What is told


async def test_a_form_is_read_as_well_as_json(slack):
    fields = {"token": "xoxb-stand-in", "channel": PRIVATE, "text": "x", "blocks": '[{"type": "divider"}]'}
    async with aiohttp.ClientSession() as session:
        async with session.post(slack.api_url + "chat.postMessage", data=fields) as response:
            assert (await response.json())["ok"]
        async with session.post(slack.api_url + "chat.postMessage", data={**fields, "blocks": "["}) as response:
            assert (await response.json())["error"] == "invalid_arguments"
        headers = {"Content-Type": "application/json"}
        async with session.post(slack.api_url + "auth.test", data="[", headers=headers) as response:
            assert (await response.json())["error"] == "invalid_json"
    assert slack.workspace.messages(PRIVATE)[0].blocks[0]["type"] == "divider"
    assert "token" not in slack.calls[0].arguments


async def test_history_is_newest_first_in_pages_without_replies(slack, client):
    posted = [(await client.chat_postMessage(channel=PRIVATE, text=str(n)))["ts"] for n in range(5)]
    await client.chat_postMessage(channel=PRIVATE, text="a reply", thread_ts=posted[0])
    texts, cursor = [], None
    while cursor != "":
        shown = await client.conversations_history(channel=PRIVATE, limit=2, cursor=cursor)
        texts += [message["text"] for message in shown["messages"]]
        cursor = shown["response_metadata"]["next_cursor"]
    assert texts == ["4", "3", "2", "1", "0"]
    since = await client.conversations_history(channel=PRIVATE, oldest=posted[3])
    assert [message["text"] for message in since["messages"]] == ["4"]


async def test_a_thread_is_its_head_and_its_replies_in_order(slack, client):
    head = (await client.chat_postMessage(channel=PRIVATE, text="head"))["ts"]
    for number in range(2):
        await client.chat_postMessage(channel=PRIVATE, text=str(number), thread_ts=head)
    thread = await client.conversations_replies(channel=PRIVATE, ts=head)
    assert [message["text"] for message in thread["messages"]] == ["head", "0", "1"]
    assert thread["messages"][0]["reply_count"] == 2
    link = await client.chat_getPermalink(channel=PRIVATE, message_ts=thread["messages"][1]["ts"])
    assert f"thread_ts={head}" in link["permalink"]


async def test_timestamps_rise_even_where_the_clock_stands():
    async with a_workspace(now=lambda: 1_790_000_000.0) as slack:
        client = client_of(slack)
        posted = [(await client.chat_postMessage(channel=PRIVATE, text="x"))["ts"] for _ in range(3)]
    assert posted == sorted(set(posted))
    assert posted[0] == "1790000000.000000"


async def test_people_are_told_apart_by_team_and_kind(slack, client):
    slack.workspace.add_user("U0GONE", "Gil Gone", "gil@desk.example", deleted=True)
    guest = (await client.users_info(user=GUEST))["user"]
    assert (guest["team_id"], guest["is_restricted"], guest["is_stranger"]) == ("T0OTHER", True, True)
    assert "email" not in guest["profile"]
    assert (await client.users_info(user="U0GONE"))["user"]["deleted"]
    assert (await client.users_lookupByEmail(email="ADA@mail.example"))["user"]["id"] == ASKER
    listed = await client.users_list(limit=2)
    assert len(listed["members"]) == 2
    assert listed["response_metadata"]["next_cursor"]


async def test_a_group_lists_its_active_members(slack, client):
    slack.workspace.add_group("S0DESK", "privacy", [STAFF, ASKER])
    slack.workspace.add_user(ASKER, "Ada Asker", "ada@mail.example", deleted=True)
    assert (await client.usergroups_users_list(usergroup="S0DESK"))["users"] == [STAFF]


async def test_channels_are_listed_by_kind_and_tell_of_outsiders(slack, client):
    slack.workspace.add_channel("C0SHARED", "shared", shared=True)
    public = await client.conversations_list()
    assert [channel["id"] for channel in public["channels"]] == [SUPPORT, "C0SHARED"]
    private = await client.conversations_list(types="private_channel")
    assert [channel["id"] for channel in private["channels"]] == [PRIVATE]
    assert (await client.conversations_info(channel="C0SHARED"))["channel"]["is_ext_shared"]
    assert (await client.conversations_members(channel=SUPPORT))["members"] == [STAFF, ASKER, BOT_USER]


async def test_a_direct_message_reaches_one_person(slack, client):
    opened = await client.conversations_open(users=ASKER)
    await client.chat_postMessage(channel=opened["channel"]["id"], text="one")
    await client.chat_postMessage(channel=ASKER, text="two")
    assert [message.text for message in slack.workspace.direct_messages(ASKER)] == ["one", "two"]
    with pytest.raises(CannotDo):
        await slack.say(STAFF, opened["channel"]["id"], "Not mine")


async def test_the_app_knows_itself(slack, client):
    told = await client.auth_test()
    assert told["user_id"] == BOT_USER
    assert (await client.bots_info(bot=told["bot_id"]))["bot"]["user_id"] == BOT_USER
    assert (await client.team_info())["team"]["id"] == told["team_id"]
    assert (await client.api_test())["ok"]


# What people can do


async def test_only_what_is_shown_can_be_pressed(slack, client):
    card = (await client.chat_postMessage(channel=PRIVATE, text="Card", blocks=CARD))["ts"]
    for user, action_id, value in [
        (STAFF, "ticket_fulfil", None),
        (STAFF, "ticket_deny", "PR-99999999"),
        (STAFF, "ticket_more", "ticket_deny:PR-00000001"),
        (ASKER, "ticket_deny", None),
    ]:
        with pytest.raises(CannotDo):
            await slack.press(user, PRIVATE, card, action_id, value=value)


async def test_a_press_tells_who_where_and_what(slack):
    app, bodies = an_app(slack), []

    @app.action("ticket_more")
    async def pressed(ack, body):
        bodies.append(body)
        await ack()

    async with connected(slack, app):
        card = (await app.client.chat_postMessage(channel=PRIVATE, text="Card", blocks=CARD))["ts"]
        await slack.press(GUEST, PRIVATE, card, "ticket_more", value="ticket_extend:PR-00000001")
    body = bodies[0]
    assert body["user"] == {
        "id": GUEST,
        "username": "gus.guest",
        "name": "gus.guest",
        "team_id": "T0OTHER",
    }
    assert body["team"]["id"] == "T0DESK"
    assert body["container"]["message_ts"] == body["message"]["ts"] == card
    used = body["actions"][0]
    assert (used["type"], used["block_id"]) == ("overflow", "decide")
    assert used["selected_option"]["value"] == "ticket_extend:PR-00000001"


async def test_an_ephemeral_note_is_seen_and_pressed_by_one_person_and_replaced_by_its_response_url(slack):
    app = an_app(slack)

    @app.action("ticket_deny")
    async def pressed(ack, respond, body):
        await ack()
        assert "message" not in body
        await respond(text="Done.", replace_original=True)

    async with connected(slack, app):
        client = app.client
        note = await client.chat_postEphemeral(channel=SUPPORT, user=ASKER, text="Yours?", blocks=CARD)
        with pytest.raises(CannotDo):
            await slack.press(STAFF, SUPPORT, note["message_ts"], "ticket_deny")
        await slack.press(ASKER, SUPPORT, note["message_ts"], "ticket_deny")
        await slack.wait_until(lambda: slack.workspace.ephemerals(SUPPORT, ASKER)[0].text == "Done.")
        assert slack.workspace.messages(SUPPORT) == []


async def test_a_form_is_filled_in_as_slack_would_let_a_person(slack, client):
    view = modal(
        text_input("reason", max_length=10),
        {**text_input("email"), "element": {"type": "email_text_input", "action_id": "email"}},
        {**text_input("details", initial_value="As before"), "optional": True},
    )
    await client.views_open(trigger_id=slack.workspace.modals.trigger(STAFF), view=view)
    for values in [
        {"nothing": "x"},
        {"reason": "far too long a reason"},
        {"reason": "short"},
        {"reason": "short", "email": "nobody"},
    ]:
        with pytest.raises(CannotDo):
            await slack.submit(STAFF, values)
    state = slack.workspace.open_view(STAFF).state["values"]
    assert state["details"]["details"]["value"] == "As before"


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        ({}, ["first"]),
        ({"response_action": "clear"}, []),
        ({"response_action": "update", "view": modal(callback_id="third")}, ["first", "third"]),
        ({"response_action": "push", "view": modal(callback_id="third")}, ["first", "second", "third"]),
    ],
    ids=["close", "clear", "update", "push"],
)
async def test_the_acknowledgement_of_a_submission_decides_what_is_shown(slack, answer, left):
    app = an_app(slack)

    @app.view("second")
    async def submitted(ack):
        await ack(**answer)

    async with connected(slack, app):
        modals = slack.workspace.modals
        await app.client.views_open(trigger_id=modals.trigger(STAFF), view=modal(callback_id="first"))
        await app.client.views_push(trigger_id=modals.trigger(STAFF), view=modal(callback_id="second"))
        assert (await slack.submit(STAFF, {"reason": "Enough"})).ok
        assert [view.callback_id for view in modals.stacks[STAFF]] == left


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"no_such_input": "x"}},
        {"response_action": "update", "view": modal(title={"type": "plain_text", "text": "x" * 25})},
    ],
)
async def test_an_acknowledgement_that_slack_cannot_apply_is_a_problem(slack, answer):
    app = an_app(slack)

    @app.view("ticket_deny")
    async def submitted(ack):
        await ack(**answer)

    async with connected(slack, app):
        await app.client.views_open(trigger_id=slack.workspace.modals.trigger(STAFF), view=modal())
        ack = await slack.submit(STAFF, {"reason": "Enough"})
    assert not ack.ok
    assert ack.problem
    assert slack.workspace.open_view(STAFF).callback_id == "ticket_deny"


async def test_an_updated_modal_keeps_what_was_typed_in_inputs_that_stay(slack):
    app = an_app(slack)

    @app.view("ticket_deny")
    async def submitted(ack):
        await ack(response_action="update", view=modal(text_input("reason"), text_input("more")))

    async with connected(slack, app):
        await app.client.views_open(trigger_id=slack.workspace.modals.trigger(STAFF), view=modal())
        await slack.submit(STAFF, {"reason": "Typed"})
    state = slack.workspace.open_view(STAFF).state["values"]
    assert (state["reason"]["reason"]["value"], state["more"]["more"]["value"]) == ("Typed", None)


async def test_a_menu_in_a_modal_tells_at_once_and_is_remembered(slack):
    option = {"text": {"type": "plain_text", "text": "Deletion"}, "value": "deletion"}
    menu = {"type": "static_select", "action_id": "types", "options": [option]}
    app, chosen = an_app(slack), []

    @app.action("types")
    async def changed(ack, action):
        chosen.append(action["selected_option"]["value"])
        await ack()

    async with connected(slack, app):
        view = modal({"type": "actions", "block_id": "types", "elements": [menu]})
        await app.client.views_open(trigger_id=slack.workspace.modals.trigger(STAFF), view=view)
        await slack.press_in_view(STAFF, "types", value="deletion")
    assert chosen == ["deletion"]
    state = slack.workspace.open_view(STAFF).state["values"]
    assert state["types"]["types"]["selected_option"] == option


async def test_closing_a_modal_is_told_where_the_app_asked_for_it(slack):
    app, closed = an_app(slack), []

    @app.view_closed("ticket_deny")
    async def gone(ack, body):
        closed.append(body["is_cleared"])
        await ack()

    async with connected(slack, app):
        for told in (True, False):
            trigger = slack.workspace.modals.trigger(STAFF)
            await app.client.views_open(trigger_id=trigger, view=modal(notify_on_close=told))
            await slack.close(STAFF)
    assert closed == [False]
    assert slack.workspace.open_view(STAFF) is None


async def test_a_press_that_the_app_does_not_acknowledge_fails(slack, client):
    slack.courier.ack_within = 0.05
    card = (await client.chat_postMessage(channel=PRIVATE, text="Card", blocks=CARD))["ts"]
    ack = await slack.press(STAFF, PRIVATE, card, "ticket_deny")
    assert (ack.ok, ack.problem) == (False, "no acknowledgement in time")
