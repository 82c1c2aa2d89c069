"""Watching: what is harmless once is counted, and when a pattern shows, staff are told once what to do."""

import secrets
from datetime import timedelta

from bot.adapters.interactions import Press
from bot.domain.authenticity import Authentication, is_forged
from bot.domain.correlation import REFERENCE
from bot.domain.mail import Mail
from bot.domain.watching import ALERTS, CROSSED, PATTERNS, Kind
from bot.store import cases, drafts, sightings, told
from bot.store.cases import Case
from bot.store.work import Work
from handlers.alerts import tell_staff
from handlers.desk import Desk

_EVERYBODY = "all"
_AN_HOUR = timedelta(hours=1)
_LONGEST = 80  # characters of what somebody pressed that are kept


async def seen(desk: Desk, work: Work, kind: Kind, subject: str, object_: str = "", *, about: str = "") -> None:
    """Counts one sighting; where the pattern reaches its number, it is on record and staff are told.

    ``subject`` and ``object_`` are keyed digests, references or ids of staff, never addresses; what has no object
    counts each time. ``about``: a reference where staff can look. Once a window is enough: what comes after the
    alert is not counted, so that a flood of sightings costs little.
    """
    pattern, now = PATTERNS[kind], desk.now()
    name = work.keys.index(pattern.name(kind, subject, now))
    if await sightings.crossed(work, kind, name):
        return
    await sightings.add(work, kind, subject, object_ or secrets.token_hex(8), now)
    if await sightings.count(work, kind, subject, now - pattern.window) < pattern.count:
        return
    await sightings.add(work, CROSSED, kind, name, now)
    if await sightings.count(work, CROSSED, kind, now - pattern.window) <= ALERTS:
        await tell_staff(desk, work, f"watch:{kind}:{name}", pattern.alert(subject, about))


async def mail_came(desk: Desk, work: Work, item_id: int, mail: Mail, found: Authentication) -> None:
    """A mail on its way in: floods, and what is forged."""
    if mail.sender is None:
        return
    domain, which = work.keys.index(f"domain:{mail.sender.domain}"), str(item_id)
    await seen(desk, work, Kind.FLOOD, domain, which)
    if found.dmarc == "fail":
        await seen(desk, work, Kind.DMARC_FAILURES, domain, which)
    if is_forged(mail, desk.trusted_authserv_id):
        await seen(desk, work, Kind.FORGED_RESULTS, _EVERYBODY, which)


async def account_asked(desk: Desk, work: Work, case: Case, account: str | None) -> None:
    """The requester asks about an account of the directory (its digest): who asks about whom, each once."""
    address = case.row.requester_index
    if account:
        await seen(desk, work, Kind.ADDRESSES_AT_ACCOUNT, account, address, about=case.reference)
        await seen(desk, work, Kind.ACCOUNTS_BY_ADDRESS, address, account, about=case.reference)


async def unsigned(desk: Desk) -> None:
    """A request at Slack's door that Slack did not sign: refused, and counted."""
    async with desk.store.transaction() as work:
        await seen(desk, work, Kind.UNSIGNED, _EVERYBODY)


async def looked(desk: Desk, work: Work, case: Case, who: str, **what: int | None) -> None:
    """A member of staff opens what is personal: on record at the ticket, and counted where it is not theirs.

    ``what``: the number of the ``draft`` or ``message``; nothing where it is who the requester is.
    """
    await cases.note(work, case, at=desk.now(), actor=who, event="looked", **what)
    if case.row.assignee != who:
        await seen(desk, work, Kind.TICKETS_OPENED, who, case.reference, about=case.reference)


async def turned_away(desk: Desk, press: Press) -> None:
    """Somebody who is not staff tries what only staff may do: counted, and on record at the ticket that is meant.

    Once an hour is enough for a ticket and a person, so that nobody makes its journal long by pressing.
    """
    word = press.value or press.text.strip().partition(" ")[0].lower()
    async with desk.store.transaction() as work:
        case = await _pressed_at(work, press)
        if case and not await told.noted(work, case.id, press.user, "refused", desk.now() - _AN_HOUR):
            action = press.name[:_LONGEST]
            await cases.note(work, case, at=desk.now(), actor=press.user, event="refused", action=action)
        about = case.reference if case else ""
        await seen(desk, work, Kind.NOT_STAFF, press.user, f"{press.name}:{word}"[:_LONGEST], about=about)


async def _pressed_at(work: Work, press: Press) -> Case | None:
    """The ticket that a button stands for, by its reference or by its draft's number."""
    if named := REFERENCE.search(press.value):
        return await cases.load(work, named[0], for_update=True)
    number = press.value.partition(":")[0]
    if not (press.name.startswith("draft_") and number.isascii() and number.isdecimal()):
        return None
    draft = await drafts.load(work, int(number))
    return await cases.by_id(work, draft.ticket_id, for_update=True) if draft else None
