"""The inventory: what the policy says is held, what each right means for it, and who received it.

It is the part of the policy's companion that an operator fills in. A letter says of a kind of data only what
stands here, or what staff marked on the work list.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.vocabulary import RequestType, Result

ANSWERED = (RequestType.ACCESS, RequestType.CORRECTION, RequestType.PORTABILITY, RequestType.DELETION)
"""What every category has an answer for."""
TOLD = (RequestType.CORRECTION, RequestType.DELETION, RequestType.RESTRICTION)
"""What recipients are told of: GDPR Art. 19."""
OWN = (Result.DONE, Result.KEPT, Result.NOT_APPLICABLE)
"""What an inventory can say beforehand, for everybody."""
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_TEXTS: set[str] = {"name", "named_by", "lives_in", "retention", "says"}
_RECIPIENT_TEXTS: set[str] = {"name", "named_by", "meaning", "says", *TOLD}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a right means for a kind of data: its result where nobody marks another one, and the words for it."""

    result: Result
    words: str


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of data. `named_by` and `says` are anchors: of what names it, of what justifies keeping it.

    `lives_in` is where the operator holds it, in their own words, and may be empty.
    """

    key: str
    name: str
    named_by: str
    lives_in: str
    retention: str
    says: str
    recipients: tuple[str, ...]
    answers: Mapping[RequestType, Answer]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who receives data; `notices` are the sentences to send them, `meaning` what a requester is told."""

    key: str
    name: str
    named_by: str
    meaning: str
    says: str
    notices: Mapping[RequestType, str]


@dataclass(frozen=True, slots=True)
class Inventory:
    """All of it, in the order of the file."""

    categories: tuple[Category, ...] = ()
    recipients: tuple[Recipient, ...] = ()

    def category(self, key: str) -> Category | None:
        return next((each for each in self.categories if each.key == key), None)

    def received(self) -> dict[str, tuple[str, ...]]:
        """Who receives which kinds of data, all by their names: the answer to `whom have you given my data to`."""
        return {
            one.name: tuple(each.name for each in self.categories if one.key in each.recipients)
            for one in self.recipients
        }

    def answer(self, key: str, kind: RequestType) -> Answer | None:
        category = self.category(key)
        return category.answers.get(kind) if category else None

    def recipient(self, key: str) -> Recipient | None:
        return next((each for each in self.recipients if each.key == key), None)


def inventory_faults(table: Mapping[str, Any], is_anchor: Callable[[str], bool]) -> Iterator[str]:
    """What is wrong with `[inventory.*]` and `[recipients.*]`, a line for each fault."""
    categories, recipients = _rows(table, "inventory"), _rows(table, "recipients")
    for key, row in categories.items():
        where = f"inventory.{key}"
        if shape := _misshapen(key, row, _TEXTS | {*ANSWERED, "recipients"}):
            yield f"{where}: {shape}"
            continue
        yield from _text_faults(where, row, _TEXTS, is_anchor)
        yield from _answer_faults(where, row)
        yield from _recipient_faults(where, row, recipients)
    for key, row in recipients.items():
        where = f"recipients.{key}"
        if shape := _misshapen(key, row, _RECIPIENT_TEXTS):
            yield f"{where}: {shape}"
            continue
        yield from _text_faults(where, row, _RECIPIENT_TEXTS, is_anchor)
        if key in categories:
            yield f"{where}: a category bears this name already"


def read_inventory(table: Mapping[str, Any]) -> Inventory:
    """The inventory of a table without faults."""
    return Inventory(
        categories=tuple(
            Category(
                key,
                **{name: row[name] for name in _TEXTS},
                recipients=tuple(row["recipients"]),
                answers={each: Answer(Result(row[each]["result"]), row[each]["words"]) for each in ANSWERED},
            )
            for key, row in _rows(table, "inventory").items()
        ),
        recipients=tuple(
            Recipient(
                key,
                **{name: row[name] for name in _RECIPIENT_TEXTS - {*TOLD}},
                notices={each: row[each] for each in TOLD},
            )
            for key, row in _rows(table, "recipients").items()
        ),
    )


def _misshapen(key: str, row: object, names: set[str]) -> str:
    """What is missing from a row or too much in it; its key stands in journals."""
    if not _KEY.fullmatch(key):
        return "a name of lower-case letters, digits and _ is expected"
    given = set(row) if isinstance(row, dict) else set()
    if given == names:
        return ""
    odd = {"missing": names - given, "unknown": given - names}
    told = "; ".join(f"{what}: {_listed(which)}" for what, which in odd.items() if which)
    return f"expected exactly {_listed(names)} ({told})"


def _text_faults(
    where: str, row: Mapping[str, Any], names: set[str], is_anchor: Callable[[str], bool]
) -> Iterator[str]:
    for name in sorted(names):
        text = row[name]
        if name in ("named_by", "says"):
            if not (isinstance(text, str) and is_anchor(text)):
                yield f"{where}.{name}: no statement has the anchor {text!r}"
        elif not (_is_line(text) or (name == "lives_in" and text == "")):
            yield f"{where}.{name}: expected a text of one line"


def _answer_faults(where: str, row: Mapping[str, Any]) -> Iterator[str]:
    for kind in ANSWERED:
        answer = row[kind]
        if not isinstance(answer, dict) or answer.keys() != {"result", "words"}:
            yield f"{where}.{kind}: no answer; expected {{ result = …, words = … }}"
        elif answer["result"] not in OWN:
            yield f"{where}.{kind}.result: {answer['result']!r} is none of {', '.join(OWN)}"
        elif not _is_line(answer["words"]):
            yield f"{where}.{kind}.words: expected a text of one line"


def _recipient_faults(where: str, row: Mapping[str, Any], recipients: Mapping[str, Any]) -> Iterator[str]:
    told = row["recipients"]
    if not isinstance(told, list):
        yield f"{where}.recipients: expected a list, which may be empty"
        return
    for each in told:
        if not isinstance(each, str) or each not in recipients:
            yield f"{where}.recipients: there is no recipient {each!r}"


def _is_line(text: object) -> bool:
    return isinstance(text, str) and text.strip() != "" and len(text.splitlines()) == 1


def _rows(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    rows = table.get(name, {})
    return rows if isinstance(rows, dict) else {}


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names))
