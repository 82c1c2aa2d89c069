"""What Slack shows of a ticket, made from what is true at that moment: its card, what came in, its drafts."""

from dataclasses import replace
from typing import Any

from bot.adapters import cards, findings, log, worklist
from bot.adapters.cards import Posting
from bot.adapters.draft_cards import DraftCard
from bot.domain.beside import paragraphs
from bot.domain.calendars import spoken
from bot.domain.concerns import sentences
from bot.domain.dates import days_in
from bot.domain.drafts import NO_FINAL_REPLY, missing, not_ready, outdated
from bot.domain.exports import hands_over, unreadable
from bot.domain.fulfilment import instruction
from bot.domain.masking import masked
from bot.domain.vocabulary import Status
from bot.store import cases, drafts, exports, outbox, readings
from bot.store import tasks as stored
from bot.store.cases import Case
from bot.store.tables import DraftRow, MessageRow, OutboxRow
from bot.store.work import Work
from handlers import tasks
from handlers.desk import Desk


def card_of(desk: Desk, case: Case) -> cards.Card:
    row, ticket = case.row, case.ticket()
    return cards.Card(
        reference=row.reference,
        status=row.status,
        outcome=row.outcome,
        request_types=tuple(dict.fromkeys("appeal" if each.appeal else each.type for each in ticket.requests)),
        law=row.law,
        due_at=row.due_at,
        act_by=row.act_by,
        why=row.due_rule,
        verified=row.verified,
        assignee=row.assignee,
        automatic=row.automatic,
        today=desk.day(desk.now()),
        paused=row.paused,
        asked=row.asked_at is not None,
        extended=row.extended_at is not None,
        concerns=sentences(row.concerns),
        data_points=row.data_points,
        cooling_until=f"{row.cooling_until:%-d %B %Y, %H:%M %Z}" if row.cooling_until else "",
        hold_since=spoken(desk.day(row.hold_since)) if row.hold_since else "",
    )


async def explained(work: Work, case: Case, card: cards.Card) -> cards.Card:
    """The card with what was found in the letter that opened the ticket, as far as it still matters."""
    entries = await cases.entries(work, case)
    card = replace(card, linked=findings.linked(entries), tasks=await tasks.progress(work, case))
    if card.status == Status.CLOSED:
        return card
    opened = entries[0].detail
    flags = findings.flags(opened)
    if card.status != Status.TRIAGE:
        return replace(card, flags=flags)
    if case.row.reopened_at:
        return replace(card, flags=flags, triage=["It was closed, and the requester wrote again."])
    reading = (await readings.of_ticket(work, case.id)).get(opened.get("item")) or {}
    person = reading.get("suggested")
    hint = findings.hinted(person["name"], person["address"]) if person else ""
    return replace(card, flags=flags, triage=findings.why_triage(opened), suggested=hint)


async def draft_card(desk: Desk, work: Work, case: Case, draft: DraftRow) -> DraftCard:
    proposal, requester = await drafts.read(work, draft), case.requester
    text = proposal.text
    return DraftCard(
        id=draft.id or 0,
        reference=case.reference,
        letter=draft.letter,
        outcome=draft.outcome,
        state=draft.state,
        digest=draft.digest,
        author=draft.author,
        approvals=draft.approvals,
        needed=missing(drafts.as_draft(draft), desk.four_eyes if draft.letter not in NO_FINAL_REPLY else ()),
        masked=masked(
            text, requester.name, requester.address.partition("@")[0], spared=_our_own(desk, case, text)
        ),
        quotations=sum(each.quoted for each in paragraphs(text, proposal.wording, desk.policy)),
        policy_version=desk.policy.version,
        edited=proposal.is_edited,
        fault=not_ready(text, desk.policy) or "",
        delivery=await outbox.state_of_draft(work, draft.id),
        carries=await carried(work, case, draft),
        outdated=outdated(draft.policy_version, desk.policy),
    )


async def carried(work: Work, case: Case, draft: DraftRow) -> tuple[str, ...]:
    """What leaves with a draft, what speaks against it, and what is missing; never what a file is called."""
    types = drafts.as_draft(draft).types
    if not hands_over(types, draft.outcome):
        return ()
    found = await exports.of_ticket(work, case.id, "waiting", "offered")
    said = tuple(
        f"with an export of {each.size:,} bytes, {each.form}. {unreadable(types, each.form) or ''}".strip()
        for each in found
        if each.digest in draft.attachments
    )
    if said or any(each.event == "export_handed_over" for each in await cases.entries(work, case)):
        return said
    return ("without a file. It grants a copy: attach one, or record how it was handed over (`attach`).",)


def _our_own(desk: Desk, case: Case, text: str) -> set[str]:
    """Numbers in a letter that name nobody: its reference, the policy's version, days since it was received."""
    received = desk.day(case.row.received_at)
    days = {
        text[each.start : each.end]
        for each in days_in(text, received)
        if each.on_or_after(received) or desk.policy.date in each.readings
    }
    return {case.reference, desk.policy.version} | days


async def work_list(desk: Desk, work: Work, case: Case) -> Posting | None:
    """The tasks of a ticket as they stand; None where there are none, and none were shown."""
    rows, inventory = await stored.of_case(work, case), desk.policy.inventory
    listed = [
        worklist.Item(
            id=row.id or 0,
            type=row.request_type,
            state=row.state,
            todo=instruction(stored.as_task(row), inventory),
            by=row.settled_by,
            on=desk.day(row.settled_at) if row.settled_at else None,
            asked=row.asked_at is not None,
            noted=row.note is not None,
            changeable=not row.past,
            statement=said.text if (said := desk.policy.statement(row.statement)) else "",
            keeps=inventory.recipient(row.code) is None,
        )
        for row in rows
    ]
    return worklist.work_list(case.reference, listed) if listed or case.row.tasks_ts else None


async def in_thread(work: Work, row: OutboxRow, case: Case) -> Posting | None:
    """What a row of the outbox says in the ticket's thread; None where there is nothing to say any more."""
    match row.kind:
        case "message":
            return await _incoming(work, row, case)
        case "decision":
            number = row.facts["entry"]
            return log.decision(
                case.reference, next(x for x in await cases.entries(work, case) if x.seq == number)
            )
        case _:  # to whoever has the ticket by now; of what is closed meanwhile nobody is reminded
            closed = case.row.status == Status.CLOSED
            return None if closed else cards.reminder(str(row.facts["text"]), case.row.assignee)


async def _incoming(work: Work, row: OutboxRow, case: Case) -> Posting:
    """What came in, with what was found in it then: the names that it gives are masked as well."""
    stored = await work.session.get(MessageRow, row.facts["message_id"])
    if stored is None:
        return cards.incoming(case.reference, "")
    text = (await cases.open_message(work, stored)).text
    reading = (await readings.of_ticket(work, case.id)).get(stored.inbox_id) or {}
    found = await _found(work, case, stored)
    requester = case.requester
    names = (requester.name, requester.address.partition("@")[0], *findings.personal(reading))
    return cards.incoming(
        case.reference,
        masked(text, *names),
        besides=findings.besides(found),
        flags=findings.flags(found),
        message=stored.id,
    )


async def _found(work: Work, case: Case, stored: MessageRow) -> dict[str, Any]:
    """What the journal says was found in a message; nothing where it came in by another way than a mail."""
    details = (each.detail for each in await cases.entries(work, case))
    return next((each for each in details if stored.inbox_id and each.get("item") == stored.inbox_id), {})
