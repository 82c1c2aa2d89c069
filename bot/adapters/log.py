"""What was decided about a ticket, a line in its thread: from the journal, which names no requester."""

from typing import Any

from bot.adapters.cards import Posting, escaped, markdown, words
from bot.domain.journal import Entry

_DESK = {"desk": "The desk", "requester": "The requester"}
_LINES = {  # what is not here is said by another message of the thread, or is no decision
    "assigned": "gave it to {assignee}",
    "typed": "said what it is: {types}",
    "vouched": "verified the requester by hand",
    "proven": "proved with a code who they are",
    "transferred": "said who the requester is",
    "law_changed": "put it under another law: {law} in the place of {before}, due {due_at}",
    "asked": "asked the requester back",
    "extended": "extended the time to answer: due {due_at}",
    "unanswered": "went on with what is there: the requester did not answer what they were asked",
    "answered": "answered {types}: {outcome}",
    "withdrawn": "withdrew it",
    "joined": "put another ticket into it",
    "linked": "linked it to {to}",
    "reopened": "opened it again",
    "released": "let automatic letters leave",
    "closed": "closed it: {outcome}",
}
DECISIONS = frozenset(_LINES)


def decision(reference: str, entry: Entry) -> Posting:
    """A decision that stands in the journal."""
    facts = _Facts({name: _said(name, value) for name, value in entry.detail.items()})
    taken = entry.detail.get("assignee") == entry.actor
    line = f"{_who(entry.actor)} {'took it' if taken else _LINES[entry.event].format_map(facts)}."
    return Posting(
        f"{reference}: {line}", [{"type": "context", "elements": [markdown(f":pushpin: {line}", 2000)]}]
    )


def _said(name: str, value: Any) -> str:
    if name == "assignee":
        return _who(str(value))
    return escaped(words(", ".join(value) if isinstance(value, list) and name == "types" else str(value)))


def _who(actor: str) -> str:
    """A user of Slack as Slack names them; of the command line the operating system's user."""
    return _DESK.get(actor) or (f"<@{actor}>" if actor[:1] in "UW" else escaped(actor))


class _Facts(dict[str, str]):
    """An entry of earlier days may lack a fact that a line has a place for."""

    def __missing__(self, name: str) -> str:
        return "…"
