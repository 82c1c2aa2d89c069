"""What Slack sends, as values: something said, or something pressed, filled in or typed as a command.

Payloads: https://docs.slack.dev/reference/events/message and https://docs.slack.dev/reference/interaction-payloads
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeAlias

from bot.domain.chat import plain_text

Payload: TypeAlias = dict[str, Any]

HOME = "app_home_opened"
_SAID = {None, "file_share", "thread_broadcast", "me_message"}  # subtypes of what a person says anew
_TS = re.compile(r"[0-9]{1,12}\.[0-9]{1,9}")
_MOST_FILES = 20
_MENU = "ticket_more"  # an overflow, whose options are `ACTION:VALUE`
_HELD = ("value", "selected_user", "selected_date")  # where an input's state has a single text


@dataclass(frozen=True, slots=True)
class Said:
    """A message of a person, new, changed or deleted; ``ts`` names it, ``at`` is when this became of it."""

    change: str  # said, edited, deleted
    user: str
    team: str
    channel: str
    ts: str
    event_id: str
    at: datetime
    direct: bool
    thread: str = ""  # the ts of the message that it replies to
    text: str = field(default="", repr=False)
    files: tuple[str, ...] = field(default=(), repr=False)

    @property
    def message(self) -> str:
        """Where the message is, whatever became of it later: the origin of its item in the inbox."""
        return f"slack/{self.channel}/{self.ts}"

    @property
    def origin(self) -> str:
        return self.message if self.change == "said" else f"{self.message}/{self.event_id}"

    @property
    def place(self) -> str:
        """The support channel, and the thread in it."""
        return f"{self.channel}:{self.thread}" if self.thread else self.channel

    @property
    def conversation(self) -> str:
        """What belongs together: one person's words in one place; a direct message is one place."""
        return f"{self.channel if self.direct else self.place}/{self.user}"


@dataclass(frozen=True, slots=True)
class Press:
    """A button pressed, a modal submitted, a shortcut or command used, or the App Home opened."""

    user: str
    team: str
    name: str  # the action's id, the modal's or shortcut's callback id, or the command
    value: str  # of a draft: its number and the beginning of its digest
    trigger: str
    channel: str | None = None
    thread: str | None = None
    submitted: dict[str, Any] | None = None  # a modal's state
    text: str = field(default="", repr=False)  # what is typed after a command
    response_url: str = field(default="", repr=False)
    message: Said | None = None  # that a shortcut was used on; without a user where no person has written it

    def said(self, name: str) -> Any:
        """What a modal's input of this name holds: a text, or the chosen values."""
        state = ((self.submitted or {}).get(name) or {}).get(name) or {}
        chosen = [each.get("value") for each in state.get("selected_options") or ()]
        one = (state.get("selected_option") or {}).get("value")
        return chosen or one or next((state[each] for each in _HELD if state.get(each)), "")

    @property
    def origin(self) -> str:
        """Of its item in the inbox."""
        return f"slack/{self.trigger}"

    @property
    def draft(self) -> tuple[int, str]:
        number, _, shown = self.value.partition(":")
        return int(number), shown


def said_of(payload: Payload, listened_to: Collection[str]) -> Said | None:
    """What a person has said in a direct message or in one of these channels; None for all else.

    Bots, workflows and the desk itself say nothing that counts, and a link that unfolds is no change.
    """
    event = payload.get("event") or {}
    if payload.get("type") != "event_callback" or event.get("type") != "message":
        return None
    channel, direct = str(event.get("channel") or ""), event.get("channel_type") == "im"
    if not (direct or channel in listened_to):
        return None
    change, message = _change(event)
    user, ts = str(message.get("user") or ""), str(message.get("ts") or "")
    if not change or not user or user == "USLACKBOT" or message.get("bot_id") or not _TS.fullmatch(ts):
        return None
    thread = str(message.get("thread_ts") or "")
    happened = str(event.get("ts") or ts)
    return Said(
        change=change,
        user=user,
        team=str(message.get("team") or event.get("team") or ""),
        channel=channel,
        ts=ts,
        event_id=str(payload.get("event_id") or happened),
        at=datetime.fromtimestamp(float(happened if _TS.fullmatch(happened) else ts), UTC),
        direct=direct,
        thread="" if direct or thread == ts else thread,
        text=plain_text(str(message.get("text") or "")),
        files=tuple(str(each.get("name") or "file") for each in (message.get("files") or ())[:_MOST_FILES]),
    )


def _change(event: Payload) -> tuple[str, Payload]:
    """What became of which message; an empty word where it does not matter."""
    subtype, before = event.get("subtype"), event.get("previous_message") or {}
    if subtype in _SAID:
        return "said", event
    if subtype == "message_deleted":
        return "deleted", before
    after = event.get("message") or {}
    if subtype != "message_changed" or before.get("text") == after.get("text"):
        return "", {}
    if after.get("subtype") == "tombstone":
        return "deleted", before
    return ("edited", after) if after.get("subtype") in _SAID else ("", {})


def press_of(payload: Payload) -> Press | None:
    """The press in a Slack payload; None where it is none."""
    event = payload.get("event") or {}
    if event.get("type") == HOME:
        team, opened = str(payload.get("team_id") or ""), str(payload.get("event_id") or "")
        return Press(str(event.get("user") or ""), team, HOME, str(event.get("tab") or ""), opened)
    if payload.get("command"):
        return Press(
            user=str(payload.get("user_id") or ""),
            team=str(payload.get("team_id") or ""),
            name=str(payload["command"]),
            value="",
            trigger=str(payload.get("trigger_id") or ""),
            text=str(payload.get("text") or ""),
        )
    read = _INTERACTIONS.get(str(payload.get("type") or ""))
    return read(payload) if read else None


def _who(payload: Payload) -> dict[str, Any]:
    user = payload.get("user") or {}
    return {"user": str(user.get("id") or ""), "team": str(user.get("team_id") or "")}


def _pressed(payload: Payload) -> Press | None:
    if not payload.get("actions"):
        return None
    action, message = payload["actions"][0], payload.get("message") or {}
    chosen = str((action.get("selected_option") or {}).get("value") or "")
    name, value = str(action.get("action_id") or ""), str(action.get("value") or "") or chosen
    if name == _MENU:
        name, _, value = chosen.partition(":")
    return Press(
        **_who(payload),
        name=name,
        value=value,
        trigger=str(payload.get("trigger_id") or ""),
        channel=(payload.get("channel") or {}).get("id"),
        thread=_thread_of(message),
        response_url=str(payload.get("response_url") or ""),
    )


def _thread_of(message: Payload) -> str | None:
    """The thread that a message replies in; what heads one stands in the channel, and is seen there."""
    thread = message.get("thread_ts")
    return thread if thread != message.get("ts") else None


def _submitted(payload: Payload) -> Press:
    view = payload.get("view") or {}
    return Press(
        **_who(payload),
        name=str(view.get("callback_id") or ""),
        value=str(view.get("private_metadata") or ""),
        trigger=str(payload.get("trigger_id") or "") or f"{view.get('id')}:{view.get('hash')}",
        submitted=(view.get("state") or {}).get("values") or {},
    )


def _shortcut(payload: Payload) -> Press:
    name, trigger = str(payload.get("callback_id") or ""), str(payload.get("trigger_id") or "")
    return Press(**_who(payload), name=name, value="", trigger=trigger)


def _pointed(payload: Payload) -> Press:
    """A shortcut on a message, which is told as it stands at that moment."""
    channel, message = str((payload.get("channel") or {}).get("id") or ""), payload.get("message") or {}
    return replace(
        _shortcut(payload),
        channel=channel,
        thread=message.get("thread_ts"),
        response_url=str(payload.get("response_url") or ""),
        message=_shown(channel, message, str(payload.get("trigger_id") or "")),
    )


def _shown(channel: str, message: Payload, event_id: str) -> Said | None:
    """A message that somebody points at; None where it names no moment, or is the trace of a deleted one."""
    ts, thread = str(message.get("ts") or ""), str(message.get("thread_ts") or "")
    if not _TS.fullmatch(ts) or message.get("subtype") == "tombstone":
        return None
    by_person = message.get("subtype") in _SAID and not message.get("bot_id")
    return Said(
        change="said",
        user=str(message.get("user") or "") if by_person else "",
        team=str(message.get("user_team") or message.get("team") or ""),
        channel=channel,
        ts=ts,
        event_id=event_id,
        at=datetime.fromtimestamp(float(ts), UTC),
        direct=channel.startswith("D"),
        thread="" if thread == ts else thread,
        text=plain_text(str(message.get("text") or "")),
        files=tuple(str(each.get("name") or "file") for each in (message.get("files") or ())[:_MOST_FILES]),
    )


_INTERACTIONS = {
    "block_actions": _pressed,
    "message_action": _pointed,
    "shortcut": _shortcut,
    "view_submission": _submitted,
}
