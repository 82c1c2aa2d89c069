"""The life of a ticket: the table walked by hand, and at random."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.events import (
    Added,
    Answered,
    Asked,
    Closed,
    Confirmed,
    Doubted,
    Event,
    Extended,
    Heard,
    Hushed,
    Joined,
    Linked,
    Mistried,
    Opened,
    Propose,
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
from bot.domain.identity import LADDER, Proof, needs_code
from bot.domain.lifecycle import TABLE, IllegalTransition, Refused, advance
from bot.domain.ticket import Request, Ticket
from bot.domain.vocabulary import Outcome, RequestType, Status

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
ACCESS, DELETION, OPT_OUT = RequestType.ACCESS, RequestType.DELETION, RequestType.OPT_OUT
OBJECTION, QUESTION = RequestType.OBJECTION, RequestType.POLICY_QUESTION
NOT_PRIVACY, COMPLAINT = RequestType.NOT_PRIVACY, RequestType.COMPLAINT
SUBSTANCE = {Outcome.FULFILLED, Outcome.PARTLY_FULFILLED}
OLD = Ticket(automatic=False, held=True)
FORGED = Ticket(automatic=False)


def opened(*types: RequestType, sure: bool = True, **options: bool) -> Ticket:
    return advance(None, Opened(NOW, types, sure, **options))[0]


def after(ticket: Ticket | None, *events: Event) -> Ticket:
    for event in events:
        ticket = advance(ticket, event)[0]
    assert ticket is not None
    return ticket


def effects(ticket: Ticket | None, event: Event) -> tuple[object, ...]:
    return advance(ticket, event)[1]


def a_ticket(status: Status | None) -> Ticket | None:
    """One in each status, from old mail, so that it can be released."""
    verifying = after(OLD, Opened(NOW, (ACCESS,), True))
    return {
        None: None,
        Status.TRIAGE: replace(after(OLD, Opened(NOW, (ACCESS,), False)), unconfirmed_since=NOW),
        Status.VERIFYING: verifying,
        Status.OPEN: after(verifying, Proven(NOW)),
        Status.WAITING: after(verifying, Asked(NOW)),
        Status.CLOSED: after(verifying, Closed(NOW, Outcome.WITHDRAWN)),
    }[status]


EVENTS: dict[type, Event] = {
    Opened: Opened(NOW, (ACCESS,), True),
    Repeated: Repeated(),
    Added: Added(NOW, (DELETION, COMPLAINT)),
    Heard: Heard(NOW),
    Proven: Proven(NOW),
    Doubted: Doubted(),
    Mistried: Mistried(),
    Vouched: Vouched(NOW),
    Typed: Typed(NOW, (ACCESS,)),
    Asked: Asked(NOW),
    Extended: Extended(NOW),
    Reminded: Reminded(NOW),
    Unanswered: Unanswered(NOW),
    Hushed: Hushed(),
    Released: Released(),
    Answered: Answered(NOW, (ACCESS,), Outcome.DENIED),
    Closed: Closed(NOW, Outcome.WITHDRAWN),
    Confirmed: Confirmed(NOW, (ACCESS,)),
    Unconfirmed: Unconfirmed(),
    Withdrawn: Withdrawn(NOW),
    Transferred: Transferred(NOW),
    Joined: Joined(NOW, (Request(DELETION, NOW),)),
    Reopened: Reopened(NOW, (ACCESS,)),
    Linked: Linked("PR-7K2M9QXT"),
}


# ---- the table ---------------------------------------------------------------------------------------------


def test_every_event_is_in_the_table_and_tried_here() -> None:
    assert set(get_args(Event)) == {event for _, event in TABLE} == set(EVENTS)


@pytest.mark.parametrize(("status", "event"), list(product([None, *Status], EVENTS)))
def test_an_event_happens_where_the_table_holds_it_and_nowhere_else(status: Status | None, event: type) -> None:
    ticket = a_ticket(status)
    assert (ticket.status if ticket else None) is status
    if (status, event) in TABLE:
        assert after(ticket, EVENTS[event]).status in TABLE[status, event].to
    else:
        with pytest.raises(IllegalTransition, match=event.__name__):
            advance(ticket, EVENTS[event])


# ---- what was overheard ------------------------------------------------------------------------------------


def test_what_was_overheard_waits_without_a_word_until_its_writer_says_that_it_is_a_request() -> None:
    ticket, found = advance(None, Opened(NOW, (DELETION,), True, unconfirmed=True))
    assert (ticket.status, ticket.unconfirmed_since, found) == (Status.TRIAGE, NOW, ())
    ticket, found = advance(ticket, Confirmed(LATER, (DELETION, OPT_OUT)))
    assert ticket.status is Status.OPEN
    assert found == (Write("acknowledgement", code=True), Propose("fulfilled", (OPT_OUT,)))
    assert {each.received_at for each in ticket.requests} == {NOW}, "its clock has run since it was overheard"


def test_what_nobody_confirms_is_with_staff_and_its_writer_is_told() -> None:
    ticket, found = advance(opened(ACCESS, unconfirmed=True), Unconfirmed())
    assert (ticket.status, ticket.unconfirmed_since) == (Status.TRIAGE, None)
    assert found == (Write("acknowledgement_neutral"),)


@pytest.mark.parametrize("event", [Confirmed(LATER, (ACCESS,)), Unconfirmed()])
def test_what_was_never_asked_or_is_settled_is_not_confirmed(event: Event) -> None:
    with pytest.raises(Refused, match="settled"):
        advance(opened(ACCESS, sure=False), event)


@pytest.mark.parametrize(
    ("ticket", "letters"),
    [(opened(ACCESS, unconfirmed=True), ()), (opened(ACCESS), (Write("withdrawn"),))],
)
def test_what_its_requester_takes_back_is_closed_as_withdrawn(ticket: Ticket, letters: tuple[object, ...]) -> None:
    closed, found = advance(ticket, Withdrawn(LATER))
    assert (closed.status, closed.outcome, found) == (Status.CLOSED, Outcome.WITHDRAWN, letters)


@pytest.mark.parametrize("status", [each for each in Status if each is not Status.CLOSED])
def test_whatever_is_open_can_be_closed(status: Status) -> None:
    assert after(a_ticket(status), Closed(NOW, Outcome.WITHDRAWN)).status is Status.CLOSED


@pytest.mark.parametrize("event", [Opened(NOW, (), True), Typed(NOW, ())])
def test_an_event_that_names_no_request_is_refused_in_words(event: Event) -> None:
    with pytest.raises(Refused, match="at least one request type"):
        advance(None if isinstance(event, Opened) else opened(ACCESS), event)


# ---- time passes -------------------------------------------------------------------------------------------


def test_who_has_not_proven_who_they_are_is_reminded_with_a_new_code_and_who_has_is_not() -> None:
    assert effects(opened(ACCESS), Reminded(NOW)) == (Write("code_reminder", code=True),)
    assert effects(after(opened(ACCESS), Proven(NOW)), Reminded(NOW)) == ()


def test_who_was_asked_is_reminded_of_the_question_and_who_was_not_is_not() -> None:
    asked = after(opened(ACCESS), Proven(NOW), Asked(NOW))
    assert effects(asked, Reminded(LATER, asked=True)) == (Write("question_reminder"),)
    assert effects(after(asked, Heard(LATER)), Reminded(LATER, asked=True)) == ()


def test_an_answer_ends_a_wait_and_is_kept_with_it_and_silence_ends_it_without_a_trace() -> None:
    asked = after(opened(ACCESS), Proven(NOW), Asked(NOW))
    assert [(each.asked_at, each.answered_at) for each in after(asked, Heard(LATER)).waits] == [(NOW, LATER)]
    assert (after(asked, Unanswered(LATER)).status, after(asked, Unanswered(LATER)).waits) == (Status.OPEN, ())
    assert after(opened(ACCESS), Heard(LATER)).waits == ()


# ---- opening -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "status", "letters"),
    [
        (Opened(NOW, (ACCESS,), True), Status.VERIFYING, (Write("acknowledgement", code=True),)),
        (Opened(NOW, (OPT_OUT,), True), Status.OPEN, (Write("acknowledgement"), Propose("fulfilled", (OPT_OUT,)))),
        (Opened(NOW, (ACCESS,), False), Status.TRIAGE, (Write("acknowledgement_neutral"),)),
        (Opened(NOW, (NOT_PRIVACY,), True), Status.TRIAGE, ()),
        (Opened(NOW, (NOT_PRIVACY,), False), Status.TRIAGE, (Write("acknowledgement_neutral"),)),
        (Opened(NOW, (QUESTION,), True, answerable=True), Status.CLOSED, (Write("policy_answer"),)),
        (
            Opened(NOW, (QUESTION,), True),
            Status.OPEN,
            (Write("acknowledgement"), Propose("policy_answer", (QUESTION,))),
        ),
        (
            Opened(NOW, (OBJECTION,), True, mailbox_proven=True),
            Status.OPEN,
            (Write("acknowledgement"), Propose("fulfilled", (OBJECTION,))),
        ),
        (
            Opened(NOW, (DELETION,), True, mailbox_proven=True),
            Status.VERIFYING,
            (Write("acknowledgement", code=True),),
        ),
        (
            Opened(NOW, (DELETION, OPT_OUT), True),
            Status.OPEN,
            (Write("acknowledgement", code=True), Propose("fulfilled", (OPT_OUT,))),
        ),
    ],
)
def test_what_becomes_of_a_first_letter(event: Opened, status: Status, letters: tuple[object, ...]) -> None:
    ticket, found = advance(None, event)
    assert (ticket.status, found) == (status, letters)


def test_a_question_answered_at_once_is_closed_as_answered_and_a_further_word_reopens_it() -> None:
    ticket = opened(QUESTION, answerable=True)
    assert ticket.outcome is Outcome.ANSWERED
    assert after(ticket, Heard(LATER)).status is Status.TRIAGE


def test_a_question_beside_a_right_is_answered_and_the_right_goes_its_way() -> None:
    ticket = opened(ACCESS, QUESTION, answerable=True)
    assert (ticket.status, ticket.open_types) == (Status.VERIFYING, (ACCESS,))


# ---- proof -------------------------------------------------------------------------------------------------


def test_a_right_code_opens_what_waited_for_it() -> None:
    ticket, found = advance(opened(ACCESS), Proven(LATER))
    assert (ticket.status, ticket.verified) == (Status.OPEN, True)
    assert found == (Write("verified"), Propose("fulfilled", (ACCESS,)))


def test_who_answers_every_letter_gets_none_until_somebody_releases_it() -> None:
    hushed = after(opened(ACCESS), Hushed())
    assert effects(hushed, Repeated()) == ()
    assert effects(after(hushed, Released()), Repeated()) == (Write("acknowledgement_joined"),)


def test_what_is_quiet_for_good_is_not_released_because_machines_wrote_too() -> None:
    assert after(FORGED, Opened(NOW, (ACCESS,), True), Hushed()).held is False


def test_a_wrong_code_changes_nothing() -> None:
    assert advance(opened(ACCESS), Mistried()) == (opened(ACCESS), (Write("wrong_code"),))


def test_a_further_right_brings_its_own_clock_and_needs_its_own_proof() -> None:
    ticket, found = advance(after(opened(ACCESS), Proven(NOW)), Added(LATER, (DELETION,)))
    assert [(each.received_at, each.verified_at) for each in ticket.requests] == [(NOW, NOW), (LATER, None)]
    assert found == (Write("acknowledgement", code=True),)


def test_a_further_right_does_not_ask_for_a_code_that_is_not_needed() -> None:
    found = effects(opened(ACCESS), Added(LATER, (OPT_OUT,)))
    assert found == (Write("acknowledgement"), Propose("fulfilled", (OPT_OUT,)))


@pytest.mark.parametrize("types", [(), (QUESTION,)])
def test_what_is_asked_for_already_is_not_added(types: tuple[RequestType, ...]) -> None:
    with pytest.raises(Refused, match="asked for already"):
        advance(opened(QUESTION), Added(LATER, types, answerable=True))


def test_a_question_that_staff_hold_is_not_closed_by_the_answer_to_another() -> None:
    ticket = after(opened(QUESTION), Added(LATER, (QUESTION, OPT_OUT), answerable=True))
    assert ticket.open_types == (QUESTION, OPT_OUT)


def test_a_further_question_is_answered_at_once_and_nothing_else_is_said() -> None:
    ticket, found = advance(opened(ACCESS), Added(LATER, (QUESTION,), answerable=True))
    assert (ticket.open_types, found) == ((ACCESS,), (Write("policy_answer"),))


# ---- complaints and appeals --------------------------------------------------------------------------------

REFUSED = after(Ticket(), Opened(NOW, (ACCESS, DELETION), True), Proven(NOW))
REFUSED = after(REFUSED, Answered(NOW, (DELETION,), Outcome.FULFILLED), Answered(NOW, (ACCESS,), Outcome.DENIED))


def test_a_complaint_is_acknowledged_as_one_and_its_answer_proposed() -> None:
    decided = Propose("complaint_decided", (COMPLAINT,))
    assert effects(None, Opened(NOW, (COMPLAINT,), True)) == (Write("complaint_received"), decided)
    ticket, found = advance(opened(ACCESS), Added(LATER, (COMPLAINT,)))
    assert (ticket.status, found) == (Status.OPEN, (Write("complaint_received"), decided))


def test_a_complaint_beside_a_right_is_acknowledged_with_it() -> None:
    found = effects(opened(OPT_OUT), Added(LATER, (ACCESS, COMPLAINT)))
    assert found == (Write("acknowledgement", code=True), Propose("complaint_decided", (COMPLAINT,)))


@pytest.mark.parametrize("appeal", [True, False])
def test_after_closure_a_complaint_is_looked_at_first_and_its_clock_runs(appeal: bool) -> None:
    letter = "appeal_received" if appeal else "complaint_received"
    ticket, found = advance(REFUSED, Added(LATER, (COMPLAINT,), appeal=appeal))
    assert (ticket.status, found) == (Status.TRIAGE, (Write(letter),))
    assert (ticket.requests[-1].received_at, ticket.appealed, ticket.extended_at) == (LATER, appeal, None)
    decided = "appeal_decided" if appeal else "complaint_decided"
    assert effects(ticket, Typed(LATER, (COMPLAINT,))) == (Propose(decided, (COMPLAINT,)),)


def test_after_closure_a_further_right_alone_is_a_word_for_staff() -> None:
    with pytest.raises(Refused, match="only a complaint"):
        advance(REFUSED, Added(LATER, (OPT_OUT,)))


def test_an_appeal_that_is_granted_opens_anew_what_was_refused_and_nothing_else() -> None:
    appealed = after(REFUSED, Added(LATER, (COMPLAINT,), appeal=True), Typed(LATER, (COMPLAINT,)))
    ticket, found = advance(appealed, Answered(LATER, (COMPLAINT,), Outcome.FULFILLED))
    assert (ticket.status, ticket.open_types) == (Status.OPEN, (ACCESS,))
    assert (ticket.requests[-1].received_at, ticket.requests[-1].verified_at) == (LATER, NOW)
    assert found == (Propose("fulfilled", (ACCESS,)),)
    assert ticket.requests[: len(REFUSED.requests)] == REFUSED.requests


def test_what_was_refused_for_want_of_proof_needs_it_after_an_appeal_too() -> None:
    unproven = after(opened(ACCESS), Closed(NOW, Outcome.UNVERIFIED), Added(LATER, (COMPLAINT,), appeal=True))
    ticket, found = advance(
        after(unproven, Typed(LATER, (COMPLAINT,))), Answered(LATER, (COMPLAINT,), Outcome.FULFILLED)
    )
    assert (ticket.status, found) == (Status.VERIFYING, ())


@pytest.mark.parametrize("outcome", [Outcome.DENIED, Outcome.ANSWERED])
def test_an_appeal_that_is_denied_opens_nothing(outcome: Outcome) -> None:
    appealed = after(REFUSED, Added(LATER, (COMPLAINT,), appeal=True), Typed(LATER, (COMPLAINT,)))
    assert advance(appealed, Answered(LATER, (COMPLAINT,), outcome))[0].status is Status.CLOSED


def test_a_complaint_that_is_justified_opens_nothing() -> None:
    complained = after(REFUSED, Added(LATER, (COMPLAINT,)), Typed(LATER, (COMPLAINT,)))
    assert advance(complained, Answered(LATER, (COMPLAINT,), Outcome.FULFILLED))[0].status is Status.CLOSED


def test_a_letter_that_asks_for_something_is_not_beside_the_matter() -> None:
    assert opened(NOT_PRIVACY, ACCESS).types == (ACCESS,)


def test_nothing_of_substance_is_said_to_somebody_unproven() -> None:
    for outcome in (*SUBSTANCE, Outcome.ANSWERED):
        with pytest.raises(Refused, match="not proven"):
            advance(opened(ACCESS), Answered(NOW, (ACCESS,), outcome))
    assert after(opened(ACCESS), Answered(NOW, (ACCESS,), Outcome.DENIED)).outcome is Outcome.DENIED


def test_a_code_after_closure_is_answered_in_the_same_words_and_goes_to_staff() -> None:
    ticket, found = advance(after(opened(ACCESS), Closed(NOW, Outcome.UNVERIFIED)), Proven(LATER))
    assert (ticket.status, found) == (Status.TRIAGE, (Write("verified"),))
    assert not ticket.verified


@pytest.mark.parametrize("upto", [Proof.MAILBOX, Proof.ON_FILE])
def test_a_right_code_is_answered_alike_whatever_it_is_worth(upto: Proof) -> None:
    ticket, found = advance(opened(ACCESS, OBJECTION), Proven(LATER, upto))
    assert [each for each in found if isinstance(each, Write)] == [Write("verified")]
    assert ticket.ready_types == ((ACCESS, OBJECTION) if upto is Proof.ON_FILE else (OBJECTION,))


def test_a_doubt_takes_back_what_needs_the_address_on_file_and_nothing_else() -> None:
    proven = after(opened(ACCESS, DELETION, OBJECTION), Proven(NOW), Answered(NOW, (DELETION,), Outcome.DENIED))
    doubted = after(proven, Doubted())
    assert (doubted.ready_types, doubted.unproven_types) == ((OBJECTION,), (ACCESS,))
    assert [each.verified_at for each in doubted.requests] == [None, NOW, NOW]


# ---- hearing -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "letters"),
    [
        (Heard(NOW), ()),
        (Heard(NOW, asks_status=True), (Write("status"),)),
        (Heard(NOW, asks_code=True), (Write("new_code", code=True),)),
        (Heard(NOW, thanks=True), ()),
    ],
)
def test_what_is_said_in_a_thread_is_answered(event: Heard, letters: tuple[object, ...]) -> None:
    assert effects(opened(ACCESS), event) == letters


def test_a_new_code_is_not_sent_where_nothing_waits_for_one() -> None:
    assert effects(opened(OPT_OUT), Heard(NOW, asks_code=True)) == ()


def test_after_closure_thanks_are_no_further_word_and_anything_else_is() -> None:
    closed = opened(QUESTION, answerable=True)
    assert advance(closed, Heard(LATER, thanks=True)) == (closed, ())
    ticket, found = advance(closed, Heard(LATER))
    assert (ticket.status, found) == (Status.TRIAGE, (Write("acknowledgement_neutral"),))


@pytest.mark.parametrize("event", [Heard(LATER), Proven(LATER)])
def test_a_word_after_closure_has_a_clock_of_its_own(event: Event) -> None:
    reopened = after(opened(ACCESS), Closed(NOW, Outcome.WITHDRAWN), event)
    assert reopened.reopened_at == LATER
    typed = after(reopened, Typed(LATER + timedelta(days=1), (DELETION,)))
    assert [(each.type, each.received_at) for each in typed.requests] == [(ACCESS, NOW), (DELETION, LATER)]
    assert typed.reopened_at is None


def test_a_word_of_the_requester_ends_the_wait_for_it_and_thanks_do_not() -> None:
    waiting = a_ticket(Status.WAITING)
    assert after(waiting, Heard(LATER)).status is Status.VERIFYING
    for event in (Heard(LATER, thanks=True), Heard(LATER, asks_status=True), Heard(LATER, asks_code=True)):
        assert after(waiting, event).status is Status.WAITING


def test_a_question_of_staff_makes_the_ticket_wait_until_it_is_answered() -> None:
    waiting = after(opened(OPT_OUT), Asked(NOW))
    assert waiting.status is Status.WAITING
    assert after(waiting, Answered(LATER, (OPT_OUT,), Outcome.FULFILLED)).status is Status.CLOSED


def test_the_law_allows_one_extension() -> None:
    ticket, found = advance(opened(ACCESS), Extended(LATER))
    assert (ticket.extended_at, ticket.status, found) == (LATER, Status.VERIFYING, ())
    with pytest.raises(Refused, match="extended before"):
        advance(ticket, Extended(LATER))


# ---- staff -------------------------------------------------------------------------------------------------


def test_what_staff_say_replaces_the_guess_and_keeps_the_clock() -> None:
    ticket, found = advance(opened(ACCESS, sure=False), Typed(LATER, (DELETION,)))
    assert [(each.type, each.received_at) for each in ticket.requests] == [(DELETION, NOW)]
    assert (ticket.status, found) == (Status.VERIFYING, (Write("acknowledgement", code=True),))


def test_saying_what_it_is_once_more_takes_no_proof_away() -> None:
    ticket, found = advance(after(opened(ACCESS), Proven(NOW)), Typed(LATER, (ACCESS, OPT_OUT)))
    assert [(each.type, each.verified_at) for each in ticket.requests] == [(ACCESS, NOW), (OPT_OUT, None)]
    assert found == (Propose("fulfilled", (OPT_OUT,)),)


def test_a_code_that_is_out_already_is_not_sent_again_when_staff_say_what_it_is() -> None:
    assert effects(opened(ACCESS), Typed(LATER, (ACCESS,))) == ()
    assert effects(opened(ACCESS), Typed(LATER, (DELETION,))) == (Write("acknowledgement", code=True),)


@pytest.mark.parametrize(("before", "letters"), [(OLD, (Write("acknowledgement", code=True),)), (FORGED, ())])
def test_a_persons_look_makes_old_mail_loud_and_nothing_else(before: Ticket, letters: tuple[object, ...]) -> None:
    ticket, found = advance(after(before, Opened(NOW, (ACCESS,), False)), Typed(LATER, (ACCESS,)))
    assert (ticket.automatic, ticket.held, found) == (bool(letters), False, letters)


def test_what_staff_call_no_matter_of_privacy_is_closed_without_a_letter() -> None:
    ticket, found = advance(opened(ACCESS, sure=False), Typed(LATER, (NOT_PRIVACY,)))
    assert (ticket.status, ticket.outcome, found) == (Status.CLOSED, Outcome.NOT_PRIVACY, ())


def test_what_was_closed_before_a_ticket_was_reopened_stays_as_it_was() -> None:
    reopened = after(opened(QUESTION, answerable=True), Heard(LATER))
    ticket = after(reopened, Typed(LATER, (ACCESS,)))
    assert [(each.type, each.outcome) for each in ticket.requests] == [
        (QUESTION, Outcome.ANSWERED),
        (ACCESS, None),
    ]


def test_a_draft_is_proposed_once_when_a_right_becomes_ready() -> None:
    open_ticket = after(opened(ACCESS, OPT_OUT), Proven(NOW))
    assert effects(open_ticket, Vouched(LATER)) == ()
    assert effects(opened(ACCESS, OPT_OUT), Vouched(LATER)) == (Propose("fulfilled", (ACCESS,)),)


def test_closed_requests_are_not_answered_again() -> None:
    ticket = after(opened(ACCESS, OPT_OUT), Answered(NOW, (OPT_OUT,), Outcome.FULFILLED))
    assert ticket.open_types == (ACCESS,)
    with pytest.raises(Refused, match="closed already"):
        advance(ticket, Answered(LATER, (OPT_OUT,), Outcome.DENIED))


@pytest.mark.parametrize("outcome", sorted(SUBSTANCE))
def test_closing_by_hand_does_not_claim_that_anything_was_done(outcome: Outcome) -> None:
    with pytest.raises(Refused, match="approved reply"):
        advance(opened(ACCESS), Closed(NOW, outcome))


def test_where_nothing_may_leave_by_itself_drafts_are_still_proposed() -> None:
    quiet = Ticket(automatic=False)
    assert effects(quiet, Opened(NOW, (OPT_OUT,), True)) == (Propose("fulfilled", (OPT_OUT,)),)


@pytest.mark.parametrize(
    ("event", "letters"),
    [
        (Opened(NOW, (ACCESS,), True), (Write("acknowledgement", code=True),)),
        (Opened(NOW, (OPT_OUT,), True), (Write("acknowledgement"),)),
        (Opened(NOW, (ACCESS,), False), (Write("acknowledgement_neutral"),)),
        (Opened(NOW, (NOT_PRIVACY,), True), ()),
    ],
)
def test_a_released_ticket_is_acknowledged(event: Opened, letters: tuple[object, ...]) -> None:
    ticket, found = advance(after(OLD, event), Released())
    assert (ticket.automatic, ticket.held, found) == (True, False, letters)


def test_only_what_is_held_back_for_being_old_is_released() -> None:
    for before in (Ticket(), FORGED):
        with pytest.raises(Refused, match="not held back"):
            advance(after(before, Opened(NOW, (ACCESS,), True)), Released())


def test_nothing_is_answered_before_a_person_has_said_what_it_is() -> None:
    with pytest.raises(IllegalTransition):
        advance(opened(OPT_OUT, sure=False), Answered(NOW, (OPT_OUT,), Outcome.FULFILLED))


# ---- two tickets, another requester, a closing taken back ---------------------------------------------------


def test_a_closing_that_is_taken_back_leaves_clock_and_proof_as_they_were() -> None:
    proven = after(opened(ACCESS, OPT_OUT), Proven(NOW))
    closed = after(proven, Answered(LATER, (ACCESS, OPT_OUT), Outcome.DENIED))
    assert advance(closed, Reopened(LATER, (ACCESS, OPT_OUT))) == (proven, ())
    assert after(closed, Reopened(LATER, (ACCESS,))).open_types == (ACCESS,)


def test_what_was_no_matter_of_privacy_is_sorted_again_by_the_clock_of_its_receipt() -> None:
    closed = after(opened(NOT_PRIVACY), Closed(NOW, Outcome.NOT_PRIVACY))
    again = after(closed, Reopened(LATER, (NOT_PRIVACY,)))
    assert again.status is Status.TRIAGE
    assert [each.received_at for each in after(again, Typed(LATER, (ACCESS,))).requests] == [NOW]


@pytest.mark.parametrize("types", [(), (DELETION,)])
def test_only_what_was_asked_for_is_opened_anew(types: tuple[RequestType, ...]) -> None:
    with pytest.raises(Refused, match="at least one"):
        advance(after(opened(ACCESS), Closed(NOW, Outcome.WITHDRAWN)), Reopened(LATER, types))


def test_of_two_tickets_about_the_same_the_earlier_clock_counts() -> None:
    earlier = Request(ACCESS, NOW - timedelta(days=3))
    ticket, found = advance(opened(ACCESS, OPT_OUT), Joined(LATER, (earlier, Request(DELETION, LATER))))
    assert [(each.type, each.received_at) for each in ticket.requests] == [
        (ACCESS, NOW - timedelta(days=3)),
        (OPT_OUT, NOW),
        (DELETION, LATER),
    ]
    assert found == (Write("acknowledgement", code=True),)


def test_a_duplicate_brings_no_code_where_nothing_waits_for_one() -> None:
    assert effects(opened(OPT_OUT), Joined(LATER, (Request(OPT_OUT, NOW),))) == (Write("acknowledgement_joined"),)


def test_proof_is_not_lost_by_merging() -> None:
    proven = Request(ACCESS, NOW, verified_at=NOW)
    with pytest.raises(Refused, match="other way"):
        advance(opened(ACCESS), Joined(LATER, (proven,)))
    assert after(opened(ACCESS), Proven(NOW), Joined(LATER, (proven,))).ready_types == (ACCESS,)


def test_what_another_has_proven_does_not_hold_for_the_requester_whom_staff_name() -> None:
    ticket, found = advance(after(opened(ACCESS, OBJECTION), Proven(NOW)), Transferred(LATER))
    assert (ticket.unproven_types, found) == ((ACCESS, OBJECTION), (Write("acknowledgement", code=True),))


def test_the_desk_writes_to_whom_staff_name_even_where_it_would_not_answer_the_mail() -> None:
    ticket, found = advance(after(FORGED, Opened(NOW, (ACCESS,), False)), Transferred(LATER))
    assert (ticket.automatic, found) == (True, ())
    assert effects(ticket, Typed(LATER, (ACCESS,))) == (Write("acknowledgement", code=True),)


# ---- at random ---------------------------------------------------------------------------------------------

_types = st.lists(st.sampled_from(RequestType), min_size=1, max_size=3, unique=True).map(tuple)
_at = st.integers(0, 10_000).map(lambda minutes: NOW + timedelta(minutes=minutes))
_event: st.SearchStrategy[Event] = st.one_of(
    st.builds(Opened, at=_at, types=_types, sure=st.booleans(), mailbox_proven=..., answerable=...),
    st.builds(Confirmed, at=_at, types=_types),
    st.builds(Withdrawn, at=_at),
    st.builds(Added, at=_at, types=_types, mailbox_proven=..., answerable=..., appeal=...),
    st.builds(Heard, at=_at, asks_status=..., asks_code=..., thanks=...),
    st.builds(Answered, at=_at, types=_types, outcome=st.sampled_from(Outcome)),
    st.builds(Closed, at=_at, outcome=st.sampled_from(Outcome)),
    st.builds(Typed, at=_at, types=_types),
    st.builds(Proven, at=_at, upto=st.sampled_from(Proof)),
    st.builds(Vouched, at=_at),
    st.builds(Asked, at=_at),
    st.builds(Extended, at=_at),
    st.builds(Transferred, at=_at),
    st.builds(Reopened, at=_at, types=_types),
    st.builds(
        Joined,
        at=_at,
        requests=st.lists(
            st.builds(Request, st.sampled_from(RequestType), _at), max_size=3, unique_by=lambda each: each.type
        ).map(tuple),
    ),
    st.builds(Linked, to=st.just("PR-7K2M9QXT")),
    st.sampled_from([Repeated(), Mistried(), Released(), Doubted(), Unconfirmed()]),
)
_first = st.builds(
    Opened, at=_at, types=_types, sure=st.booleans(), mailbox_proven=..., answerable=..., unconfirmed=...
)
_facts = st.sampled_from([Ticket(), OLD, FORGED])


def check_facts(ticket: Ticket) -> None:
    """What must hold of any ticket, however it came about."""
    for request in ticket.requests:
        assert (request.outcome is None) == (request.closed_at is None)
        if request.outcome in SUBSTANCE:
            assert request.verified_at or LADDER[request.type].proof is Proof.NONE
    assert len(ticket.open_types) == sum(each.is_open for each in ticket.requests)
    assert set(ticket.ready_types) | set(ticket.unproven_types) == set(ticket.open_types)
    assert (ticket.status is Status.TRIAGE) == ticket.untriaged
    assert (ticket.outcome is not None) == (ticket.status is Status.CLOSED)
    if ticket.status is Status.VERIFYING:
        assert ticket.unproven_types
        assert not ticket.ready_types, "what needs no proof never waits for what does"


def check_rulings(before: Ticket, event: Event, ticket: Ticket, found: tuple[object, ...]) -> None:
    """What has ended stays, but for a closing that is taken back; and no ruling costs the requester a day."""
    ended = Counter(each for each in before.requests if not each.is_open)
    if isinstance(event, Reopened):
        ended = Counter({each: count for each, count in ended.items() if each.type not in event.types})
        assert {(each.type, each.received_at, each.verified_at) for each in before.requests} == {
            (each.type, each.received_at, each.verified_at) for each in ticket.requests
        }, "a closing taken back moves no clock and no proof"
    if isinstance(event, Joined):
        first = {each.type: each.received_at for each in event.requests}
        clocks = {each.type: each.received_at for each in ticket.requests if each.is_open}
        assert all(clocks[each] <= at for each, at in first.items()), "no request loses a day"
    if isinstance(event, Linked):
        assert (ticket, found) == (before, ())
    assert ended <= Counter(ticket.requests), "what has ended stays as it ended"


def check_step(before: Ticket, event: Event, ticket: Ticket, found: tuple[object, ...]) -> None:
    """What must hold of any step."""
    gained = [each for each in ticket.requests if each.verified_at and each not in before.requests]
    match event:
        case Proven() | Vouched():
            pass
        case Opened() | Added():
            assert all(event.mailbox_proven and LADDER[each.type].proof is Proof.MAILBOX for each in gained)
        case _:
            assert {each.type for each in gained} <= {each.type for each in before.requests if each.verified_at}
    if not ticket.automatic:
        assert not [each for each in found if isinstance(each, Write)]
    if not isinstance(event, Transferred):
        assert ticket.automatic == before.automatic or before.held, "a list's or forger's mail never becomes loud"
    for each in found:
        if isinstance(each, Propose):
            assert set(each.types) <= set(ticket.ready_types), "a reply is proposed to what is proven only"
        elif isinstance(each, Write) and each.code:
            assert needs_code(ticket.open_types), "a code is sent where something needs proof"
    check_rulings(before, event, ticket, found)


@settings(max_examples=300, deadline=None)
@given(facts=_facts, first=_first, events=st.lists(_event, max_size=12))
def test_whatever_happens_the_facts_agree(facts: Ticket, first: Opened, events: list[Event]) -> None:
    ticket, found = advance(facts, first)
    check_facts(ticket)
    check_step(facts, first, ticket, found)
    for event in events:
        pair = (ticket.status, type(event))
        try:
            following, found = advance(ticket, event)
        except IllegalTransition:
            assert pair not in TABLE, f"the table holds {pair}"
            continue
        except Refused:
            continue
        assert pair in TABLE
        assert following.status in TABLE[pair].to
        check_facts(following)
        check_step(ticket, event, following, found)
        ticket = following
    if ticket.status is not Status.CLOSED:
        assert after(ticket, Closed(LATER, Outcome.WITHDRAWN)).status is Status.CLOSED
