"""What a requester sees in Slack, as Block Kit: letters, the note that asks, their App Home, the form.

All of it is plain or rich text, which Slack shows as it is: no markup in it means anything, and an excerpt of the
policy stays what it is, byte for byte.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.adapters.cards import HEADER, Blocks, Posting, cut, escaped, plain, words
from bot.domain.letters import Block, Letter, blocks
from bot.domain.policy import Policy
from bot.domain.vocabulary import RequestType

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


@dataclass(frozen=True, slots=True)
class Matter:
    """A requester's own ticket, as their App Home lists it."""

    reference: str
    status: str
    outcome: str | None
    request_types: Sequence[str]
    due_at: date | None
    unconfirmed: bool = False


def letter(written: Letter, *, withdraw: str = "") -> Posting:
    """A letter as a message; ``withdraw`` is the reference that a button takes back."""
    found: Blocks = [
        {"type": "header", "text": _literal(written.subject, HEADER)},
        _rich(cut(written.text, LONGEST)),
    ]
    if withdraw:
        found.append({"type": "actions", "elements": [_withdraw(withdraw)]})
    return Posting(escaped(written.subject), found)


def question(written: Letter, reference: str) -> Posting:
    """The note that asks whether what was overheard is a request."""
    posting = letter(written)
    yes = _button("request_confirm", "Yes, take it on", reference) | {"style": "primary"}
    choice = {"type": "actions", "elements": [yes, _button("request_dismiss", "No, it is not", reference)]}
    return Posting(posting.text, [*posting.blocks, choice])


def home(matters: Sequence[Matter], policy: Policy, policy_url: str) -> dict[str, Any]:
    """The App Home of a requester: a new request, their own ones, the policy."""
    found: Blocks = [
        {"type": "header", "text": _literal("Your privacy requests", HEADER)},
        {"type": "actions", "elements": [_button("request_new", "New request", "home") | {"style": "primary"}]},
    ]
    found += [block for each in matters[:_SHOWN] for block in _matter(each)]
    if not matters:
        found.append(_said("You have made no request here yet. You can also write to me under Messages."))
    if len(matters) > _SHOWN:
        found.append(_said(f"And {len(matters) - _SHOWN} older ones."))
    found += [{"type": "divider"}, {"type": "header", "text": _literal("The privacy policy", HEADER)}]
    found.append(_said(_policy(policy, policy_url)))
    return {"type": "home", "callback_id": "home", "blocks": found}


def form(laws: Sequence[tuple[str, str]], address: str) -> dict[str, Any]:
    """The form of a new request; ``laws`` are codes and names, ``address`` is what the profile says."""
    types = [{"text": plain(label, 75), "value": each.value} for each, label in _ASKED_FOR.items()]
    known = [{"text": plain(name, 75), "value": code} for code, name in laws][:100]
    address_input = {"type": "email_text_input"} | ({"initial_value": address} if address else {})
    inputs = [
        _input("type", "What do you ask for?", {"type": "static_select", "options": types}),
        _input(
            "email", "Your e-mail address with us", address_input, "We send a code there, to know that it is you."
        ),
        _input("law", "Which law applies? Leave it empty if unsure.", {"type": "static_select", "options": known})
        | {"optional": True},
        _input(
            "details",
            "Details",
            {"type": "plain_text_input", "multiline": True, "max_length": 3000},
            "Whatever helps us: which account, which data, what happened. No copy of an identity card, please.",
        )
        | {"optional": True},
    ]
    return {
        "type": "modal",
        "callback_id": "request_new",
        "title": plain("New privacy request", 24),
        "submit": plain("Send", 24),
        "close": plain("Cancel", 24),
        "blocks": inputs,
    }


def form_types() -> frozenset[RequestType]:
    """What the form offers."""
    return frozenset(_ASKED_FOR) - _NO_FORM


def _input(name: str, label: str, element: dict[str, Any], hint: str = "") -> dict[str, Any]:
    block = {"type": "input", "block_id": name, "label": plain(label, 2000), "element": element}
    element["action_id"] = name
    return block | ({"hint": plain(hint, 2000)} if hint else {})


def _matter(each: Matter) -> Iterator[dict[str, Any]]:
    stands = _UNCONFIRMED if each.unconfirmed else _STATUS.get(each.status, each.status)
    if each.outcome:
        stands += f" ({words(each.outcome)})"
    due = f"; our answer is due on {_day(each.due_at)}" if each.due_at and each.status != "closed" else ""
    types = ", ".join(words(kind) for kind in each.request_types)
    block = _said(f"{each.reference}: {types}\n{stands[:1].upper()}{stands[1:]}{due}.")
    yield block | ({} if each.status == "closed" else {"accessory": _withdraw(each.reference)})


def _policy(policy: Policy, policy_url: str) -> str:
    dated = f" of {_day(policy.date)}" if policy.date else ""
    where = f" Read it at {policy_url}, or ask" if policy_url else " Ask"
    return f"Version {policy.version}{dated}.{where} me what it says: /privacy policy QUESTION"


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


def _day(on: date) -> str:
    return f"{on.day} {on:%B %Y}"


def _said(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _literal(text, 3000)}


def _literal(text: str, limit: int) -> dict[str, Any]:
    """Words that stay words: no name of an emoji in them becomes one."""
    return {"type": "plain_text", "text": cut(text, limit), "emoji": False}


def _withdraw(reference: str) -> dict[str, Any]:
    confirm = {
        "title": plain("Take it back?", 100),
        "text": plain(f"We stop working on {reference}. You can ask again at any time.", 300),
        "confirm": plain("Withdraw", 30),
        "deny": plain("Keep it", 30),
    }
    return _button("request_withdraw", "Withdraw", reference) | {"confirm": confirm}


def _button(action_id: str, label: str, value: str) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": plain(label, 75), "value": value}
