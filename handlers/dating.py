"""The dates of a ticket, counted from its facts: of each request, and of the ticket the earliest open one."""

from datetime import date

from bot.domain.laws import Deadlines, stops
from bot.domain.vocabulary import RequestType, Status
from bot.store.cases import Case
from bot.store.tables import RequestRow
from handlers.desk import Desk


def set_dates(desk: Desk, case: Case) -> None:
    """Writes the dates that follow from the facts: of each request, and of the ticket the earliest open one."""
    row = case.row
    row.law = min(row.laws, key=lambda law: _first_day(desk, case, law), default=row.law)
    for request in case.requests:
        dates = dates_of(desk, case, request)
        request.acknowledge_by, request.due_at = dates.acknowledge_by, dates.respond_by
        request.act_by = dates.act_by or dates.target_by
    first, dates = leading(case), running(desk, case)
    row.acknowledge_by, row.due_at = dates.acknowledge_by, dates.respond_by
    row.act_by, row.due_rule = dates.act_by or dates.target_by, dates.rule
    if row.laws:
        named = " and ".join(desk.laws[each].short for each in row.laws)
        row.due_rule = f"Of {named}, {desk.laws[row.law].short} sets the earliest day. {row.due_rule}"
    row.paused = _stands_still(desk, case, first)


def running(desk: Desk, case: Case) -> Deadlines:
    """The dates of the ticket: of the request whose clock it shows, or since it was reopened."""
    first = leading(case)
    if (
        case.row.reopened_at and first.outcome
    ):  # what it asks for is open, and its clock runs from the further word
        return desk.deadlines(case.row.law, RequestType(first.type), case.row.reopened_at)
    return dates_of(desk, case, first)


def leading(case: Case) -> RequestRow:
    """The request whose clock the ticket shows: the earliest of the open ones, or of all where none is open."""
    open_ones = [each for each in case.requests if each.outcome is None] or case.requests
    return min(
        open_ones, key=lambda each: (each.due_at is None, each.due_at or each.received_at.date(), each.id or 0)
    )


def dates_of(
    desk: Desk, case: Case, request: RequestRow, *, extended: bool | None = None, law: str = ""
) -> Deadlines:
    """The dates that follow from the facts; with ``extended`` as they would be with or without an extension."""

    def counted(extended: bool) -> Deadlines:
        return desk.deadlines(
            law or case.row.law,
            RequestType(request.type),
            request.received_at,
            verified_at=request.verified_at,
            extended=extended,
            waits=case.ticket().waits,
            appeal=request.appeal,
        )

    if extended is not None:
        return counted(extended)
    plain = counted(False)
    return counted(True) if _is_extended(desk, case, request, plain) else plain


def _first_day(desk: Desk, case: Case, law: str) -> tuple[bool, date]:
    """By when a law wants the first open request acted on; after every such day comes an operator's own."""
    open_ones = [each for each in case.requests if each.outcome is None] or case.requests
    dates = [dates_of(desk, case, each, law=law) for each in open_ones]
    lawful = [each.act_by for each in dates if each.act_by]
    return not lawful, min(lawful or [each.target_by for each in dates if each.target_by], default=date.max)


def extensible(desk: Desk, case: Case) -> tuple[RequestRow, Deadlines] | None:
    """The open request whose extension has to be announced first, and its dates as they are.

    None where the law knows no extension, it was announced before, or the last day for it is over.
    """
    today = desk.day(desk.now())
    open_ones = [each for each in case.requests if each.outcome is None and not case.row.extended_at]
    found = [(each, dates_of(desk, case, each)) for each in open_ones]
    lawful = [(each, dates) for each, dates in found if dates.notice_by and today <= dates.notice_by]
    return min(lawful, key=lambda each: each[1].notice_by or today, default=None)


def _is_extended(desk: Desk, case: Case, request: RequestRow, plain: Deadlines) -> bool:
    """A notice that came too late extends nothing; what was asked for after it has a clock of its own."""
    told = case.row.extended_at
    if told is None or request.received_at > told:
        return False
    return plain.notice_by is None or desk.day(told) <= plain.notice_by


def _stands_still(desk: Desk, case: Case, first: RequestRow) -> bool:
    """Whether the law's clock waits for the requester; the dates are kept as if it did not, until they answer."""
    if case.row.status not in (Status.VERIFYING, Status.WAITING):
        return False
    law, waiting = desk.laws[case.row.law], case.row.status == Status.WAITING
    unproven = first.type in case.ticket().unproven_types
    return (waiting and stops(law, first.type, proof=False)) or (unproven and stops(law, first.type, proof=True))
