"""Matters to store: a ticket as a letter opens it."""

from datetime import datetime
from itertools import count

from bot.domain.ticket import Ticket
from bot.domain.vocabulary import RequestType
from bot.store import cases
from bot.store.cases import Case, Requester
from bot.store.work import Work
from tests.store.conftest import NOW

_numbers = count(1)


async def open_matter(
    work: Work,
    *types: RequestType,
    address: str = "ida@example.org",
    reference: str = "",
    at: datetime = NOW,
) -> Case:
    """A stored ticket that asks for these rights (access, where none is given)."""
    case = await cases.create(
        work,
        await work.keys.new(),
        Requester(address, "Ida Berg"),
        reference=reference or f"PR-{next(_numbers):08d}",
        channel="email",
        language="en",
        law="gdpr",
        received_at=at,
        created_at=at,
    )
    await cases.save(work, case, Ticket().with_requests(types or (RequestType.ACCESS,), at), at)
    await work.session.flush()
    return case
