"""Guards of the life of a ticket: why something may not happen, in words that staff read; None where it may."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bot.domain.address_change import HELD
from bot.domain.ticket import Ticket
from bot.domain.vocabulary import Outcome, RequestType

_TELLS_NOTHING = {
    Outcome.DENIED,
    Outcome.UNVERIFIED,
    Outcome.WITHDRAWN,
    Outcome.DUPLICATE,
    Outcome.NOT_PRIVACY,
}


def unproven(ticket: Ticket, types: Iterable[RequestType], outcome: Outcome) -> bool:
    """Whether an answer with this outcome says something of substance to somebody who has not climbed the ladder.

    It looks at requests that are settled, too: an answer is looked at again when it leaves.
    """
    latest = {each.type: each for each in ticket.requests}
    return outcome not in _TELLS_NOTHING and any(not latest[each].is_proven for each in types if each in latest)


def cooling(ticket: Ticket, types: Iterable[RequestType], outcome: Outcome, now: datetime) -> str | None:
    """Why an answer waits after a change of the contact address that the old address has not confirmed."""
    until = ticket.cooling_until
    if until is None or now >= until or outcome in _TELLS_NOTHING or HELD.isdisjoint(types):
        return None
    return (
        f"The contact address was to be changed, and the old one has not confirmed it: nothing that discloses or "
        f"erases may leave before {until:%-d %B %Y, %H:%M %Z}. A code of the old address ends the waiting."
    )


def cooled_off(ticket: Ticket, event: Any) -> str | None:
    return cooling(ticket, event.types, event.outcome, event.at)


def proof_first(ticket: Ticket, event: Any) -> str | None:
    if unproven(ticket, event.types, event.outcome):
        return "The requester has not proven who they are yet, so nothing of substance may be sent."
    return None


def mailbox_first(ticket: Ticket, event: Any) -> str | None:
    if ticket.acting and not event.mailbox_proven:
        return (
            "Somebody writes for another person, or about one: wait until a code proves their own mailbox. "
            "Then say what shows that they may."
        )
    return None


def something_open(ticket: Ticket, event: Any) -> str | None:
    if not set(event.types) & set(ticket.open_types):
        return "These requests are closed already."
    return None


def tells_nothing(ticket: Ticket, event: Any) -> str | None:
    if event.outcome not in _TELLS_NOTHING | {Outcome.ANSWERED}:
        return "A request is fulfilled or partly fulfilled by an approved reply, not by closing its ticket."
    return None


def something_new(ticket: Ticket, event: Any) -> str | None:
    return None if set(event.types) - set(ticket.open_types) else "All of this is asked for already."


def once_only(ticket: Ticket, event: Any) -> str | None:
    return "The time to answer was extended before; the law allows it once." if ticket.extended_at else None


def complained(ticket: Ticket, event: Any) -> str | None:
    if RequestType.COMPLAINT in event.types:
        return None
    return "A person must say first what this ticket is; only a complaint opens a clock of its own before."


def held_back(ticket: Ticket, event: Any) -> str | None:
    return None if ticket.held else "This ticket is not held back."


def in_question(ticket: Ticket, event: Any) -> str | None:
    return None if ticket.unconfirmed_since else "This is settled already."


def some_type(ticket: Ticket, event: Any) -> str | None:
    return None if event.types else "Say at least one request type."


def asked_before(ticket: Ticket, event: Any) -> str | None:
    if not event.types or not set(event.types) <= set(ticket.types):
        return "Say at least one of the request types that the ticket had."
    return None


def no_proof_lost(ticket: Ticket, event: Any) -> str | None:
    proven = {each.type for each in event.requests if each.verified_at}
    if proven - set(ticket.ready_types):
        return "The requester has proven who they are in the other ticket, and not here: merge them the other way."
    return None
