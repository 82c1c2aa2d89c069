"""What the desk says by itself, and what it proposes for staff to say: effects that follow from the facts."""

from bot.domain.events import Effect, Propose, Write
from bot.domain.representation import Capacity
from bot.domain.ticket import Ticket
from bot.domain.vocabulary import RequestType, Status

RIGHTS = frozenset(RequestType) - {
    RequestType.POLICY_QUESTION,
    RequestType.COMPLAINT,
    RequestType.STATUS_INQUIRY,
    RequestType.NOT_PRIVACY,
}
_REPLIES = {
    RequestType.POLICY_QUESTION: "policy_answer",
    RequestType.COMPLAINT: "complaint_decided",
    RequestType.STATUS_INQUIRY: "status",
}


def settle(before: Ticket, after: Ticket) -> tuple[Effect, ...]:
    """Proposals for what has become ready: for a right its final reply, for a question its answer.

    Who asks about a third party is proposed an explanation instead, whatever the right.
    """
    ready = tuple(each for each in after.ready_types if each not in before.ready_types)
    rights = tuple(each for each in ready if each in RIGHTS)
    letter = "fulfilled"
    if after.acting is Capacity.THIRD_PARTY:
        asked = tuple(each for each in after.open_types if each not in before.open_types)
        letter, rights = "third_party", tuple(each for each in asked if each in RIGHTS)
    proposals: list[Effect] = [Propose(letter, rights)] if rights else []
    replies = _REPLIES | ({RequestType.COMPLAINT: "appeal_decided"} if after.appealed else {})
    proposals += [Propose(replies[each], (each,)) for each in ready if each in replies]
    return tuple(proposals)


def acknowledge(ticket: Ticket) -> tuple[Effect, ...]:
    """The first word to somebody who asks for all that is open; at once the last one where that is closed."""
    if ticket.status is Status.CLOSED:
        return (Write("policy_answer"),)
    return (Write(_received(ticket, ticket.open_types), code=bool(ticket.unproven_types)),)


def acknowledge_more(before: Ticket, after: Ticket) -> tuple[Effect, ...]:
    """The word to somebody who asks for more, or complains: with a code only where the new needs one."""
    fresh = tuple(each for each in after.open_types if each not in before.open_types)
    if after.untriaged:
        return (Write(_received(after, (RequestType.COMPLAINT,))),)
    return (Write(_received(after, fresh), code=bool(set(fresh) & set(after.unproven_types))),)


def _received(ticket: Ticket, types: tuple[RequestType, ...]) -> str:
    if types != (RequestType.COMPLAINT,):
        return "acknowledgement"
    return "appeal_received" if ticket.appealed else "complaint_received"
