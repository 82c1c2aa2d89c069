"""Guards of the life of a ticket: why something may not happen, in words that staff read; None where it may."""

from typing import Any

from bot.domain.ticket import Ticket
from bot.domain.vocabulary import Outcome

_TELLS_NOTHING = {
    Outcome.DENIED,
    Outcome.UNVERIFIED,
    Outcome.WITHDRAWN,
    Outcome.DUPLICATE,
    Outcome.NOT_PRIVACY,
}


def proof_first(ticket: Ticket, event: Any) -> str | None:
    if event.outcome not in _TELLS_NOTHING and set(event.types) & set(ticket.unproven_types):
        return "The requester has not proven who they are yet, so nothing of substance may be sent."
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


def held_back(ticket: Ticket, event: Any) -> str | None:
    return None if ticket.held else "This ticket is not held back for being old."


def some_type(ticket: Ticket, event: Any) -> str | None:
    return None if event.types else "Say at least one request type."
