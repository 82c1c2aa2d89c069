"""A small language for the shapes of Block Kit.

A checker looks at one value and tells each fault with a JSON pointer to where it is, in the form in which
Slack reports faults in `response_metadata.messages`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Checker = Callable[[Any, str], Iterator[str]]


def fault(reason: str, at: str) -> str:
    """One line as Slack words it."""
    return f"[ERROR] {reason} [json-pointer:{at}]"


@dataclass(frozen=True, slots=True)
class Shape:
    """An object: the fields it must have, those it may have, and rules that span several fields."""

    required: Mapping[str, Checker] = field(default_factory=dict)
    optional: Mapping[str, Checker] = field(default_factory=dict)
    rules: tuple[Checker, ...] = ()

    def __call__(self, value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield fault("must be an object", at)
            return
        fields = {**self.required, **self.optional}
        faults = [fault(f"missing required field: {name}", at) for name in self.required if name not in value]
        for name, part in value.items():
            if name in fields:
                faults.extend(fields[name](part, f"{at}/{name}"))
            else:
                faults.append(fault(f"invalid additional property: {name}", at))
        yield from faults
        if not faults:
            for rule in self.rules:
                yield from rule(value, at)


def string(most: int, *, least: int = 1, pattern: str = "") -> Checker:
    """A string of `least` to `most` characters that matches the whole of `pattern`, where there is one."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield fault("must be a string", at)
        elif len(value) > most:
            yield fault(f"must be less than {most + 1} characters", at)
        elif len(value) < least:
            yield fault(f"must be more than {least - 1} characters", at)
        elif pattern and not re.fullmatch(pattern, value):
            yield fault(f"must match {pattern}", at)

    return check


def integer(least: int, most: int) -> Checker:
    """A whole number in a range."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield fault("must be an integer", at)
        elif not least <= value <= most:
            yield fault(f"must be between {least} and {most}", at)

    return check


def boolean(value: Any, at: str) -> Iterator[str]:
    """True or false, and not a word for it."""
    if not isinstance(value, bool):
        yield fault("must be a boolean", at)


def one_of(*allowed: str) -> Checker:
    """One of a few words."""

    def check(value: Any, at: str) -> Iterator[str]:
        if value not in allowed:
            yield fault(f"must be one of: {', '.join(allowed)}", at)

    return check


def items(of: Checker, most: int, *, least: int = 1) -> Checker:
    """A list of `least` to `most` items of one kind."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield fault("must be an array", at)
        elif len(value) > most:
            yield fault(f"no more than {most} items allowed", at)
        elif len(value) < least:
            yield fault(f"no less than {least} items allowed", at)
        else:
            for index, item in enumerate(value):
                yield from of(item, f"{at}/{index}")

    return check


def by_type(shapes: Mapping[str, Shape]) -> Checker:
    """An object whose `type` says which of several shapes it has."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield fault("must be an object", at)
        elif "type" not in value:
            yield fault("missing required field: type", at)
        elif not isinstance(value["type"], str) or value["type"] not in shapes:
            yield fault(f"unsupported type: {value['type']}", f"{at}/type")
        else:
            yield from shapes[value["type"]]({k: v for k, v in value.items() if k != "type"}, at)

    return check


def text_shapes(most: int, *, plain: bool = False) -> dict[str, Shape]:
    """The shapes of a text object of at most `most` characters, by type; `plain` forbids mrkdwn."""
    plain_text = Shape({"text": string(most)}, {"emoji": boolean})
    mrkdwn = Shape({"text": string(most)}, {"verbatim": boolean})
    return {"plain_text": plain_text} if plain else {"plain_text": plain_text, "mrkdwn": mrkdwn}


def text(most: int, *, plain: bool = False) -> Checker:
    """A text object, see `text_shapes`."""
    return by_type(text_shapes(most, plain=plain))
