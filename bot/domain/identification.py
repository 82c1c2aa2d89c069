"""What a letter gives to tell who somebody is: names, numbers and addresses behind their labels."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from typing import TypeAlias

from bot.domain.dates import days_in
from bot.domain.disclosure import ADDRESS
from bot.domain.marked import Line, Particular, name_after

Shape: TypeAlias = Callable[[str], str]
"""Finds a value in the text that begins with its label; an empty text where there is none."""

_MOST = 30
_BIRTH_REACH = 40  # characters between a label and the day
_ANY_DAY = date(2000, 1, 1)


def matched(pattern: str) -> Shape:
    """The first group of a pattern, from the beginning of the text on."""
    compiled = re.compile(pattern)

    def shape(text: str) -> str:
        found = compiled.match(text)
        return (found[1] or "").strip(" \t.,/-") if found else ""

    return shape


def _day_near(text: str) -> str:
    day = next(iter(days_in(text[: 2 * _BIRTH_REACH], _ANY_DAY)), None)
    return text[day.start : day.end].strip(" ,") if day and day.start <= _BIRTH_REACH else ""


_LABEL = r"[^:=]{1,40}?[:=][\s,]{0,5}"
_IS = r"(?:[:=]\s{0,3}|\s(?:is|ist|lautet|est|es|è|é|är|er|jest|je|este)\s(?=[\"'„“«]|\S{0,60}[\d_]))"
number = matched(r"[^!?]{1,45}?(?<![\w-])([\w./-]{0,30}\d[\w./-]{0,30})")
"""A word with a digit in it, behind a label."""

# Of each concept: what its value is, and how that is found. Where two begin at one word, the upper one counts.
_VALUES: tuple[tuple[str, str, Shape], ...] = (
    ("username", "username", matched(rf"[^:=]{{1,30}}?{_IS}[\"'„“«]?([^\s\"'„“”»,;]{{2,60}})")),
    ("birth_date", "birth_date", _day_near),
    ("customer_number", "customer_number", number),
    ("account_number", "account_number", number),
    ("contract_number", "contract_number", number),
    ("order_number", "order_number", number),
    ("iban", "iban", matched(r"[^!?]{1,30}?([A-Z]{2}\d{2}(?: ?[A-Z0-9]{1,4}){3,8})")),
    ("phone", "phone", matched(r"[^!?@]{1,35}?(\+?\(?\d[\d\s()./-]{5,20}\d)")),
    ("name", "name", matched(_LABEL + r"([^\W\d_][^\d@:=,]{1,60})")),
    ("called", "name", name_after),
    ("postal_address", "postal_address", matched(_LABEL + r"([^@:=]{8,160})$")),
)


def identification(lines: Iterable[Line], known: Collection[str]) -> Iterator[Particular]:
    """The data, each once, at most thirty; `known`, in lower case, are addresses that tell nothing new."""
    seen: set[tuple[str, str]] = set()
    for line in lines:
        for found in (*_labelled(line), *_addresses(line, known)):
            if (found.code, found.value.lower()) not in seen and len(seen) < _MOST:
                seen.add((found.code, found.value.lower()))
                yield found


def _labelled(line: Line) -> Iterator[Particular]:
    """Where labels overlap (`user name`, `name`), the one that begins first counts."""
    if "://" in line.text:  # a link's own words label nothing
        return
    marks = sorted((at, order) for order, (concept, *_) in enumerate(_VALUES) for at in line.places(concept))
    taken = 0
    for at, order in marks:
        _, kind, shape = _VALUES[order]
        start = line.starts[at]
        if start >= taken and (value := shape(line.rest(at))):
            taken = max(line.text.find(value, start), start) + len(value)
            yield line.shows(kind, value)


def _addresses(line: Line, known: Collection[str]) -> Iterator[Particular]:
    for address in ADDRESS.findall(line.text):
        if address.rstrip(".").lower() not in known:
            yield line.shows("email", address.rstrip("."))
