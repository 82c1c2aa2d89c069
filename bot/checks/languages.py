"""What a language still lacks: letters, names that its letters leave unsaid, and sentences of laws and policy."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, meta

from bot.adapters.phrasing import Phrasing
from bot.adapters.rendering import FALLBACK

KINDS = ("letters", "slack")
_MACRO = re.compile(r"\bparts\.(\w+)|\{% macro (\w+)")
# English alone says the rule's own sentence, where others build theirs of its parts, and why it is English.
_ENGLISH = {"due_rule", "foreign", "in_english"}


def missing(language: str, folders: Sequence[Path], wanted: Sequence[str]) -> Iterator[str]:
    """A line for each thing that English has and this language has not; `wanted` are its phrases."""
    for kind in KINDS:
        for name in sorted({path.name for folder in folders for path in (folder / kind / FALLBACK).glob("*.txt")}):
            ours = _first(folders, f"{kind}/{language}/{name}")
            theirs = _first(folders, f"{kind}/{FALLBACK}/{name}")
            if theirs and not ours:
                yield f"{kind}/{language}/{name}: is not there"
            elif theirs and ours:
                yield from (f"{kind}/{language}/{name}: {fault}" for fault in _unsaid(ours, theirs))
    for text in Phrasing(language, folders).lacking(wanted):
        yield f"letters/{language}/phrases.po: no words for: {text}"


def _first(folders: Sequence[Path], name: str) -> str | None:
    found = next((folder / name for folder in folders if (folder / name).is_file()), None)
    return found.read_text("utf-8") if found else None


def _unsaid(ours: str, theirs: str) -> Iterator[str]:
    try:
        lacking = _names(theirs) - _names(ours)
    except TemplateSyntaxError as error:
        yield f"line {error.lineno}: {error.message}"
        return
    yield from (f"says nothing of {name}" for name in sorted(lacking))


def _names(source: str) -> set[str]:
    """What a source speaks of: the names of the context that it uses, and those of the shared parts."""
    environment = Environment(autoescape=True)
    environment.filters |= {"day": str, "here": str}
    used = meta.find_undeclared_variables(environment.parse(source))
    return (used | {next(filter(None, each)) for each in _MACRO.findall(source)}) - _ENGLISH
