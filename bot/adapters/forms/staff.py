"""Each form of a ticket: what submitting it will do, and what it asks, with what is so now filled in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.adapters.cards import words
from bot.adapters.forms import (
    Block,
    address,
    modal,
    one_of,
    optional,
    person,
    reason,
    some_of,
    text,
)
from bot.domain.identity import Proof, proof_needed
from bot.domain.vocabulary import Ground, Outcome, RequestType, Status

TYPES = {each.value: words(each).capitalize() for each in RequestType}
REFUSED = {
    Outcome.DENIED.value: "All of it",
    Outcome.PARTLY_FULFILLED.value: "A part of it; the rest is done",
}
_GROUNDS = {
    Ground.NOT_VERIFIABLE: "Nobody has shown that it is the person's own request",
    Ground.NOT_HELD: "We hold no such data",
    Ground.EXEMPT: "The law lets or makes us keep these data",
    Ground.RIGHTS_OF_OTHERS: "It would touch the rights of others",
    Ground.EXCESSIVE: "Manifestly unfounded or excessive",
    Ground.NOT_COVERED: "The law gives no such right here",
}
_CITED = "The letter cites it. Without one, the refusal rests on your reason alone, and reports say so."
_NOTHING_LEAVES = "Nothing leaves before the draft is approved; you are its author."


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A ticket as a form needs it. ``seen`` names it as it is now."""

    seen: str
    reference: str
    status: str
    types: Sequence[RequestType]  # all of them
    open_types: Sequence[RequestType]
    unproven: Sequence[RequestType]
    two_people: Sequence[RequestType]  # of what is open, those whose answer needs two
    law: str
    laws: Mapping[str, str]  # titles, by code
    days: Mapping[str, str]  # what each law makes of the dates
    short: str  # the law's name
    grounds: Mapping[Ground, str]  # citations
    told: Sequence[str]  # what a refusal says besides its reasons
    duties: Sequence[str]  # what staff have to see to in one
    stops: bool  # whether the law's clock leaves out the days of waiting for an answer
    due_on: date | None
    assignee: str
    acknowledged: bool  # whether the requester was told that somebody will answer
    suggested: bool  # whether ``name`` and ``address`` are what a letter that was passed on names
    name: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    notice_by: date | None = None
    extended_to: date | None = None


def form(name: str, facts: Facts) -> Block:
    """The modal behind an action."""
    return FORMS[name](facts)


def spoken(on: date | None) -> str:
    return f"{on.day} {on:%B %Y}" if on else "no day"


def _listed(types: Sequence[RequestType]) -> str:
    return ", ".join(words(each) for each in types) or "nothing"


def _assign(facts: Facts) -> Block:
    happens = ["Reminders go to them from now on. They have to be one of the desk's staff."]
    who = person("assignee", "Whose it is", now=facts.assignee)
    return modal("ticket_assign", facts.seen, facts.reference, happens, [who], "Assign")


def _types(facts: Facts) -> Block:
    coded = [each for each in RequestType if proof_needed(each) > Proof.NONE]
    happens = [
        "This replaces what was guessed; what is closed and what is proven stay as they are. Dates keep running "
        "from the day of receipt.",
        f"A one-time code is mailed at once where something new needs proof: {_listed(coded)}.",
        "“Not privacy”, alone, closes the ticket without a letter.",
    ]
    asked = some_of("types", "What the requester asks for", TYPES, now=facts.open_types)
    return modal("ticket_type", facts.seen, facts.reference, happens, [asked], "Save")


def _verify(facts: Facts) -> Block:
    happens = [f"No code is waited for any more: {_listed(facts.unproven)}."]
    if facts.two_people:
        happens.append(f"You cannot approve the answer then: {_listed(facts.two_people)} needs two people.")
    why = reason("How you know who the requester is, or that they may act for somebody else")
    return modal("ticket_verify", facts.seen, facts.reference, happens, [why], "Verified")


def _ask(facts: Facts) -> Block:
    clock = "leaves the days of waiting out" if facts.stops else "goes on meanwhile"
    happens = [
        f"This drafts a letter with your question. {_NOTHING_LEAVES}",
        f"Once it has left, the ticket waits for the requester. The clock of {facts.short} {clock}.",
    ]
    body = text("body", "What you ask the requester", "They read it as you write it.")
    return modal("ticket_ask", facts.seen, facts.reference, happens, [body], "Draft it")


def _extend(facts: Facts) -> Block:
    happens = [
        f"The notice has to be sent by {spoken(facts.notice_by)}, with the reasons; {facts.short} allows it once.",
        f"The answer is due on {spoken(facts.extended_to)} then, instead of {spoken(facts.due_on)}.",
        f"This drafts the notice. {_NOTHING_LEAVES} The new day holds once it has left.",
    ]
    why = text("reason", "Why it takes longer", "The requester reads it as you write it.")
    return modal("ticket_extend", facts.seen, facts.reference, happens, [why], "Draft it")


def _deny(facts: Facts) -> Block:
    happens = [
        f"This drafts the refusal of: {_listed(facts.open_types)}, in place of open drafts about the same. "
        f"{_NOTHING_LEAVES}",
        *(f"It will say, as the law demands: {each}" for each in facts.told),
        *(f"See to it yourself, in the reason: {each}" for each in facts.duties),
    ]
    cited = {
        each.value: facts.grounds.get(each, f"no citation for {facts.short} in the law pack") for each in Ground
    }
    likely = Ground.NOT_VERIFIABLE if facts.unproven else ""
    names = {each.value: said for each, said in _GROUNDS.items()}
    # Nobody is told that a part is done before they have proven who they are.
    parts = {each: said for each, said in REFUSED.items() if each == Outcome.DENIED or not facts.unproven}
    inputs = [
        one_of("refused", "What is refused", parts, now=Outcome.DENIED),
        optional(one_of("ground", f"The ground in {facts.short}", names, _CITED, now=likely, besides=cited)),
        text("reason", "The reason", "The requester reads it as you write it."),
    ]
    return modal("ticket_deny", facts.seen, facts.reference, happens, inputs, "Draft it")


def _close(facts: Facts) -> Block:
    if facts.status == Status.TRIAGE and facts.acknowledged:
        happens = [
            f"Its receipt was acknowledged, so this drafts the reply that closes it. {_NOTHING_LEAVES}",
            "Is it no matter of privacy at all, and deserves no word? Then say so under “Say what it is”.",
        ]
    elif facts.status == Status.TRIAGE:
        happens = ["This closes the ticket at once as no matter of privacy. No letter leaves."]
    elif facts.status == Status.VERIFYING:
        happens = [f"This drafts the letter that closes it for want of proof. {_NOTHING_LEAVES}"]
    else:
        happens = [f"Its receipt was acknowledged, so this drafts the letter that closes it. {_NOTHING_LEAVES}"]
    happens += ["Was it asked for twice? Then merge it into the other ticket instead."]
    why = text("reason", "Why it is closed", "A letter quotes it.")
    return modal("ticket_close", facts.seen, facts.reference, happens, [why], "Close")


def _reopen(facts: Facts) -> Block:
    happens = [
        "What you choose is open again, as if it had not been closed: with its day of receipt, its proof and its "
        "clock. It may be overdue at once.",
        "What was closed as no matter of privacy is to be sorted again.",
        "Nothing is mailed, and what was sent stays sent.",
    ]
    theirs = {each.value: TYPES[each] for each in facts.types}
    inputs = [some_of("types", "What is opened anew", theirs, now=facts.types), reason("Why")]
    return modal("ticket_reopen", facts.seen, facts.reference, happens, inputs, "Reopen")


def _link(facts: Facts) -> Block:
    happens = ["Both cards name each other. Nothing else changes, and no requester learns of it."]
    return modal("ticket_link", facts.seen, facts.reference, happens, [_other()], "Link")


def _merge(facts: Facts) -> Block:
    happens = [
        f"{facts.reference} is closed as a duplicate. What is open in it goes on in the other ticket, each by the "
        "earlier of both days of receipt.",
        "The requester, who has to be the same, is told by letter in which ticket it goes on. Codes that were "
        "mailed for this one are dead; where proof is missing, the letter carries a new one.",
    ]
    return modal("ticket_merge", facts.seen, facts.reference, happens, [_other()], "Merge")


def _other() -> Block:
    return text("reference", "The other ticket", "Its reference, such as PR-7K2M9QXT", long=False, most=40)


def _requester(facts: Facts) -> Block:
    happens = [
        "From now on the desk writes to this address, and to no other. Check it: nobody has proven it.",
        "What somebody else has proven does not hold any more, codes that are out are dead, and drafts are "
        "addressed anew. Once it is said what is asked for, receipt is acknowledged, with a code where one is "
        "needed.",
    ]
    hint = "As the letter that was passed on names them." if facts.suggested else "As it is now."
    inputs = [
        address("email", "The requester's e-mail address", hint, now=facts.address),
        optional(text("name", "Their name", long=False, most=200, now=facts.name)),
        reason("How you know who the requester is"),
    ]
    return modal("ticket_requester", facts.seen, facts.reference, happens, inputs, "Save")


def _law(facts: Facts) -> Block:
    happens = [
        "The dates follow at once, from the same day of receipt; reminders and letters follow them. The day that "
        "each law sets stands below it.",
    ]
    inputs = [
        one_of("law", "The law", facts.laws, now=facts.law, besides=facts.days),
        reason("Why another law applies"),
    ]
    return modal("ticket_law", facts.seen, facts.reference, happens, inputs, "Change")


FORMS: dict[str, Callable[[Facts], Block]] = {
    "ticket_assign": _assign,
    "ticket_type": _types,
    "ticket_verify": _verify,
    "ticket_ask": _ask,
    "ticket_extend": _extend,
    "ticket_deny": _deny,
    "ticket_close": _close,
    "ticket_reopen": _reopen,
    "ticket_link": _link,
    "ticket_merge": _merge,
    "ticket_requester": _requester,
    "ticket_law": _law,
}
