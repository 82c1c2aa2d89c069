"""What the desk says to a requester in Slack: rendered, sealed and queued in the transaction that decides it."""

import json
import secrets

from bot.domain.codes import mask_codes
from bot.domain.letters import ChatText, Letter, LetterContext
from bot.store import cases, outbox
from bot.store.cases import Case, Message
from bot.store.outbox import Promise
from bot.store.tables import OutboxRow
from bot.store.work import Work
from handlers.desk import Desk

LETTER, NOTE = "letter", "note"
KINDS = frozenset({LETTER, NOTE})


async def send(
    desk: Desk,
    work: Work,
    case: Case,
    letter: Letter,
    *,
    promise: Promise,
    automatic: bool,
    draft_id: int | None = None,
    place: str | None = None,
) -> None:
    """Queues a letter of a ticket as a direct message, or for its requester's eyes alone in a support channel."""
    key = f"{LETTER}:{case.reference}:{secrets.token_hex(8)}"
    row = await _queue(
        desk, work, case, LETTER, key, letter, promise=promise, automatic=automatic, draft_id=draft_id, place=place
    )
    kept = Message(letter.subject, mask_codes(letter.text))
    await cases.add_message(work, case, kept, direction="out", at=desk.now(), channel="slack", outbox_id=row.id)


async def ask(desk: Desk, work: Work, case: Case, about: LetterContext) -> None:
    """Asks who said it whether it is a request: where they said it, and in a direct message as well."""
    letter = desk.letters.say(ChatText.NOTICED, case.row.language, about)
    for place in (case.row.heard_in, None):
        key = note_key(case, place)
        row = await _queue(
            desk, work, case, NOTE, key, letter, promise=Promise.NOTICE, automatic=True, place=place
        )
    kept = Message(letter.subject, letter.text)
    await cases.add_message(work, case, kept, direction="out", at=desk.now(), channel="slack", outbox_id=row.id)


async def settle_note(desk: Desk, work: Work, case: Case) -> None:
    """Has the buttons go from the note in the direct messages: it is settled."""
    await outbox.put(
        work,
        lane=outbox.SLACK,
        kind=NOTE,
        key=f"{note_key(case, None)}:settled",
        now=desk.now(),
        ticket_id=case.id,
        facts={"user": case.row.slack_user, "place": None, "settles": note_key(case, None)},
    )


async def tell(
    desk: Desk, work: Work, user: str, name: str, about: LetterContext, key: str, *, language: str = "en"
) -> None:
    """A word that belongs to no ticket, or changes nothing in one; once under its key."""
    letter = desk.letters.say(name, language, about)
    seal_with = await work.keys.new()
    await outbox.put(
        work,
        lane=outbox.SLACK,
        kind=LETTER,
        key=f"word:{key}",
        now=desk.now(),
        promise=Promise.SPARE,
        facts={"user": user, "place": None},
        seal_with=seal_with,
        payload=_packed(letter),
    )


def note_key(case: Case, place: str | None) -> str:
    return f"{NOTE}:{case.reference}{':there' if place else ''}"


async def unpacked(work: Work, row: OutboxRow) -> Letter:
    """The letter that a row holds; an empty one where it is gone already."""
    raw = await outbox.payload_of(work, row)
    return Letter(**json.loads(raw)) if raw else Letter("", "en", "", "")


async def _queue(
    desk: Desk,
    work: Work,
    case: Case,
    kind: str,
    key: str,
    letter: Letter,
    *,
    promise: Promise,
    automatic: bool,
    draft_id: int | None = None,
    place: str | None = None,
) -> OutboxRow:
    return await outbox.put(
        work,
        lane=outbox.SLACK,
        kind=kind,
        key=key,
        now=desk.now(),
        promise=promise,
        ticket_id=case.id,
        draft_id=draft_id,
        automatic=automatic,
        facts={"user": case.row.slack_user, "place": place, "letter": letter.name},
        seal_with=case.key,
        payload=_packed(letter),
    )


def _packed(letter: Letter) -> bytes:
    held = {"name": letter.name, "language": letter.language, "subject": letter.subject, "text": letter.text}
    return json.dumps(held).encode()
