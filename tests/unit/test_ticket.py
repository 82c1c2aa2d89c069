"""What follows from the facts of a ticket."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.identity import Proof
from bot.domain.ticket import Ticket
from bot.domain.vocabulary import Outcome, RequestType, Status

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
ACCESS, DELETION, OPT_OUT = RequestType.ACCESS, RequestType.DELETION, RequestType.OPT_OUT
OBJECTION, QUESTION = RequestType.OBJECTION, RequestType.POLICY_QUESTION


def asking(*types: RequestType, **facts: object) -> Ticket:
    return Ticket(**facts).with_requests(types, NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ticket", "status"),
    [
        (asking(ACCESS), Status.VERIFYING),
        (asking(OBJECTION), Status.VERIFYING),
        (asking(OPT_OUT), Status.OPEN),
        (asking(ACCESS, OPT_OUT), Status.OPEN),
        (asking(ACCESS).with_proof(NOW), Status.OPEN),
        (asking(ACCESS, asked_at=NOW), Status.WAITING),
        (asking(ACCESS, untriaged=True, asked_at=NOW), Status.TRIAGE),
        (asking(ACCESS).with_outcome([ACCESS], Outcome.DENIED, NOW), Status.CLOSED),
        (asking(ACCESS, asked_at=NOW).with_outcome([ACCESS], Outcome.DENIED, NOW), Status.CLOSED),
        (asking(ACCESS, OPT_OUT).with_outcome([OPT_OUT], Outcome.FULFILLED, NOW), Status.VERIFYING),
    ],
)
def test_the_status_follows_from_the_facts(ticket: Ticket, status: Status) -> None:
    assert ticket.status is status


def ended(*outcomes: Outcome) -> Ticket:
    types = (ACCESS, DELETION, OPT_OUT)[: len(outcomes)]
    ticket = asking(*types)
    for each, outcome in zip(types, outcomes, strict=True):
        ticket = ticket.with_outcome([each], outcome, NOW)
    return ticket


@pytest.mark.parametrize(
    ("ticket", "outcome"),
    [
        (ended(Outcome.FULFILLED), Outcome.FULFILLED),
        (ended(Outcome.DENIED, Outcome.DENIED), Outcome.DENIED),
        (ended(Outcome.FULFILLED, Outcome.DENIED), Outcome.PARTLY_FULFILLED),
        (ended(Outcome.PARTLY_FULFILLED, Outcome.FULFILLED), Outcome.PARTLY_FULFILLED),
        (ended(Outcome.WITHDRAWN, Outcome.DENIED), Outcome.WITHDRAWN),
        (ended(Outcome.ANSWERED, Outcome.ANSWERED), Outcome.ANSWERED),
        (ended(Outcome.ANSWERED, Outcome.FULFILLED), Outcome.FULFILLED),
        (ended(Outcome.ANSWERED, Outcome.DENIED), Outcome.DENIED),
        (asking(ACCESS), None),
    ],
)
def test_the_outcome_follows_from_those_of_the_requests(ticket: Ticket, outcome: Outcome | None) -> None:
    assert ticket.outcome is outcome


def test_a_reopened_ticket_has_no_outcome() -> None:
    ticket = asking(ACCESS, untriaged=True).with_outcome([ACCESS], Outcome.DENIED, NOW)
    assert ticket.outcome is None


def test_a_right_that_is_open_already_is_not_added_again() -> None:
    assert len(asking(ACCESS, ACCESS).with_requests([ACCESS, DELETION], LATER).requests) == 2


def test_a_right_that_was_closed_can_be_asked_for_again_with_a_clock_of_its_own() -> None:
    again = asking(ACCESS).with_outcome([ACCESS], Outcome.DENIED, NOW).with_requests([ACCESS], LATER)
    assert [each.received_at for each in again.requests] == [NOW, LATER]
    assert again.types == (ACCESS,)
    assert again.open_types == (ACCESS,)


def test_proof_of_the_mailbox_serves_for_the_lower_rung_only() -> None:
    ticket = asking(OBJECTION, ACCESS).with_proof(LATER, Proof.MAILBOX)
    assert (ticket.ready_types, ticket.unproven_types) == ((OBJECTION,), (ACCESS,))


def test_proof_does_not_move_once_it_is_there() -> None:
    ticket = asking(ACCESS).with_proof(NOW).with_requests([DELETION], NOW).with_proof(LATER)
    assert [each.verified_at for each in ticket.requests] == [NOW, LATER]


def test_a_request_that_needs_no_proof_is_never_marked_as_proven() -> None:
    assert [each.verified_at for each in asking(OPT_OUT, QUESTION).with_proof(NOW).requests] == [None, None]


@pytest.mark.parametrize(
    ("ticket", "verified"),
    [
        (asking(OPT_OUT), False),
        (asking(ACCESS), False),
        (asking(ACCESS).with_proof(NOW), True),
        (asking(ACCESS, OPT_OUT).with_proof(NOW), True),
        (asking(ACCESS).with_proof(NOW).with_requests([DELETION], LATER), False),
    ],
)
def test_a_ticket_is_verified_when_somebody_proved_who_they_are_and_nothing_waits_for_it(
    ticket: Ticket, verified: bool
) -> None:
    assert ticket.verified is verified


def test_an_outcome_ends_what_is_open_and_leaves_what_had_ended() -> None:
    ticket = asking(ACCESS, DELETION).with_outcome([ACCESS], Outcome.DENIED, NOW)
    ticket = ticket.with_outcome([ACCESS, DELETION, OPT_OUT], Outcome.WITHDRAWN, LATER)
    assert [(each.outcome, each.closed_at) for each in ticket.requests] == [
        (Outcome.DENIED, NOW),
        (Outcome.WITHDRAWN, LATER),
    ]
