"""The modals and home tabs that people have in front of them, and the triggers that may open one."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.demo.slack.elements import named, state_values
from bot.demo.slack.errors import SlackError
from bot.demo.slack.schema import Json

TRIGGER_LIFE = 3.0
"""Seconds that a trigger_id lives, https://docs.slack.dev/interactivity/handling-user-interaction"""
DEEPEST_STACK = 3


@dataclass(slots=True)
class View:
    """A modal or home tab; `filled` holds what its person has typed and chosen, by block and action."""

    id: str
    user: str
    content: Json
    hash: str
    root: str
    previous: str | None = None
    filled: dict[tuple[str, str], Json] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.content["blocks"]
        return blocks

    @property
    def callback_id(self) -> str:
        return str(self.content.get("callback_id", ""))

    @property
    def state(self) -> Json:
        """`view.state` of a payload: what stands in each input, as typed or as first given."""
        return {"values": state_values(self.blocks, self.filled)}

    def show(self, content: Json) -> None:
        """Replaces what is shown; an input that stays keeps what was typed, as in Slack."""
        self.content = {**content, "blocks": named(content["blocks"])}
        self.hash = _hash()
        self.errors = {}


@dataclass(slots=True)
class Trigger:
    """Leave to open one view in front of one person, for a moment."""

    user: str
    expires: float
    used: bool = False


class Modals:
    """Each person's stack of modals and their home tab."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.trigger_life = TRIGGER_LIFE
        self._triggers: dict[str, Trigger] = {}

    def trigger(self, user: str) -> str:
        """A new trigger_id for what this person has just done."""
        trigger_id = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = Trigger(user, time.monotonic() + self.trigger_life)
        return trigger_id

    def open(self, trigger_id: str, content: Json) -> View:
        """Shows a modal alone, in place of whatever its person had open."""
        user = self._spend(trigger_id)
        self.stacks[user] = []
        return self.put_on_top(user, content)

    def push(self, trigger_id: str, content: Json) -> View:
        """Shows a modal over the one that is open."""
        return self.put_on_top(self._spend(trigger_id), content)

    def put_on_top(self, user: str, content: Json) -> View:
        """Adds a modal to a person's stack; SlackError `push_limit_reached` above three."""
        stack = self.stacks.setdefault(user, [])
        if len(stack) >= DEEPEST_STACK:
            raise SlackError("push_limit_reached")
        view = _view(user, content)
        if stack:
            view.root, view.previous = stack[0].id, stack[-1].id
        stack.append(view)
        self._changed()
        return view

    def update(self, view: View, content: Json) -> View:
        """Replaces a view's content where it is."""
        view.show(content)
        self._changed()
        return view

    def publish(self, user: str, content: Json) -> View:
        """Shows a person's home tab."""
        self.homes[user] = _view(user, content)
        self._changed()
        return self.homes[user]

    def top(self, user: str) -> View | None:
        """The modal in front of a person."""
        stack = self.stacks.get(user)
        return stack[-1] if stack else None

    def dismiss(self, view: View) -> None:
        """Takes one modal away; what was under it is in front again."""
        self.stacks[view.user] = [shown for shown in self.stacks.get(view.user, []) if shown is not view]
        self._changed()

    def clear(self, user: str) -> None:
        """Takes all of a person's modals away."""
        self.stacks[user] = []
        self._changed()

    def refuse(self, view: View, errors: dict[str, str]) -> None:
        """Shows what is wrong beside the inputs, by block_id; the modal stays."""
        view.errors = errors
        self._changed()

    def find(self, *, view_id: str = "", external_id: str = "") -> View | None:
        """A view that somebody has in front of them, by either of its names."""
        shown = [*self.homes.values(), *(view for stack in self.stacks.values() for view in stack)]
        for view in shown:
            if view_id and view.id == view_id:
                return view
            if external_id and view.content.get("external_id") == external_id:
                return view
        return None

    def _spend(self, trigger_id: str) -> str:
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if time.monotonic() > trigger.expires:
            raise SlackError("expired_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        trigger.used = True
        return trigger.user


def _view(user: str, content: Json) -> View:
    view_id = f"V{secrets.token_hex(5).upper()}"
    view = View(view_id, user, content, _hash(), root=view_id)
    view.show(content)
    return view


def _hash() -> str:
    return f"{int(time.time())}.{secrets.token_hex(4)}"
