"""The shapes in which Slack tells of people, channels, messages and views, and of what happens to them."""

from secrets import token_hex

from bot.demo.slack.modals import View
from bot.demo.slack.schema import Json
from bot.demo.slack.workspace import APP, BOT, BOT_USER, TEAM, Channel, Message, User, Workspace

DOMAIN = "privacy-desk-demo"

# Things


def user_json(user: User, *, with_email: bool) -> Json:
    """A user as `users.info` tells of them; a stranger of another team shows no address."""
    profile: Json = {"real_name": user.name, "display_name": user.handle, "team": user.team}
    if with_email and user.team == TEAM and user.email:
        profile["email"] = user.email
    told: Json = {"id": user.id, "team_id": user.team, "name": user.handle, "profile": profile}
    told |= {"deleted": user.deleted, "is_bot": user.bot, "is_app_user": False, "tz": user.time_zone}
    if user.deleted:
        return told
    told |= {"real_name": user.name, "is_admin": False, "is_owner": False, "is_stranger": user.team != TEAM}
    return told | {"is_restricted": user.guest, "is_ultra_restricted": False}


def channel_json(channel: Channel) -> Json:
    """A conversation as `conversations.info` tells of it."""
    told: Json = {"id": channel.id, "created": 0, "is_archived": False, "context_team_id": TEAM}
    if channel.direct_with:
        return told | {"is_im": True, "user": channel.direct_with, "is_open": True}
    told |= {"name": channel.name, "name_normalized": channel.name, "is_im": False, "is_mpim": False}
    told |= {"is_channel": not channel.private, "is_group": channel.private, "is_private": channel.private}
    told |= {"is_shared": channel.shared, "is_ext_shared": channel.shared, "is_org_shared": False}
    return told | {"is_member": BOT_USER in channel.members, "num_members": len(channel.members)}


def message_json(message: Message, replies: list[Message], *, with_metadata: bool = True) -> Json:
    """A message as history tells of it; `replies` are those of its thread, if it heads one."""
    told: Json = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts}
    told["team"] = message.team
    if message.bot_id:
        told |= {"bot_id": message.bot_id, "app_id": APP, "bot_profile": {"id": BOT, "app_id": APP}}
    told |= {key: getattr(message, key) for key in ("blocks", "attachments") if getattr(message, key)}
    if message.files:
        told["files"] = [{"id": f"F{token_hex(4).upper()}", "name": name} for name in message.files]
    if message.thread_ts:
        told["thread_ts"] = message.thread_ts
    elif replies:
        told |= {"thread_ts": message.ts, "reply_count": len(replies), "latest_reply": replies[-1].ts}
        told["reply_users"] = list(dict.fromkeys(reply.user for reply in replies))
    if message.edited:
        told["edited"] = {"user": message.user, "ts": message.edited}
    if message.metadata and with_metadata:
        told["metadata"] = message.metadata
    return told


def view_json(view: View) -> Json:
    """A view as the methods answer it and as payloads carry it."""
    empty: Json = {"close": None, "submit": None, "callback_id": "", "private_metadata": "", "external_id": ""}
    empty |= dict.fromkeys(("clear_on_close", "notify_on_close"), False)
    told: Json = {"id": view.id, "team_id": TEAM, "app_id": APP, "bot_id": BOT, "hash": view.hash}
    told |= {"root_view_id": view.root, "previous_view_id": view.previous, "app_installed_team_id": TEAM}
    return empty | view.content | told | {"state": view.state}


# Events


def event_callback(event: Json, *, shared: bool, now: float) -> Json:
    """The envelope of the Events API; its event_id stays the same when it is delivered again."""
    authorization: Json = {"enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER}
    authorization |= {"is_bot": True, "is_enterprise_install": False}
    told: Json = {"token": "verification", "team_id": TEAM, "api_app_id": APP, "type": "event_callback"}
    told |= {"event": event, "event_id": f"Ev{token_hex(5).upper()}", "event_time": int(now)}
    told |= {"authorizations": [authorization], "is_ext_shared_channel": shared}
    return told | {"event_context": token_hex(16)}


CHANNEL_TYPE = {"channels": "channel", "groups": "group", "im": "im"}


def message_event(message: Message, channel: Channel, ts: str) -> Json:
    """A message has been posted."""
    event = message_json(message, []) | _where(channel, ts)
    if message.user and message.team != TEAM:
        event |= {"user_team": message.team, "source_team": message.team}
    if message.files:
        event["subtype"] = "file_share"
    elif message.bot_id and message.bot_id != BOT:
        event["subtype"] = "bot_message"
    return event


def changed_event(before: Json, after: Json, channel: Channel, ts: str) -> Json:
    """A message has been edited."""
    event: Json = {"type": "message", "subtype": "message_changed", "hidden": True, "ts": ts}
    return event | {"message": after, "previous_message": before} | _where(channel, ts)


def deleted_event(before: Json, channel: Channel, ts: str) -> Json:
    """A message has been deleted."""
    event: Json = {"type": "message", "subtype": "message_deleted", "hidden": True, "ts": ts}
    return event | {"deleted_ts": before["ts"], "previous_message": before} | _where(channel, ts)


def membership_event(kind: str, user: User, channel: Channel, ts: str) -> Json:
    """`member_joined_channel` or `member_left_channel`."""
    event: Json = {"type": kind, "user": user.id, "channel": channel.id, "team": user.team}
    return event | {"channel_type": "G" if channel.private else "C", "event_ts": ts}


def shared_event(channel: Channel, ts: str) -> Json:
    """`channel_shared` or `channel_unshared`, after it has happened."""
    event: Json = {"channel": channel.id, "event_ts": ts}
    if channel.shared:
        return event | {"type": "channel_shared", "connected_team_id": "T0OTHER"}
    return event | {"type": "channel_unshared", "previously_connected_team_id": "T0OTHER", "is_ext_shared": False}


def home_event(user: str, channel: str, view: View | None, ts: str) -> Json:
    """`app_home_opened`, with the view that the app has published before, if any."""
    event: Json = {"type": "app_home_opened", "user": user, "channel": channel, "tab": "home", "event_ts": ts}
    return event | ({"view": view_json(view)} if view else {})


def _where(channel: Channel, ts: str) -> Json:
    return {"channel": channel.id, "channel_type": CHANNEL_TYPE[channel.kind], "event_ts": ts}


# Interactions


def interaction(kind: str, user: User, trigger_id: str) -> Json:
    """What every interactive payload says."""
    who = {"id": user.id, "username": user.handle, "name": user.handle, "team_id": user.team}
    told: Json = {"type": kind, "user": who, "team": {"id": TEAM, "domain": DOMAIN}, "api_app_id": APP}
    told |= {"token": "verification", "trigger_id": trigger_id, "enterprise": None}
    return told | {"is_enterprise_install": False}


def in_message(message: Message, channel: Channel, replies: list[Message], response_url: str) -> Json:
    """Where a message's element was pressed; an ephemeral message itself is not told."""
    container: Json = {"type": "message", "message_ts": message.ts, "channel_id": channel.id}
    container["is_ephemeral"] = bool(message.ephemeral_to)
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    told: Json = {"container": container, "channel": channel_told(channel), "response_url": response_url}
    return told if message.ephemeral_to else told | {"message": message_json(message, replies)}


def in_view(view: View) -> Json:
    """Where a view's element was pressed."""
    return {"container": {"type": "view", "view_id": view.id}, "view": view_json(view)}


def channel_told(channel: Channel) -> Json:
    """A channel as interactive payloads name it."""
    name = "directmessage" if channel.direct_with else "privategroup" if channel.private else channel.name
    return {"id": channel.id, "name": name}


def command_fields(user: User, channel: Channel, command: str, text: str) -> Json:
    """The fields of a slash command, without its trigger and response_url."""
    told: Json = {"token": "verification", "team_id": TEAM, "team_domain": DOMAIN, "api_app_id": APP}
    told |= {"user_id": user.id, "user_name": user.handle, "is_enterprise_install": "false"}
    told |= {"channel_id": channel.id, "channel_name": channel_told(channel)["name"]}
    return told | {"command": command, "text": text}


def replies_of(workspace: Workspace, message: Message) -> list[Message]:
    """The replies that a message heads."""
    return [reply for reply in workspace.thread(message.channel, message.ts) if reply.ts != message.ts]
