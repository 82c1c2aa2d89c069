"""Where Slack's payloads come in: committed first, acknowledged, then acted on.

What somebody says waits for a moment, because people say one thing in several messages; the inbox's worker reads
it. What somebody presses is acted on at once.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from bot.adapters import cards, forms
from bot.adapters.cards import Posting
from bot.adapters.interactions import Payload, Press, Said, press_of, said_of
from bot.adapters.slack import Fate
from bot.domain.lifecycle import IllegalTransition, Refused
from bot.failpoints import passing
from bot.logs import log_context
from bot.store import chats, inbox
from bot.store.keys import KeyDestroyed
from bot.store.tables import InboxItem
from bot.store.work import Work
from handlers import buttons, chat, notes, overtaking, requesters
from handlers.desk import Desk
from handlers.front import Front, Misfilled

Answer: TypeAlias = Mapping[str, Any]

_INLINE = timedelta(seconds=10)  # after which somebody else takes over what this process did not finish
_GOING_ON = timedelta(seconds=2)  # of silence, after which somebody has said what they wanted to say
_LONGEST = timedelta(seconds=15)  # and no longer, however much more they say
_SETTLED = "This cannot be done any more."


@dataclass(frozen=True, slots=True)
class Reception(Front):
    """Takes what Slack sends: commits it, then acts on it."""

    async def take(self, payload: Payload) -> InboxItem | None:
        """Commits what matters; answers with what is to be acted on at once and is not here already."""
        if said := said_of(payload, self.desk.listened_to):
            await (self._note(said, payload) if self._is_inside(said) else self._overhear(said, payload))
            return None
        press = press_of(payload)
        if press is None or not (press.name in buttons.HANDLERS or press.name in requesters.HANDLERS):
            return None
        now = self.desk.now()
        async with self.desk.store.transaction() as work:
            item = await _put(work, press.origin, payload, now, now, now + _INLINE, attempts=1)
            passing("slack.pressed")
        passing("slack.stored")
        return item

    async def _overhear(self, said: Said, payload: Payload) -> None:
        now, index = self.desk.now(), self.desk.store.keys.index
        conversation, until = index(f"slack:{said.conversation}"), now + _GOING_ON
        async with self.desk.store.transaction() as work:
            await chats.wait_for_more(work, conversation, now, until, now - _LONGEST)
            event = index(f"slack:{said.event_id}")
            await _put(work, said.origin, payload, said.at, now, until, content=event, conversation=conversation)
        passing("chat.stored")

    def _is_inside(self, said: Said) -> bool:
        return said.channel == self.desk.staff_channel

    async def _note(self, said: Said, payload: Payload) -> None:
        """What staff say elsewhere in their channel is not for the desk."""
        now = self.desk.now()
        async with self.desk.store.transaction() as work:
            if await notes.thread_of(work, said):
                await _put(work, said.origin, payload, said.at, now, now)

    async def act(self, item: InboxItem, payload: Payload) -> Answer | None:
        """Does what was asked; answers with what Slack is to show: of a modal or a command, in its place."""
        with log_context(request=f"slack-{item.id}"):
            return await self._act(item, payload)

    async def _act(self, item: InboxItem, payload: Payload) -> Answer | None:
        press = press_of(payload)
        assert press is not None, "nothing else is taken to be acted on"
        answer: Answer | None = None
        word = refused = ""
        faults: Mapping[str, str] = {}
        try:
            if press.name in requesters.HANDLERS:
                answer = await requesters.HANDLERS[press.name](self, press)
            else:
                word = await self._by_staff(press)
        except KeyDestroyed:
            word = refused = overtaking.ERASED
        except (Refused, IllegalTransition) as reason:
            word = refused = str(reason) if isinstance(reason, Refused) else _SETTLED
            faults = reason.faults if isinstance(reason, Misfilled) else {}
        passing("slack.handled")
        async with self.desk.store.transaction() as work:
            current = await inbox.load(work, item.id or 0, for_update=True)
            if current and current.state == "new":
                inbox.finish(work, current, reason=refused)
        if refused and press.submitted:
            faults = faults or {next(iter(press.submitted)): refused}
            return {"response_action": "errors", "errors": faults}
        if refused and press.channel is None:
            await self.slack.open_view(press.trigger, forms.notice("Not done", refused))
        if word and press.channel:
            await self._tell(press, Posting(cards.escaped(word), []))
        return answer

    async def _tell(self, press: Press, said: Posting) -> None:
        """To who pressed alone; where the desk is not in the channel, at the address that Slack gave for it."""
        channel = press.channel or ""
        told = await self.slack.whisper(channel, press.user, said, thread_ts=press.thread)
        if told.fate is not Fate.DONE and press.response_url:
            await self.slack.respond(press.response_url, said, replace=False)

    async def _by_staff(self, press: Press) -> str:
        """What to tell who pressed. Raises Refused."""
        if refused := await self.turned_away(press):
            raise Refused(refused)
        return await buttons.HANDLERS[press.name](self, press)

    async def replay(self, desk: Desk, item: InboxItem) -> None:
        """What was said; and what was pressed and not acted on, because the process died in between."""
        async with desk.store.reading() as work:
            raw, _ = await inbox.raw_of(work, item)
        payload = json.loads(raw)
        if said := said_of(payload, desk.listened_to):
            await (notes.keep(desk, item, said) if self._is_inside(said) else chat.handle(self, item))
        elif press_of(payload):
            await self.act(item, payload)


async def _put(
    work: Work, origin: str, payload: Payload, at: datetime, now: datetime, until: datetime, **facts: Any
) -> InboxItem | None:
    """None where the same came in before, from this place or by this event."""
    content = facts.get("content")
    if any(await inbox.known(work, [origin], [content] if content else [])):
        return None
    raw = json.dumps(payload).encode()
    return await inbox.put(
        work, source="slack", origin=origin, raw=raw, received_at=at, now=now, leased_until=until, **facts
    )
