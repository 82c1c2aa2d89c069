"""What a requester sees in Slack, as Block Kit: letters, the note that asks, their App Home, the form.

All of it is plain or rich text, which Slack shows as it is: no markup in it means anything, and an excerpt of the
policy stays what it is, byte for byte. What the desk says here by itself it says in the language of its reader;
`PHRASES` are those words in English.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from bot.adapters.cards import HEADER, Blocks, Posting, cut, escaped, plain, words
from bot.domain.letters import Block, Letter, blocks
from bot.domain.policy import Policy
from bot.domain.vocabulary import Outcome, RequestType

if TYPE_CHECKING:
    from bot.adapters.phrasing import Phrasing

LONGEST = 11_000  # characters of a letter that Slack takes in the blocks of one message
_SHOWN = 25  # requests in an App Home
_STATUS = {
    "triage": "a person in our team is reading it",
    "verifying": "waits for the code that we have mailed you",
    "open": "our team is working on it",
    "waiting": "waits for your answer to our question",
    "closed": "closed",
}
_UNCONFIRMED = "waits for you to say whether it is a request"
_NO_FORM = {RequestType.NOT_PRIVACY, RequestType.STATUS_INQUIRY}
_ASKED_FOR = {
    RequestType.ACCESS: "A copy of my personal data",
    RequestType.DELETION: "Deletion of my personal data",
    RequestType.CORRECTION: "Correction of my personal data",
    RequestType.PORTABILITY: "My data in a format for another service",
    RequestType.OBJECTION: "Stop a use of my data that I object to",
    RequestType.OPT_OUT: "No sale of my data, no advertising, no marketing",
    RequestType.RESTRICTION: "Restrict what is done with my data",
    RequestType.CONSENT_WITHDRAWAL: "Withdraw a consent",
    RequestType.COMPLAINT: "A complaint about how my data are handled",
    RequestType.POLICY_QUESTION: "A question about the privacy policy",
}
_YES, _NO, _WITHDRAW, _KEEP = "Yes, take it on", "No, it is not", "Withdraw", "Keep it"
_TAKE_BACK = ("Take it back?", "We stop working on {reference}. You can ask again at any time.")
_YOURS, _NEW, _SEND, _CANCEL = "Your privacy requests", "New request", "Send", "Cancel"
_NONE = "You have made no request here yet. You can also write to me under Messages."
_OLDER = "And {count} older ones."
_DUE = "Our answer is due on {day}."
_THE_POLICY, _VERSION, _OF_DAY = "The privacy policy", "Version {version}.", "Version {version} of {day}."
_READ_IT = "Read it at {url}."
_ASK_ME = "Ask me what it says: /privacy policy QUESTION"
_FORM = "New privacy request"
_INPUTS = {
    "type": ("What do you ask for?", ""),
    "email": ("Your e-mail address with us", "We send a code there, to know that it is you."),
    "law": ("Which law applies? Leave it empty if unsure.", ""),
    "details": (
        "Details",
        "Whatever helps us: which account, which data, what happened. No copy of an identity card, please.",
    ),
}
OUTSIDE = "There is no such answer here. Please choose one from the list."
SAY_MORE = "Please say in a few words what it is about."
NO_ADDRESS = "This is no e-mail address. Please write it like name@example.org."
OUR_ADDRESS = "This is our own address. Please write yours."
NO_FORM = "Slack could not show the form. Please try again, or write to me in a direct message."
PHRASES = (
    *(*_STATUS.values(), _UNCONFIRMED, *_ASKED_FOR.values(), _YES, _NO, _WITHDRAW, _KEEP, *_TAKE_BACK),
    *(_YOURS, _NEW, _SEND, _CANCEL, _NONE, _OLDER, _DUE, _THE_POLICY, _VERSION, _OF_DAY, _READ_IT, _ASK_ME, _FORM),
    *(text for pair in _INPUTS.values() for text in pair if text),
    *(OUTSIDE, SAY_MORE, NO_ADDRESS, OUR_ADDRESS, NO_FORM),
    *(words(each) for each in (*RequestType, *Outcome)),
)


@dataclass(frozen=True, slots=True)
class Matter:
    """A requester's own ticket, as their App Home lists it."""

    reference: str
    status: str
    outcome: str | None
    request_types: Sequence[str]
    due_at: date | None
    unconfirmed: bool = False


def letter(written: Letter, phrasing: "Phrasing | None" = None, *, withdraw: str = "") -> Posting:
    """A letter as a message; ``withdraw`` is the reference that a button takes back, in the letter's language."""
    found: Blocks = [
        {"type": "header", "text": _literal(written.subject, HEADER)},
        _rich(cut(written.text, LONGEST)),
    ]
    if withdraw and phrasing:
        found.append({"type": "actions", "elements": [_withdraw(withdraw, phrasing)]})
    return Posting(escaped(written.subject), found)


def question(written: Letter, phrasing: "Phrasing", reference: str) -> Posting:
    """The note that asks whether what was overheard is a request."""
    posting = letter(written)
    yes = _button("request_confirm", phrasing.here(_YES), reference) | {"style": "primary"}
    choice = {"type": "actions", "elements": [yes, _button("request_dismiss", phrasing.here(_NO), reference)]}
    return Posting(posting.text, [*posting.blocks, choice])


def home(matters: Sequence[Matter], policy: Policy, policy_url: str, phrasing: "Phrasing") -> dict[str, Any]:
    """The App Home of a requester: a new request, their own ones, the policy."""
    here = phrasing.here
    found: Blocks = [
        {"type": "header", "text": _literal(here(_YOURS), HEADER)},
        {"type": "actions", "elements": [_button("request_new", here(_NEW), "home") | {"style": "primary"}]},
    ]
    found += [block for each in matters[:_SHOWN] for block in _matter(each, phrasing)]
    if not matters:
        found.append(_said(here(_NONE)))
    if len(matters) > _SHOWN:
        found.append(_said(here(_OLDER).format(count=len(matters) - _SHOWN)))
    found += [{"type": "divider"}, {"type": "header", "text": _literal(here(_THE_POLICY), HEADER)}]
    found.append(_said(_policy(policy, policy_url, phrasing)))
    return {"type": "home", "callback_id": "home", "blocks": found}


def form(laws: Sequence[tuple[str, str]], address: str, phrasing: "Phrasing") -> dict[str, Any]:
    """The form of a new request; ``laws`` are codes and names, ``address`` is what the profile says."""
    here = phrasing.here
    types = [{"text": plain(here(label), 75), "value": each.value} for each, label in _ASKED_FOR.items()]
    known = [{"text": plain(name, 75), "value": code} for code, name in laws][:100]
    address_input = {"type": "email_text_input"} | ({"initial_value": address} if address else {})
    elements: dict[str, dict[str, Any]] = {
        "type": {"type": "static_select", "options": types},
        "email": address_input,
        "law": {"type": "static_select", "options": known},
        "details": {"type": "plain_text_input", "multiline": True, "max_length": 3000},
    }
    asked = {name: (here(label), here(hint)) for name, (label, hint) in _INPUTS.items()}
    inputs = [_input(name, *asked[name], element) for name, element in elements.items()]
    inputs[2]["optional"] = inputs[3]["optional"] = True
    return {
        "type": "modal",
        "callback_id": "request_new",
        "title": plain(here(_FORM), 24),
        "submit": plain(here(_SEND), 24),
        "close": plain(here(_CANCEL), 24),
        "blocks": inputs,
    }


def form_types() -> frozenset[RequestType]:
    """What the form offers."""
    return frozenset(_ASKED_FOR) - _NO_FORM


def _input(name: str, label: str, hint: str, element: dict[str, Any]) -> dict[str, Any]:
    block = {
        "type": "input",
        "block_id": name,
        "label": plain(label, 2000),
        "element": element | {"action_id": name},
    }
    return block | ({"hint": plain(hint, 2000)} if hint else {})


def _matter(each: Matter, phrasing: "Phrasing") -> Iterator[dict[str, Any]]:
    here = phrasing.here
    stands = here(_UNCONFIRMED if each.unconfirmed else _STATUS[each.status])
    if each.outcome:
        stands += f" ({here(words(each.outcome))})"
    is_due = each.due_at and each.status != "closed"
    due = f" {here(_DUE).format(day=phrasing.day(each.due_at))}" if is_due and each.due_at else ""
    types = ", ".join(here(words(kind)) for kind in each.request_types)
    block = _said(f"{each.reference}: {types}\n{stands[:1].upper()}{stands[1:]}.{due}")
    yield block | ({} if each.status == "closed" else {"accessory": _withdraw(each.reference, phrasing)})


def _policy(policy: Policy, policy_url: str, phrasing: "Phrasing") -> str:
    here, day = phrasing.here, phrasing.day(policy.date) if policy.date else ""
    said = [here(_OF_DAY if day else _VERSION).format(version=policy.version, day=day)]
    said += [here(_READ_IT).format(url=policy_url)] if policy_url else []
    return " ".join([*said, here(_ASK_ME)])


def _rich(text: str) -> dict[str, Any]:
    parts: Blocks = []
    for each in blocks(text):
        parts += _part(each, follows=parts[-1]["type"] if parts else "")
    if parts and parts[-1]["type"] == "rich_text_section":
        last = parts[-1]["elements"][-1]
        last["text"] = last["text"].rstrip("\n") or " "
    return {"type": "rich_text", "elements": parts or [{"type": "rich_text_section", "elements": [_run("")]}]}


def _part(block: Block, follows: str) -> Iterator[dict[str, Any]]:
    """What a list or a quotation is followed by stands apart from it, as paragraphs do."""
    if block.kind == "bullets":
        lines = [{"type": "rich_text_section", "elements": [_run(line)]} for line in block.lines]
        yield {"type": "rich_text_list", "style": "bullet", "elements": lines}
    elif block.kind == "quotation":
        yield {"type": "rich_text_quote", "elements": [_run("\n".join(block.lines))]}
        if block.source:
            yield {"type": "rich_text_section", "elements": [_run(f"{block.source}\n\n", italic=True)]}
    else:
        apart = "\n" if follows in ("rich_text_list", "rich_text_quote") else ""
        yield {"type": "rich_text_section", "elements": [_run(apart + "\n".join(block.lines) + "\n\n")]}


def _run(text: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": text or " "} | ({"style": style} if style else {})


def _said(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _literal(text, 3000)}


def _literal(text: str, limit: int) -> dict[str, Any]:
    """Words that stay words: no name of an emoji in them becomes one."""
    return {"type": "plain_text", "text": cut(text, limit), "emoji": False}


def _withdraw(reference: str, phrasing: "Phrasing") -> dict[str, Any]:
    title, text = map(phrasing.here, _TAKE_BACK)
    confirm = {
        "title": plain(title, 100),
        "text": plain(text.format(reference=reference), 300),
        "confirm": plain(phrasing.here(_WITHDRAW), 30),
        "deny": plain(phrasing.here(_KEEP), 30),
    }
    return _button("request_withdraw", phrasing.here(_WITHDRAW), reference) | {"confirm": confirm}


def _button(action_id: str, label: str, value: str) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": plain(label, 75), "value": value}
