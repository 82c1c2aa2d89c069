"""What a check found out, as one line says it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "failed", "not set", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """``name`` is the setting or part that was tried; ``what`` was seen, and what to do where it failed."""

    name: str
    state: State
    what: str = ""


def ok(name: str, what: str) -> Finding:
    return Finding(name, "ok", what)


def advised(what: str, remedies: Iterable[tuple[str, str]]) -> str:
    """What was found, and what to do: the remedy whose word stands in it, of several the first."""
    return next((f"{what}; {remedy}" for word, remedy in remedies if word in what), what)


def failed(name: str, what: str) -> Finding:
    return Finding(name, "failed", what)


def note(name: str, what: str) -> Finding:
    """Works, and should be known."""
    return Finding(name, "note", what)


def not_set(name: str, what: str) -> Finding:
    """``what``: how the desk does without it."""
    return Finding(name, "not set", what)
