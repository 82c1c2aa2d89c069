"""Methods that say something, change it and take it back."""

from dataclasses import replace
from typing import Any

from bot.demo.slack.arguments import Arguments
from bot.demo.slack.blockkit import MESSAGE_TEXT, check_blocks, check_metadata
from bot.demo.slack.elements import named
from bot.demo.slack.errors import SlackError, rejected
from bot.demo.slack.methods.call import Call, Method
from bot.demo.slack.payloads import (
    DOMAIN,
    changed_event,
    deleted_event,
    message_event,
    message_json,
    replies_of,
)
from bot.demo.slack.schema import Json, fault
from bot.demo.slack.workspace import BOT, BOT_USER, TEAM, Channel, Message, Workspace


def post_message(call: Call) -> Json:
    channel = _target(call)
    message = _composed(call, channel)
    call.workspace.keep(message)
    call.announce(message_event(message, channel, message.ts), channel)
    return {"channel": channel.id, "ts": message.ts, "message": message_json(message, [])}


def post_ephemeral(call: Call) -> Json:
    channel = _target(call)
    user = call.user()
    if user.id not in channel.members:
        raise SlackError("user_not_in_channel")
    message = replace(_composed(call, channel), ephemeral_to=user.id)
    call.workspace.keep(message)
    return {"message_ts": message.ts}


def update(call: Call) -> Json:
    channel = call.channel()
    message = call.message(channel)
    if message.bot_id != BOT:
        raise SlackError("cant_update_message")
    before = message_json(message, replies_of(call.workspace, message))
    edited = edit(message, call.arguments, call.workspace.next_ts())
    call.workspace.keep(edited)
    after = message_json(edited, replies_of(call.workspace, edited))
    call.announce(changed_event(before, after, channel, call.workspace.next_ts()), channel)
    return {"channel": channel.id, "ts": message.ts, "text": edited.text, "message": after}


def delete(call: Call) -> Json:
    channel = call.channel()
    message = call.message(channel)
    if message.bot_id != BOT:
        raise SlackError("cant_delete_message")
    before = message_json(message, replies_of(call.workspace, message))
    call.workspace.remove(message)
    call.announce(deleted_event(before, channel, call.workspace.next_ts()), channel)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(call: Call) -> Json:
    channel = call.channel()
    message = call.message(channel, "message_ts")
    link = f"https://{DOMAIN}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def edit(message: Message, arguments: Arguments, ts: str) -> Message:
    """The message with the text, blocks and metadata that the arguments give in place of those it had."""
    text, blocks, attachments = content(arguments)
    metadata = _metadata(arguments) or message.metadata
    return replace(message, text=text, blocks=blocks, attachments=attachments, metadata=metadata, edited=ts)


def content(arguments: Arguments) -> tuple[str, list[Json], list[Json]]:
    """Text, blocks and attachments as Slack takes them; SlackError where it does not."""
    text = arguments.text("text", "")
    blocks: Any = arguments.structure("blocks") or []
    attachments: Any = arguments.structure("attachments") or []
    if not (text or blocks or attachments):
        raise SlackError("no_text")
    if len(text) > MESSAGE_TEXT:
        raise SlackError("msg_too_long")
    if faults := check_blocks(blocks):
        raise SlackError("invalid_blocks", errors=faults, response_metadata={"messages": faults})
    if not isinstance(attachments, list) or not all(isinstance(one, dict) for one in attachments):
        raise rejected("invalid_attachments", [fault("must be an array of objects", "/attachments")])
    return text, named(blocks), attachments


def _target(call: Call) -> Channel:
    """Where to post; a user's id means their direct messages."""
    if call.arguments.text("channel", "") in call.workspace.users:
        user = call.user("channel")
        if user.bot or user.deleted:
            raise SlackError("channel_not_found")
        return call.workspace.direct_channel(user.id)
    channel = call.channel()
    if BOT_USER not in channel.members and "chat:write.public" not in call.scopes:
        raise SlackError("not_in_channel")
    return channel


def _composed(call: Call, channel: Channel) -> Message:
    message = by_app(call.workspace, channel, call.arguments)
    if not call.arguments.text("thread_ts", ""):
        return message
    head = call.message(channel, "thread_ts", missing="thread_not_found")
    return replace(message, thread_ts=head.thread_ts or head.ts)


def by_app(workspace: Workspace, channel: Channel, arguments: Arguments) -> Message:
    """A message of the app's, not yet kept."""
    text, blocks, attachments = content(arguments)
    message = Message(channel.id, workspace.next_ts(), BOT_USER, text, TEAM, blocks, attachments)
    return replace(message, metadata=_metadata(arguments), bot_id=BOT)


def _metadata(arguments: Arguments) -> Json | None:
    metadata: Json | None = arguments.structure("metadata")
    if metadata is not None and (faults := check_metadata(metadata)):
        raise rejected("invalid_metadata_format", faults)
    return metadata


METHODS = {
    "chat.postMessage": Method(post_message, "chat:write"),
    "chat.postEphemeral": Method(post_ephemeral, "chat:write"),
    "chat.update": Method(update, "chat:write"),
    "chat.delete": Method(delete, "chat:write"),
    "chat.getPermalink": Method(get_permalink),
}
