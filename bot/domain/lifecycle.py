"""The life of a ticket: one table of transitions, and one door through which every change goes.

``advance(ticket, event)`` answers with the ticket as it then is and with effects, as data, for somebody else to
carry out. A pair of status and event that the table does not hold is an ``IllegalTransition``; a guard that
refuses says why, in words that staff read.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from bot.domain import guards, rulings
from bot.domain.events import (
    Added,
    Answered,
    Asked,
    Closed,
    Confirmed,
    Doubted,
    Effect,
    Event,
    Extended,
    Heard,
    Hushed,
    Joined,
    Linked,
    Mistried,
    Opened,
    Proven,
    Released,
    Reminded,
    Reopened,
    Repeated,
    Transferred,
    Typed,
    Unanswered,
    Unconfirmed,
    Vouched,
    Withdrawn,
    Write,
)
from bot.domain.identity import Proof, needs_code
from bot.domain.replies import acknowledge, acknowledge_more, settle
from bot.domain.ticket import Ticket
from bot.domain.vocabulary import Outcome, RequestType, Status

Step: TypeAlias = tuple[Ticket, tuple[Effect, ...]]


class IllegalTransition(Exception):
    """An event that cannot happen in this status: a fault of the caller."""


class Refused(Exception):
    """A guard's no; the message is for staff to read."""


# ---- what each event does ---------------------------------------------------------------------------------


def _take(ticket: Ticket, event: Opened | Added) -> Ticket:
    """The ticket with these requests, and with what they bring along: proof of the mailbox, an answer at hand."""
    asked_before = RequestType.POLICY_QUESTION in ticket.open_types  # what is with staff stays with them
    appeal = isinstance(event, Added) and event.appeal
    ticket = ticket.with_requests(event.types, event.at, appeal=appeal)
    if event.mailbox_proven:
        ticket = ticket.with_proof(event.at, Proof.MAILBOX)
    if event.answerable and ticket.automatic and not asked_before:
        ticket = ticket.with_outcome([RequestType.POLICY_QUESTION], Outcome.ANSWERED, event.at)
    return ticket


def _opened(ticket: Ticket, event: Opened) -> Step:
    ordinary = event.types == (RequestType.NOT_PRIVACY,)
    if not ordinary:
        event = replace(event, types=tuple(each for each in event.types if each is not RequestType.NOT_PRIVACY))
    if event.unconfirmed:
        return replace(ticket.with_requests(event.types, event.at), untriaged=True, unconfirmed_since=event.at), ()
    if ordinary or not event.sure:
        unread = replace(ticket.with_requests(event.types, event.at), untriaged=True)
        return unread, () if ordinary and event.sure else (Write("acknowledgement_neutral"),)
    taken = _take(ticket, event)
    return taken, (*acknowledge(taken), *settle(ticket, taken))


def _confirmed(ticket: Ticket, event: Confirmed) -> Step:
    """Its clock has run since it was overheard."""
    sure = replace(ticket, untriaged=False, unconfirmed_since=None)
    known = sure.with_requests(event.types, ticket.requests[0].received_at)
    return known, (*acknowledge(known), *settle(Ticket(), known))


def _unconfirmed(ticket: Ticket, event: Unconfirmed) -> Step:
    return replace(ticket, unconfirmed_since=None), (Write("acknowledgement_neutral"),)


def _withdrawn(ticket: Ticket, event: Withdrawn) -> Step:
    done, _ = _closed(ticket, Closed(event.at, Outcome.WITHDRAWN))
    return done, () if ticket.unconfirmed_since else (Write("withdrawn"),)


def _added(ticket: Ticket, event: Added) -> Step:
    taken = _take(ticket, event)
    if not set(taken.open_types) - set(ticket.open_types):
        return taken, (Write("policy_answer"),)
    return taken, (*acknowledge_more(ticket, taken), *settle(ticket, taken))


def _complained(ticket: Ticket, event: Added) -> Step:
    """A complaint or an appeal where no staff are at work: a person looks first, and its own clock runs."""
    standing = ticket if ticket.untriaged else _reopened(ticket, event)
    taken = _take(standing, replace(event, answerable=False))
    return taken, acknowledge_more(standing, taken)


def _repeated(ticket: Ticket, event: Repeated) -> Step:
    return ticket, (Write("acknowledgement_joined"),)


def _heard(ticket: Ticket, event: Heard) -> Step:
    """Who asks for a code gets one, proven or not: whether a code was worth enough is not to be seen."""
    if event.thanks:
        return ticket, ()
    if ticket.status is Status.CLOSED:
        return _reopened(ticket, event), (Write("acknowledgement_neutral"),)
    if event.asks_code and needs_code(ticket.open_types) and not ticket.untriaged:
        return ticket, (Write("new_code", code=True),)
    if event.asks_status:
        return ticket, (Write("status"),)
    return ticket.with_answer(event.at), ()


def _proven(ticket: Ticket, event: Proven) -> Step:
    """A code that comes when all is closed is a further word for staff to read; the answer is always the same."""
    proven = ticket.with_proof(event.at, event.upto)
    if ticket.status is Status.CLOSED:
        proven = _reopened(proven, event)
    return proven, (Write("verified"), *settle(ticket, proven))


def _doubted(ticket: Ticket, event: Doubted) -> Step:
    return ticket.without_proof(Proof.MAILBOX), ()


def _reopened(ticket: Ticket, event: Heard | Proven | Added) -> Ticket:
    """What comes after closing has a clock of its own: an extension of the old one does not hold for it."""
    return replace(ticket, untriaged=True, reopened_at=event.at, extended_at=None)


def _mistried(ticket: Ticket, event: Mistried) -> Step:
    return ticket, (Write("wrong_code"),)


def _asked(ticket: Ticket, event: Asked) -> Step:
    return replace(ticket, asked_at=event.at), ()


def _extended(ticket: Ticket, event: Extended) -> Step:
    return replace(ticket, extended_at=event.at), ()


def _reminded(ticket: Ticket, event: Reminded) -> Step:
    if event.asked:
        return ticket, (Write("question_reminder"),) if ticket.asked_at else ()
    return ticket, (Write("code_reminder", code=True),) if ticket.unproven_types else ()


def _unanswered(ticket: Ticket, event: Unanswered) -> Step:
    """A wait that nobody ended is none: it moves no date."""
    return replace(ticket, asked_at=None), ()


def _hushed(ticket: Ticket, event: Hushed) -> Step:
    """Quiet until a person has looked, as old mail is; what is quiet for good stays so."""
    return replace(ticket, automatic=False, held=ticket.held or ticket.automatic), ()


def _released(ticket: Ticket, event: Released) -> Step:
    loud = replace(ticket, automatic=True, held=False)
    if ticket.status is Status.TRIAGE:
        quiet = ticket.types == (RequestType.NOT_PRIVACY,)
        return loud, () if quiet else (Write("acknowledgement_neutral"),)
    return loud, acknowledge(loud)


def _answered(ticket: Ticket, event: Answered) -> Step:
    """An appeal that is granted opens anew what was refused."""
    granted = ticket.appealed and RequestType.COMPLAINT in event.types and event.outcome in _GRANTED
    done = replace(ticket.with_outcome(event.types, event.outcome, event.at), asked_at=None)
    if not granted:
        return done, ()
    undone = done.with_refusals_undone(event.at)
    return undone, settle(done, undone)


_GRANTED = frozenset({Outcome.FULFILLED, Outcome.PARTLY_FULFILLED})


def _closed(ticket: Ticket, event: Closed) -> Step:
    done = ticket.with_outcome(ticket.open_types, event.outcome, event.at)
    return replace(done, untriaged=False, unconfirmed_since=None, reopened_at=None, asked_at=None), ()


# ---- the table --------------------------------------------------------------------------------------------

Guard: TypeAlias = Callable[[Ticket, Any], str | None]


@dataclass(frozen=True, slots=True)
class Transition:
    """What an event does, what may speak against it, and where it may lead."""

    apply: Callable[[Ticket, Any], Step]
    to: frozenset[Status]
    guards: tuple[Guard, ...] = ()


_LETTERS = {"T": Status.TRIAGE, "V": Status.VERIFYING, "O": Status.OPEN, "W": Status.WAITING, "C": Status.CLOSED}
_Rows: TypeAlias = dict[tuple[Status | None, type], Transition]


def _rows(event: type, sources: str, apply: Callable[[Ticket, Any], Step], to: str, *guards: Guard) -> _Rows:
    """A row for each source. Letters stand for statuses, ``-`` for no ticket yet, ``=`` for staying."""
    rows: _Rows = {}
    for source in (_LETTERS.get(each) for each in sources):
        reached = frozenset(_LETTERS[each] for each in to if each != "=")
        stays = frozenset({source} if source and "=" in to else ())
        rows[source, event] = Transition(apply, reached | stays, guards)
    return rows


TABLE: _Rows = {
    **_rows(Opened, "-", _opened, "TVOC", guards.some_type),
    **_rows(Confirmed, "T", _confirmed, "VO", guards.in_question, guards.some_type),
    **_rows(Unconfirmed, "T", _unconfirmed, "=", guards.in_question),
    **_rows(Withdrawn, "TVOW", _withdrawn, "C"),
    **_rows(Repeated, "TVOW", _repeated, "="),
    **_rows(Added, "VOW", _added, "VOW", guards.something_new),
    **_rows(Added, "TC", _complained, "T", guards.something_new, guards.complained),
    **_rows(Heard, "TVO", _heard, "="),
    **_rows(Heard, "W", _heard, "WVO"),
    **_rows(Heard, "C", _heard, "CT"),
    **_rows(Proven, "TVOWC", _proven, "=TOW"),
    **_rows(Doubted, "TVOWC", _doubted, "=V"),
    **_rows(Mistried, "TVOWC", _mistried, "="),
    **_rows(Vouched, "VOW", rulings.vouched, "OW", guards.mailbox_first),
    **_rows(Typed, "TVOW", rulings.typed, "VOWC", guards.some_type),
    **_rows(Transferred, "TVOW", rulings.transferred, "=VO"),
    **_rows(Joined, "TVOW", rulings.joined, "=O", guards.no_proof_lost),
    **_rows(Reopened, "C", rulings.reopened, "TVO", guards.asked_before),
    **_rows(Linked, "TVOWC", rulings.linked, "="),
    **_rows(Asked, "VOW", _asked, "W"),
    **_rows(Extended, "VOW", _extended, "=", guards.once_only),
    **_rows(Reminded, "VOW", _reminded, "="),
    **_rows(Unanswered, "W", _unanswered, "VO"),
    **_rows(Hushed, "TVOWC", _hushed, "="),
    **_rows(Released, "TVOW", _released, "=", guards.held_back),
    **_rows(Answered, "VOW", _answered, "VOWC", guards.something_open, guards.proof_first, guards.cooled_off),
    **_rows(Closed, "TVOW", _closed, "C", guards.tells_nothing),
}


def advance(ticket: Ticket | None, event: Event) -> Step:
    """The one door for state: the ticket after the event, and what is to be done.

    ``None`` stands for a ticket that does not exist yet. Raises IllegalTransition and Refused.
    """
    status = ticket.status if ticket and ticket.requests else None
    transition = TABLE.get((status, type(event)))
    if transition is None:
        raise IllegalTransition(f"{type(event).__name__} cannot happen to a ticket that is {status or 'new'}")
    before = ticket or Ticket()
    for guard in transition.guards:
        if reason := guard(before, event):
            raise Refused(reason)
    after, effects = transition.apply(before, event)
    if after.status not in transition.to:
        raise IllegalTransition(f"{type(event).__name__} led from {status or 'new'} to {after.status}")
    return after, effects if after.automatic else tuple(each for each in effects if not isinstance(each, Write))
