"""Methods that read channels and what was said there."""

import math

from bot.demo.slack.errors import SlackError
from bot.demo.slack.methods.call import Call, Method, page
from bot.demo.slack.payloads import channel_json, message_json, replies_of
from bot.demo.slack.schema import Json
from bot.demo.slack.workspace import BOT_USER, Channel, Message

TYPES = {"public_channel": "channels", "private_channel": "groups", "im": "im"}


def info(call: Call) -> Json:
    channel = call.channel()
    call.need(f"{channel.kind}:read")
    return {"channel": channel_json(channel)}


def list_channels(call: Call) -> Json:
    wanted = call.arguments.text("types", "public_channel").split(",")
    if not set(wanted) <= {*TYPES, "mpim"}:
        raise SlackError("invalid_types")
    kinds = {TYPES[name] for name in wanted if name in TYPES}
    for kind in sorted(kinds):
        call.need(f"{kind}:read")
    visible = [
        channel_json(channel)
        for channel in call.workspace.channels.values()
        if channel.kind in kinds and (not channel.private or BOT_USER in channel.members)
    ]
    return page(call, "channels", visible, default=100)


def members(call: Call) -> Json:
    channel = call.channel()
    call.need(f"{channel.kind}:read")
    return page(call, "members", channel.members, default=100)


def open_direct(call: Call) -> Json:
    user = call.user("users")
    if user.deleted:
        raise SlackError("user_disabled")
    if user.id == BOT_USER or user.bot:
        raise SlackError("cannot_dm_bot")
    channel = call.workspace.direct_channel(user.id)
    return {"channel": channel_json(channel) if call.arguments.flag("return_im") else {"id": channel.id}}


def history(call: Call) -> Json:
    channel = _readable(call)
    heads = [message for message in call.workspace.messages(channel.id) if not message.thread_ts]
    return page(call, "messages", _told(call, _between(call, heads)[::-1]), default=100)


def replies(call: Call) -> Json:
    channel = _readable(call)
    message = call.message(channel, missing="thread_not_found")
    thread = call.workspace.thread(channel.id, message.thread_ts or message.ts)
    return page(call, "messages", _told(call, _between(call, thread)), default=1000)


def _readable(call: Call) -> Channel:
    channel = call.channel()
    call.need(f"{channel.kind}:history")
    if BOT_USER not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _between(call: Call, messages: list[Message]) -> list[Message]:
    oldest, latest = call.arguments.moment("oldest"), call.arguments.moment("latest")
    ends = (oldest, latest) if call.arguments.flag("inclusive") else ()
    return [
        message
        for message in messages
        if float(message.ts) in ends or (oldest or 0) < float(message.ts) < (latest or math.inf)
    ]


def _told(call: Call, messages: list[Message]) -> list[Json]:
    with_metadata = call.arguments.flag("include_all_metadata")
    return [
        message_json(message, replies_of(call.workspace, message), with_metadata=with_metadata)
        for message in messages
    ]


METHODS = {
    "conversations.info": Method(info),
    "conversations.list": Method(list_channels),
    "conversations.members": Method(members),
    "conversations.open": Method(open_direct, "im:write"),
    "conversations.history": Method(history),
    "conversations.replies": Method(replies),
}
