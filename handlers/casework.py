"""Carries out what the life cycle decides: rows, journal, letters, drafts and cards, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.adapters import log
from bot.domain.correlation import new_reference
from bot.domain.events import (
    Added,
    Confirmed,
    Event,
    Heard,
    Hushed,
    Mistried,
    Opened,
    Propose,
    Repeated,
    Withdrawn,
    Write,
)
from bot.domain.identity import Proof
from bot.domain.jurisdiction import Applicable
from bot.domain.lifecycle import Step, advance
from bot.domain.limits import BOUNDED
from bot.domain.policy import Statement
from bot.domain.vocabulary import Channel, RequestType
from bot.domain.watching import Kind
from bot.store import address_changes, cases, outbox, parties
from bot.store.cases import Case, Message, Requester
from bot.store.sealing import DataKey
from bot.store.tables import MessageRow
from bot.store.work import Work
from handlers import announcing, correspondence, notices, tasks, watching
from handlers.correspondence import Other
from handlers.dating import set_dates
from handlers.desk import Desk

_FROM_OUTSIDE = (Opened, Added, Repeated, Heard)


async def open_case(
    desk: Desk,
    work: Work,
    event: Opened,
    *,
    requester: Requester,
    message: Message,
    key: DataKey,
    inbox_id: int | None,
    channel: Channel,
    excerpts: Sequence[Statement] = (),
    detail: Mapping[str, Any] | None = None,
    under: Applicable | None = None,
    **facts: Any,
) -> Case:
    """A new ticket from what somebody wrote; its key is the one that the letter rests under already.

    ``under``: the laws that may apply; ``facts`` are further columns of the ticket: language, law where nothing
    had to be found out, agent, automatic, slack_user.
    """
    facts |= {"law": under.laws[0], "laws": list(under.laws[1:] and under.laws)} if under else {}
    case = await cases.create(
        work,
        key,
        requester,
        reference=new_reference(),
        channel=channel,
        received_at=event.at,
        created_at=desk.now(),
        policy_version=desk.policy.version,
        **facts,
    )
    await address_changes.cool(work, case, desk.now())
    heard = await hear(work, case, message, at=event.at, channel=channel, key=key, inbox_id=inbox_id)
    told = {**(detail or {}), "channel": channel, "language": case.row.language}
    told |= {"law_by": under.evidence} if under else {}
    await happen(desk, work, case, event, actor="requester", heard=heard, excerpts=excerpts, detail=told)
    return case


async def hear(
    work: Work, case: Case, message: Message, *, at: datetime, channel: Channel, key: DataKey, inbox_id: int | None
) -> MessageRow:
    """Keeps what the requester wrote, or somebody else who has a part in the ticket."""
    row = await cases.add_message(
        work, case, message, direction="in", at=at, channel=channel, key=key, inbox_id=inbox_id
    )
    await work.session.flush()
    return row


async def happen(
    desk: Desk,
    work: Work,
    case: Case,
    event: Event,
    *,
    actor: str,
    heard: MessageRow | None = None,
    excerpts: Sequence[Statement] = (),
    detail: Mapping[str, Any] | None = None,
    to: Other | None = None,
) -> None:
    """Everything that an event does to a ticket. Raises what ``advance`` raises.

    ``to``: who is answered, where that is not the requester.
    """
    now = desk.now()
    overheard = case.row.unconfirmed_since is not None and isinstance(event, Withdrawn)
    before = "" if isinstance(event, Opened | Confirmed) else case.row.status, case.row.verified
    after, effects = await _decided(desk, work, case, event, to)
    await cases.save(work, case, after, now)
    set_dates(desk, case)
    facts = {**_facts(event), **(detail or {}), **standing(case), "status": after.status}
    if after.outcome:
        facts["outcome"] = after.outcome
    name = type(event).__name__.lower()
    await cases.note(work, case, at=now, actor=actor, event=name, **facts)
    if after.automatic:
        parties.unconcern(work, case, Kind.LOOP)
    if isinstance(event, Mistried):
        await watching.seen(desk, work, Kind.CODES_AT_TICKET, case.reference, about=case.reference)
    is_new = isinstance(event, Opened)  # no draft and no task is looked for where there can be none yet
    if not is_new:
        await correspondence.withdraw_settled(desk, work, case)
    if not (_is_ordinary(event) or overheard):
        await show(desk, work, case, heard=heard, decided=name)
        await announcing.changed(desk, work, case, before)
    await tasks.follow(desk, work, case, is_new=is_new)
    for effect in effects:
        match effect:
            case Write():
                await notices.write(desk, work, case, effect, excerpts, to=to)
                if effect.code and effect.letter in ("acknowledgement", "code_reminder"):
                    await notices.ask_owner(desk, work, case)
            case Propose():
                await correspondence.propose(desk, work, case, effect, excerpts)


async def _decided(desk: Desk, work: Work, case: Case, event: Event, to: Other | None) -> Step:
    """What the life cycle says of an event; where machines answer each other, of one in a ticket that is quiet."""
    after, effects = advance(case.ticket(), event)
    answers = [each for each in effects if isinstance(each, Write) and each.letter not in BOUNDED]
    whose = work.keys.address_index(to.address) if to else case.row.requester_index
    if not (isinstance(event, _FROM_OUTSIDE) and answers and await notices.enough(desk, work, whose)):
        return after, effects
    if isinstance(event, Opened):  # there is no life yet in which anything could happen
        case.row.automatic, case.row.held = False, True
    else:
        await happen(desk, work, case, Hushed(), actor="desk")
    parties.concern(work, case, Kind.LOOP)
    await watching.seen(desk, work, Kind.LOOP, whose, about=case.reference)
    return advance(case.ticket(), event)


async def show(desk: Desk, work: Work, case: Case, *, heard: MessageRow | None = None, decided: str = "") -> None:
    """Has the staff's card brought up to date, and its thread say what the requester wrote and what was decided.

    ``decided``: the newest entry of the journal. What was overheard and is not confirmed yet, staff do not see.
    """
    if desk.staff_channel is None or case.row.unconfirmed_since:
        return
    now = desk.now()
    key = f"card:{case.reference}:{case.row.journal_length}"
    await outbox.put(work, lane=outbox.SLACK, kind="card", key=key, now=now, ticket_id=case.id)
    if heard:
        await outbox.put(
            work,
            lane=outbox.SLACK,
            kind="message",
            key=f"message:{heard.id}",
            now=now,
            ticket_id=case.id,
            facts={"message_id": heard.id},
        )
    if decided in log.DECISIONS:
        number = case.row.journal_length
        await outbox.put(
            work,
            lane=outbox.SLACK,
            kind="decision",
            key=f"decision:{case.reference}:{number}",
            now=now,
            ticket_id=case.id,
            facts={"entry": number},
        )


def standing(case: Case) -> dict[str, Any]:
    """The law, the date and the requests of a ticket as its journal keeps them: what reports are made of."""
    names = ("type", "received_at", "due_at", "outcome", "closed_at")
    rows = [{name: value for name in names if (value := getattr(each, name))} for each in case.requests]
    return {
        "law": case.row.law,
        "due_at": _iso(case.row.due_at),
        "requests": [
            {name: value if isinstance(value, str) else _iso(value) for name, value in row.items()} for row in rows
        ],
    }


async def keep_reason(desk: Desk, work: Work, case: Case, reason: str) -> None:
    """A reason may name people: it is sealed beside the ticket, and the journal holds facts alone."""
    if reason:
        note = Message("", reason)
        await cases.add_message(work, case, note, direction="note", at=desk.now(), channel="slack")


def _is_ordinary(event: Event) -> bool:
    """Surely no matter of privacy: it stands in the daily list, and nobody is called."""
    return isinstance(event, Opened) and event.sure and event.types == (RequestType.NOT_PRIVACY,)


def _facts(event: Event) -> dict[str, Any]:
    """An event as the journal keeps it."""
    facts = {name: value for name, value in asdict(event).items() if value not in (None, False, ())}
    facts |= {name: value.name.lower() for name, value in facts.items() if isinstance(value, Proof)}
    happened_at = _iso(facts.pop("at", None))  # the entry itself says when it was written
    return facts | ({"happened_at": happened_at} if happened_at else {})


def _iso(value: Any) -> str | None:
    return value.isoformat() if value else None
