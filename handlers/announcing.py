"""The operator's own systems are told of tickets and tasks, in the transaction that decides it."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from typing import Any

from bot.domain.connectors import Told, body
from bot.domain.fulfilment import instruction
from bot.domain.vocabulary import Status
from bot.store import outbox, tasks
from bot.store.cases import Case
from bot.store.tables import TaskRow
from bot.store.work import Work
from handlers.desk import Desk


def secret(work: Work) -> str:
    """What events are signed with; `connectors` prints it."""
    return hmac.digest(work.keys.token_secret, b"webhooks", hashlib.sha256).hex()


def place(work: Work, url: str) -> str:
    """A name for an address, which may hold a secret itself."""
    return work.keys.index(f"webhook:{url}")


async def changed(desk: Desk, work: Work, case: Case, before: tuple[str, bool]) -> None:
    """Tells of what has become of a ticket. ``before``: its status, empty where there was none, and its proof."""
    (status, verified), row = before, case.row
    told = {
        Told.OPENED: not status,
        Told.VERIFIED: row.verified and not verified,
        Told.CLOSED: row.status == Status.CLOSED and status != Status.CLOSED,
    }
    for event in (each for each, is_new in told.items() if is_new):
        await _tell(desk, work, case, event, f"{case.reference}:{row.journal_length}")


async def request(desk: Desk, work: Work, case: Case, rows: Iterable[TaskRow]) -> None:
    """Asks for tasks; who takes one on answers where `callback_url` says."""
    for row in rows if desk.webhooks else ():
        token = _token(work, row)
        row.token_digest = digest_of(work, token)
        work.session.add(row)
        todo = instruction(tasks.as_task(row), desk.policy.inventory)
        more: dict[str, Any] = {
            "task": {
                "id": row.id,
                "code": row.code,
                "name": todo.name,
                "request_type": row.request_type,
                "todo": todo.words,
                "lives_in": todo.lives_in,
                "usual_result": todo.usual,
            },
            "requester": {"address": case.requester.address, "name": case.requester.name},
            "callback_url": f"{desk.callback_url}/tasks/{token}",
        }
        await _tell(desk, work, case, Told.REQUESTED, f"{case.reference}/{row.id}", task=row.id, more=more)


async def _tell(
    desk: Desk,
    work: Work,
    case: Case,
    event: Told,
    name: str,
    *,
    task: int | None = None,
    more: Mapping[str, Any] | None = None,
) -> None:
    number = work.keys.index(f"{event}:{name}")
    content = json.dumps(body(event, number, desk.now(), _ticket(case), **(more or {}))).encode()
    for url in desk.webhooks:
        to = place(work, url)
        await outbox.put(
            work,
            lane=outbox.WEBHOOK,
            kind=event,
            key=f"webhook:{to}:{number}",
            now=desk.now(),
            ticket_id=case.id,
            facts={"to": to, "task": task} if task else {"to": to},
            seal_with=case.key,
            payload=content,
        )


def _ticket(case: Case) -> dict[str, Any]:
    row = case.row
    return {
        "reference": row.reference,
        "status": row.status,
        "outcome": row.outcome,
        "request_types": list(dict.fromkeys(each.type for each in case.requests)),
        "channel": row.channel,
        "law": row.law,
        "received_at": row.received_at.isoformat(),
        "due_at": row.due_at.isoformat() if row.due_at else None,
        "act_by": row.act_by.isoformat() if row.act_by else None,
        "verified": row.verified,
    }


def digest_of(work: Work, token: str) -> str:
    return work.keys.index(f"task:{token}")


def _token(work: Work, row: TaskRow) -> str:
    """Nobody can guess it, and it need not be kept."""
    mac = hmac.digest(work.keys.token_secret, f"task:{row.id}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")
