"""The published privacy policy: its statements, its version, and whether a letter quotes it rightly.

A statement is the smallest part of the policy that a letter may quote, and it is only ever quoted byte for
byte. Its anchor stays the same as long as its opening words and those of its section do.
"""

import hashlib
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import zip_longest
from typing import Any

from bot.domain.inventory import Inventory, inventory_faults, read_inventory
from bot.domain.policy_source import Block, one_line_ending, read_blocks
from bot.domain.vocabulary import RequestType

_ANCHOR_WORDS = 3
_SMALL_WORDS = """
    a an and any are as at be by can do does for from have in is it may of on only or our should such that
    the their this to under we where which with you your
"""
_TABLES = ("requests", "inventory", "recipients")


class PolicyError(ValueError):
    """The policy cannot be used; `lines` says why, one fault a line."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = tuple(lines)
        super().__init__("\n".join(self.lines))


@dataclass(frozen=True, slots=True)
class Statement:
    """One quotable part of the policy; `lead` is the sentence that introduces its list, if there is one."""

    anchor: str
    section: str
    text: str
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the policy. `text` is the whole source, in `language`; `date` is the day it was published."""

    title: str
    statements: tuple[Statement, ...]
    version: str
    date: date | None
    text: str
    intro: str = ""
    inventory: Inventory = field(default_factory=Inventory)
    by_request: Mapping[RequestType, tuple[str, ...]] = field(default_factory=dict)
    language: str = "en"

    def statement(self, anchor: str) -> Statement | None:
        """The statement with this anchor, or None."""
        return next((one for one in self.statements if one.anchor == anchor), None)

    def for_request(self, types: Iterable[RequestType]) -> tuple[Statement, ...]:
        """What the policy says on these request types, in the order of the types, nothing twice."""
        anchors = dict.fromkeys(anchor for kind in types for anchor in self.by_request.get(kind, ()))
        return tuple(found for anchor in anchors if (found := self.statement(anchor)))

    def sections(self) -> tuple[tuple[str, tuple[Statement, ...]], ...]:
        """Section titles in their order, each with its statements."""
        grouped: dict[str, list[Statement]] = {}
        for statement in self.statements:
            grouped.setdefault(statement.section, []).append(statement)
        return tuple((title, tuple(group)) for title, group in grouped.items())


def read_policy(markdown: str, about: str | None) -> Policy:
    """The operator's own policy with what its TOML companion says of it.

    A paragraph that introduces a list is its lead and not itself a statement. Raises PolicyError with a line
    for each fault.
    """
    markdown = one_line_ending(markdown)
    title, intro, statements = _assemble(read_blocks(markdown), leads_are_statements=False)
    if not statements:
        raise PolicyError(["policy: no statement in it; expected '## Section' headings with '- ' bullets"])
    bare = Policy(title, statements, _digest(markdown), None, markdown, intro)
    return bare if about is None else _described(bare, about)


def parse_any(text: str) -> Policy:
    """Any policy in Markdown or in plain text with headings; every paragraph and bullet is a statement."""
    text = one_line_ending(text)
    title, intro, statements = _assemble(read_blocks(text), leads_are_statements=True)
    return Policy(title, statements, _digest(text), None, text, intro)


def misquotations(text: str, policy: Policy) -> tuple[str, ...]:
    """The lines of a letter that quote (`> …`) what is no statement of this policy, byte for byte."""
    known = sorted((one.text.split("\n") for one in policy.statements), key=len, reverse=True)
    lines = one_line_ending(text).split("\n")
    wrong: list[str] = []
    at = 0
    while at < len(lines):
        if not lines[at].lstrip().startswith(">"):
            at += 1
            continue
        quoted = next((one for one in known if lines[at : at + len(one)] == [f"> {part}" for part in one]), None)
        if quoted is None:
            wrong.append(lines[at])
        at += len(quoted) if quoted else 1
    return tuple(wrong)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _assemble(blocks: tuple[Block, ...], *, leads_are_statements: bool) -> tuple[str, str, tuple[Statement, ...]]:
    """Title, introduction and statements of a policy's blocks."""
    title, section, lead = "", "", ""
    intro: list[str] = []
    statements: list[Statement] = []
    taken: Counter[str] = Counter()
    opened = False
    for block, following in zip_longest(blocks, blocks[1:]):
        if block.kind == "h1" and not title and not statements:
            title = section = block.text
        elif block.kind.startswith("h"):
            section, lead, opened = block.text, "", True
        elif block.kind == "paragraph" and not opened and not leads_are_statements:
            intro.append(block.text)
        else:
            is_lead = block.kind == "paragraph" and following is not None and following.kind == "bullet"
            if not is_lead or leads_are_statements:
                anchor = _unique(f"{_slug(section)}/{_slug(block.text, _ANCHOR_WORDS)}", taken)
                statements.append(Statement(anchor, section, block.text, lead if block.kind == "bullet" else ""))
            if block.kind == "paragraph":
                lead = block.text if is_lead else ""
    return title, "\n\n".join(intro), tuple(statements)


def _slug(text: str, limit: int | None = None) -> str:
    """Lower-case words joined by dashes; with a limit, the first so many that carry meaning."""
    plain = unicodedata.normalize("NFKC", text[:500]).casefold()
    words = re.findall(r"\w+", plain)
    if limit is not None:
        small = _SMALL_WORDS.split()
        words = [word for word in words if word not in small][:limit] or words[:limit]
    return "-".join(words) or "policy"


def _unique(anchor: str, taken: Counter[str]) -> str:
    """The anchor, with a number where it is taken; no slug holds a dot, so that a number never collides."""
    taken[anchor] += 1
    return anchor if taken[anchor] == 1 else f"{anchor}.{taken[anchor]}"


def _described(policy: Policy, about: str) -> Policy:
    """The policy with its label, date, statements by request type and inventory, all of them checked."""
    try:
        table = tomllib.loads(about)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError([f"policy.toml: {error}"]) from error
    faults = [*_label_faults(table), *_request_faults(table, policy)]
    faults += inventory_faults(table, lambda name: _is_anchor(name, policy))
    if faults:
        raise PolicyError(f"policy.toml: {fault}" for fault in faults)
    return replace(
        policy,
        version=f"{table['version']}-{policy.version}",
        date=table["date"],
        by_request={RequestType(key): tuple(value) for key, value in table.get("requests", {}).items()},
        inventory=read_inventory(table),
        language=table.get("language", policy.language),
    )


def _label_faults(table: dict[str, Any]) -> Iterator[str]:
    if not isinstance(table.get("version"), str) or not re.fullmatch(r"[\w.]{1,20}", table["version"]):
        yield 'version: expected a short label, for example version = "1"'
    if type(table.get("date")) is not date:
        yield "date: expected a day, for example date = 2026-11-22"
    if not re.fullmatch(r"[a-z]{2}", str(table.get("language", "en"))):
        yield 'language: expected two letters, for example language = "en"'
    for name in _TABLES:
        if not isinstance(table.get(name, {}), dict):
            yield f"{name}: expected a table, for example [{name}]"
    for key in sorted(table.keys() - {"version", "date", "language", *_TABLES}):
        yield f"{key}: unknown; known are version, date, language, {', '.join(_TABLES)}"


def _request_faults(table: dict[str, Any], policy: Policy) -> Iterator[str]:
    for key, anchors in _rows(table, "requests"):
        if key not in set(RequestType):
            yield f"requests.{key}: no such request type; known are {', '.join(RequestType)}"
        elif not isinstance(anchors, list) or not anchors:
            yield f"requests.{key}: expected a list of anchors"
        else:
            yield from (_no_anchor(f"requests.{key}", one) for one in anchors if not _is_anchor(one, policy))


def _rows(table: dict[str, Any], name: str) -> Iterable[tuple[str, Any]]:
    rows = table.get(name, {})
    return rows.items() if isinstance(rows, dict) else ()


def _is_anchor(name: object, policy: Policy) -> bool:
    return isinstance(name, str) and policy.statement(name) is not None


def _no_anchor(where: str, name: object) -> str:
    return f"{where}: no statement has the anchor {name!r}"
