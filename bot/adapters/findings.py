"""What was found in a letter, in words for staff: from the codes that the journal keeps to lines on a card.

Nothing here is the sender's own: kinds of data are named, and no datum is.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, TypeAlias

from bot.domain.journal import Entry
from bot.domain.screening import RULES

Detail: TypeAlias = Mapping[str, Any]
"""An event's detail in the journal."""

_REASONS = {rule.name: f"{rule.reason.partition(': {')[0].rstrip('.')}." for rule in RULES}
_FLAGS = {
    "hidden_text": "its HTML holds hidden text, which was left out and not believed",
    "html_differs": "its HTML shows other words than its plain text, which was read: look at the original",
    "invisible_characters": "it holds invisible characters inside words, which were left out",
    "encrypted": "it is encrypted: only a person with the key can read it",
    "winmail_dat": "Outlook packed some of it into a file (winmail.dat)",
    "unknown_charset": "its characters had to be guessed: it names a charset that does not exist",
    "bad_encoding": "some of it is damaged and could not be decoded",
    "cut": "it is longer than what is read: its end was not looked at",
}
_KINDS = {
    "name": "name",
    "birth_date": "date of birth",
    "customer_number": "customer number",
    "account_number": "account number",
    "contract_number": "contract number",
    "order_number": "order number",
    "username": "username",
    "email": "further e-mail address",
    "phone": "phone number",
    "postal_address": "postal address",
    "iban": "IBAN",
}
_THREATENED = {"authority": "to go to the authority", "court": "to go to court", "lawyer": "to send a lawyer"}
_AGENTS = {
    "lawyer": "by a lawyer for a client",
    "guardian": "by a guardian",
    "heir": "by an heir, or for somebody who has died",
    "parent": "by a parent for a child",
    "company": "by a company that acts as an agent",
    "other": "for somebody else",
}
_COVER = "•••"


def why_triage(detail: Detail) -> list[str]:
    """Why a ticket that a letter opened waits for a person to say what it is."""
    return [
        *(_REASONS[hit] for hit in detail.get("hits", ()) if hit in _REASONS),
        *(f"It names {each}, and is not proven to come from its requester." for each in detail.get("names", ())),
        *([_unsure(detail)] if detail.get("abstained") else []),
        *(["Its language was not understood."] if detail.get("language") == "und" else []),
    ] or _nothing(detail)


def flags(detail: Detail) -> list[str]:
    """What to know of how a letter is written before its text is believed."""
    raised = detail.get("flags", ())
    return [words for flag, words in _FLAGS.items() if flag in raised]


def besides(detail: Detail) -> list[str]:
    """What a letter says besides its request types: kinds and days, no values."""
    said = _by_kind(detail.get("says", ()))
    given = [_KINDS[each] for each in said.get("gives", ()) if each in _KINDS]
    threats = [_THREATENED[each] for each in said.get("threat", ()) if each in _THREATENED]
    agents = [_AGENTS[each] for each in said.get("agent", ()) if each in _AGENTS]
    return [
        *(f"a reminder{f' of {spoken(day)}' if day else ''}" for day in said.get("reminder", ())),
        *([f"threatens {_joined(threats)}"] if threats else []),
        *(
            f"asks for an answer by {spoken(day)} (its own deadline, not the legal one)"
            for day in said.get("deadline", ())
        ),
        *(f"perhaps written {each}" for each in agents),
        *([f"gives: {', '.join(given)}"] if given else []),
        *("asks about somebody else's data" for _ in said.get("about_other", ())),
        *("speaks of a person under age" for _ in said.get("child", ())),
        *("asks for another contact address" for _ in said.get("address_change", ())),
        *("has a reference of its own" for _ in said.get("own_reference", ())),
    ]


def spoken(day: str) -> str:
    """`12 December 2026` for `2026-12-12`."""
    return f"{date.fromisoformat(day):%-d %B %Y}"


def hinted(name: str, address: str) -> str:
    """Who somebody is to those who know, and to nobody else: the first letter of each part."""
    return f"{_initials(name)} <{_initials(address)}>".strip()


def personal(reading: Mapping[str, Any]) -> Iterator[str]:
    """The names in a reading, and the writer's own reference, for what is shown to be masked with."""
    suggested, says = reading.get("suggested"), reading.get("particulars") or {}
    if suggested:
        yield from (suggested["name"], suggested["address"].partition("@")[0])
    yield from (found["value"] for name in ("agent", "reference") if (found := says.get(name)))
    yield from (
        each["value"] for each in says.get("data", ()) if each["code"] in ("name", "username", "postal_address")
    )


def _unsure(detail: Detail) -> str:
    types = [each.replace("_", " ") for each in detail.get("types", ())]
    guess = f"The best guess is {_joined(types)}"
    if types == ["not privacy"]:
        guess = "Perhaps it asks for no privacy right at all"
    return f"It was not understood for sure. {guess} ({100 * detail.get('confidence', 0):.0f} % sure)."


def _nothing(detail: Detail) -> list[str]:
    return ["Nothing in it asks for a privacy right."] if detail.get("types") == ["not_privacy"] else []


def _by_kind(codes: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code in codes:
        kind, _, value = code.partition(":")
        found.setdefault(kind, []).append(value)
    return found


def _joined(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _initials(text: str) -> str:
    return re.sub(r"(\w)[\w'’-]*(?:\.[\w.-]+)?", rf"\1{_COVER}", text[:200])


def linked(entries: Iterable[Entry]) -> list[str]:
    """What a ticket's journal says of other tickets that have to do with it."""
    found = [
        f"{said} {each.detail[name]}"
        for each in entries
        for (event, name), said in _LINKS.items()
        if each.event == event and each.detail.get(name)
    ]
    return list(dict.fromkeys(found))[-_MOST_LINKS:]


_MOST_LINKS = 20
_LINKS = {
    ("linked", "to"): ":link: See also",
    ("closed", "duplicate_of"): ":heavy_multiplication_x: A duplicate; it goes on in",
    ("joined", "duplicate"): ":heavy_plus_sign: Asked for a second time in",
}
