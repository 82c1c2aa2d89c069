"""What one person has said in one place, read as a whole: three messages in a row are one."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.adapters.interactions import Said, said_of
from bot.adapters.slack import Person
from bot.domain.accounts import Finding
from bot.domain.chat import address_in, in_sentences
from bot.domain.codes import code_in, mask_codes, without_codes
from bot.domain.correlation import REFERENCE
from bot.domain.learned.own import Own
from bot.domain.understanding import classify
from bot.domain.vocabulary import RequestType
from bot.store import chats, inbox
from bot.store.tables import InboxItem
from bot.store.work import Work
from handlers import accounts
from handlers.desk import Desk
from handlers.front import Front
from handlers.reading import Sense, sense_of

CONTEXT = timedelta(minutes=5)  # words that meant nothing by themselves may be the beginning of what comes next


@dataclass(frozen=True, slots=True)
class Talk:
    """What was said, as far as it is understood before any ticket is looked at."""

    items: tuple[int, ...]  # of the inbox, all of them new
    earlier: tuple[int, ...]  # what came a moment before, came to nothing by itself, and is read with them
    last: Said
    text: str = field(repr=False)
    sense: Sense
    person: Person
    received_at: datetime
    files: tuple[str, ...] = field(default=(), repr=False)
    edited: tuple[str, ...] = ()  # places of messages, in the inbox before, that were changed or deleted
    found: Finding = field(default=Finding())  # what the directory of accounts says of it
    late: Mapping[int, Finding] = field(default_factory=dict)  # by ticket: what it says only now

    @property
    def user(self) -> str:
        return self.last.user

    @property
    def kept(self) -> str:
        """As a ticket keeps it: what may be a code is masked, and files are named."""
        named = [f"[file: {each}]" for each in self.files]
        return "\n".join([mask_codes(self.text, code_in(self.text)), *named]).strip()

    @property
    def types(self) -> tuple[RequestType, ...]:
        return self.sense.understood.request_types

    @property
    def sure(self) -> bool:
        return not self.sense.understood.abstain

    @property
    def is_private_matter(self) -> bool:
        """Surely about privacy; where people talk of everything, the rest is not for the desk."""
        return self.sure and self.types != (RequestType.NOT_PRIVACY,)

    @property
    def is_chatter(self) -> bool:
        """Surely about something else."""
        return self.sure and self.types == (RequestType.NOT_PRIVACY,)


async def read(front: Front, item: InboxItem) -> Talk | None:
    """The conversation that an item belongs to; None where nothing is left of it to answer."""
    desk = front.desk
    async with desk.store.reading() as work:
        waiting = await chats.together(work, item)
        earlier = await chats.before(work, item, item.received_at - CONTEXT)
        own = await desk.taught.current(work) if desk.taught else None
        new, old = [await _said(work, desk, each) for each in waiting], []
        if waiting:
            old = [await _said(work, desk, each) for each in earlier]
    text, files = _joined(new)
    last = next((each for each in reversed(new) if each), None)
    if last is None:
        return None
    sense, received_at, used = await _sense(desk, own, text, waiting[0].received_at), waiting[0].received_at, []
    if text and old and _unclear(sense):
        joined, _ = _joined([*old, *new])
        whole = await _sense(desk, own, joined, earlier[0].received_at)
        if not _unclear(whole):
            sense, text, received_at, used = whole, joined, earlier[0].received_at, earlier
    matters = last.direct or not _unclear(sense)  # else it does not even ask who said it
    person = await front.person(last.user) if matters else Person(last.user, last.team, active=False)
    address = (person.address or address_in(text) or "") if matters else ""
    return Talk(
        items=tuple(each.id or 0 for each in waiting),
        earlier=tuple(each.id or 0 for each in used),
        last=last,
        text=text,
        sense=sense,
        person=person,
        received_at=received_at,
        files=files,
        edited=_changed(new),
        found=await accounts.consult(desk, address, person.name, text, sense.says) if address else Finding(),
        late=await accounts.consult_late(desk, address, text) if address else {},
    )


async def of_message(front: Front, item: InboxItem, said: Said) -> Talk:
    """One message by itself, as somebody on the staff points at it."""
    desk = front.desk
    async with desk.store.reading() as work:
        own = await desk.taught.current(work) if desk.taught else None
    sense = await _sense(desk, own, said.text, item.received_at)
    person = await front.person(said.user)
    address = person.address or address_in(said.text) or ""
    return Talk(
        items=(item.id or 0,),
        earlier=(),
        last=said,
        text=said.text,
        sense=sense,
        person=person,
        received_at=item.received_at,
        files=said.files,
        found=await accounts.consult(desk, address, person.name, said.text, sense.says) if address else Finding(),
    )


async def _said(work: Work, desk: Desk, item: InboxItem) -> Said | None:
    raw, _ = await inbox.raw_of(work, item)
    return said_of(json.loads(raw), desk.support_channels)


def _joined(words: Sequence[Said | None]) -> tuple[str, tuple[str, ...]]:
    """The texts as they stand after all changes, in the order in which they were said; and the files' names."""
    standing: dict[str, Said] = {}
    for each in words:
        if each and each.change == "deleted":
            standing.pop(each.message, None)
        elif each:
            standing[each.message] = each
    files = [name for each in standing.values() for name in each.files]
    return "\n".join(each.text for each in standing.values() if each.text), tuple(files)


def _changed(words: Sequence[Said | None]) -> tuple[str, ...]:
    """The messages that were changed after they had been read."""
    fresh = {each.message for each in words if each and each.change == "said"}
    late = (each.message for each in words if each and each.change != "said")
    return tuple(dict.fromkeys(each for each in late if each not in fresh))


async def _sense(desk: Desk, own: Own | None, text: str, at: datetime) -> Sense:
    """Away from the event loop, on which Slack's acknowledgements wait for nothing else."""
    return await asyncio.to_thread(_made, desk, own, text, at)


def _made(desk: Desk, own: Own | None, text: str, at: datetime) -> Sense:
    """A reference means nothing by itself, and neither does a code."""
    words = in_sentences(without_codes(REFERENCE.sub("", text)))
    return sense_of(desk, classify(words, advise=own.advise if own else None), text, "", at, "")


def _unclear(sense: Sense) -> bool:
    return sense.understood.abstain or sense.understood.request_types == (RequestType.NOT_PRIVACY,)
