"""The pages behind links that only their reader has: confirming, downloading, giving an export."""

from collections.abc import AsyncIterator

from bot.adapters.confirmation import Confirmation
from bot.adapters.downloads import Downloads, HandIn
from bot.adapters.task_answers import TaskAnswers
from bot.adapters.web import Linked
from bot.domain.lifecycle import Refused
from handlers import connectors, downloads, exports, verification
from handlers.desk import Desk


def linked_pages(desk: Desk) -> tuple[Linked, ...]:
    """Those for people where the outside can reach the desk, and the one for connectors where there are any."""
    answers = TaskAnswers(
        settle=lambda token, *how: connectors.answer(desk, token, *how),
        hand_in=lambda token, name, chunks: connectors.hand_in(desk, token, name, chunks),
    )
    served: tuple[Linked, ...] = (answers,) if desk.webhooks else ()
    if not desk.public_url:
        return served
    confirmation = Confirmation(
        desk.letters,
        organisation=desk.organisation,
        address=desk.address,
        public_url=desk.public_url,
        language_of=lambda token: verification.language_of(desk, token),
        confirm=lambda token: verification.confirm(desk, token),
    )
    download = Downloads(
        desk.letters,
        organisation=desk.organisation,
        address=desk.address,
        public_url=desk.public_url,
        language_of=lambda token: downloads.language_of(desk, token),
        take=lambda token, typed: downloads.take(desk, token, typed),
    )
    hand_in = HandIn(
        desk.letters,
        organisation=desk.organisation,
        public_url=desk.public_url,
        ticket_of=lambda token: _ticket_of(desk, token),
        take=lambda token, name, chunks: _take(desk, token, name, chunks),
    )
    return *served, confirmation, download, hand_in


async def _ticket_of(desk: Desk, token: str) -> str | None:
    found = await exports.page_behind(desk, token)
    return found[1] if found else None


async def _take(desk: Desk, token: str, name: str, chunks: AsyncIterator[bytes]) -> tuple[bool, str] | None:
    found = await exports.page_behind(desk, token)
    if found is None:
        return None
    page, reference = found
    try:
        return True, (await exports.attach(desk, reference, page.actor, name, chunks, page=page)).said
    except Refused as refused:
        return False, str(refused)
