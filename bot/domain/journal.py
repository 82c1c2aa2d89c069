"""A chain of entries for each ticket: each names the digest of the one before, so that a change shows.

Entries hold facts without personal data, and so survive the redaction of what they speak of.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

ROOT = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened to a ticket, in its place in the chain."""

    reference: str
    seq: int  # from 1, without gaps
    at: datetime
    actor: str  # "desk", "requester", "cli:NAME" or a Slack user id
    event: str
    detail: dict[str, Any]
    previous: str
    digest: str

    def expected_digest(self) -> str:
        return _digest(
            [self.reference, self.seq, _instant(self.at), self.actor, self.event, self.detail, self.previous]
        )


@dataclass(frozen=True, slots=True)
class Anchor:
    """How long the chains were that had changed, signed: a lost tail or a lost ticket shows."""

    seq: int
    at: datetime
    chains: tuple[tuple[str, int, str], ...]  # reference, length, head
    previous: str

    def digest(self) -> str:
        chains = [list(chain) for chain in self.chains]
        return _digest([self.seq, _instant(self.at), chains, self.previous])


def append(
    reference: str, head: str, length: int, *, at: datetime, actor: str, event: str, detail: dict[str, Any]
) -> Entry:
    """The next entry of a chain that has ``length`` entries and ends in ``head`` (ROOT where there are none)."""
    facts = json.loads(json.dumps(detail))
    draft = Entry(reference, length + 1, at, actor, event, facts, head or ROOT, "")
    return Entry(reference, length + 1, at, actor, event, facts, head or ROOT, draft.expected_digest())


def broken_link(entries: Sequence[Entry], *, length: int, head: str) -> str | None:
    """What is wrong with a chain that should have ``length`` entries and end in ``head``; None where it holds."""
    previous = ROOT
    for place, entry in enumerate(entries, start=1):
        if entry.seq != place:
            return f"{entry.reference}: entry {place} is missing"
        if entry.previous != previous:
            return f"{entry.reference}: entry {place} does not follow the one before it"
        if entry.digest != entry.expected_digest():
            return f"{entry.reference}: entry {place} was changed"
        previous = entry.digest
    reference = entries[0].reference if entries else "a ticket"
    if len(entries) != length or previous != (head or ROOT):
        return f"{reference}: the chain has {len(entries)} entries where {length} were written"
    return None


def lost_since(anchors: Iterable[Anchor], digests: dict[tuple[str, int], str]) -> str | None:
    """The first anchored chain of which the entry at its anchored length is gone or another one."""
    for anchor in anchors:
        for reference, length, head in anchor.chains:
            if digests.get((reference, length)) != head:
                return f"{reference}: entry {length}, anchored as number {anchor.seq}, is gone or another one"
    return None


def salted(text: str, salt: bytes) -> str:
    """A digest of a sealed text, salted with a key that dies with it."""
    return hashlib.blake2b(text.encode(), key=salt[:64], digest_size=16).hexdigest()


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _digest(value: list[Any]) -> str:
    canonical = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
