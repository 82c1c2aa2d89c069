"""What changed from one version of the policy to the next, statement by statement."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum

from bot.domain.policy import Policy, PolicyError, Statement, read_policy

_ALIKE = 0.6  # of their characters: then a statement is another wording of one that is gone
_INTRODUCTION = "introduction"


class Kind(StrEnum):
    """What became of a statement."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"  # the same words in another place


@dataclass(frozen=True, slots=True)
class Change:
    """One statement as it was and as it is; None where it was not, or is no more."""

    kind: Kind
    before: Statement | None
    after: Statement | None

    @property
    def anchor(self) -> str:
        """Where it stands, or stood."""
        known = self.after or self.before
        return known.anchor if known else ""


def fingerprint(policy: Policy) -> str:
    """Of version, date and text: another date is another version, too."""
    content = f"{policy.version}\n{policy.date}\n{policy.text}"
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def edition(text: str, version: str, published: date | None) -> Policy:
    """A version of the policy from its text, as it was kept."""
    try:
        bare = read_policy(text, None)
    except PolicyError:  # it was one once, when it was loaded by other rules
        bare = Policy("", (), "", None, text)
    return replace(bare, version=version, date=published)


def changes(old: Policy, new: Policy) -> tuple[Change, ...]:
    """In the order of the new version; what is no more comes last."""
    before, after = _statements(old), _statements(new)
    matcher = SequenceMatcher(None, [_words(each) for each in before], [_words(each) for each in after], False)
    kept = [(a + n, b + n) for a, b, size in matcher.get_matching_blocks() for n in range(size)]
    gone = _without(before, [a for a, _ in kept])
    fresh = _without(after, [b for _, b in kept])
    found: list[Change] = []
    for statement in fresh:
        former, kind = _former(statement, gone)
        if former:
            gone.remove(former)
        found.append(Change(kind, former, statement))
    return (*found, *(Change(Kind.REMOVED, each, None) for each in gone))


def counted(found: Iterable[Change]) -> str:
    """Such as “2 changed, 1 added”."""
    numbers = Counter(each.kind for each in found)
    return ", ".join(f"{numbers[kind]} {kind}" for kind in Kind if numbers[kind]) or "no statement"


def is_silent(old: Policy, new: Policy) -> bool:
    """Whether the text changed and its date did not, against “material changes are reflected in updated dates”."""
    return old.text != new.text and old.date == new.date


def quotes_changed(text: str, found: Iterable[Change]) -> bool:
    """Whether a letter quotes a statement that is worded otherwise by now, or gone."""
    lines = f"\n{text}\n"
    former = (each.before for each in found if each.before and each.kind in (Kind.CHANGED, Kind.REMOVED))
    return any("\n" + "".join(f"> {part}\n" for part in one.text.split("\n")) in lines for one in former)


def _statements(policy: Policy) -> list[Statement]:
    """The introduction counts as one."""
    first = [Statement(_INTRODUCTION, policy.title, policy.intro)] if policy.intro else []
    return [*first, *policy.statements]


def _words(statement: Statement) -> tuple[str, str, str]:
    """What makes it the same statement: another sentence before its list can turn its sense round."""
    return statement.section, statement.lead, statement.text


def _without(statements: Sequence[Statement], places: Iterable[int]) -> list[Statement]:
    left_out = set(places)
    return [each for place, each in enumerate(statements) if place not in left_out]


def _former(statement: Statement, gone: Sequence[Statement]) -> tuple[Statement | None, Kind]:
    """What a statement was before: the same words elsewhere, else its anchor, else what is most like it."""
    for former in gone:
        if (former.text, former.lead) == (statement.text, statement.lead):
            return former, Kind.MOVED
    for former in gone:
        if former.anchor == statement.anchor or former.text == statement.text:
            return former, Kind.CHANGED
    near = [each for each in gone if each.section == statement.section]
    alike = max(near, key=lambda each: _likeness(each, statement), default=None)
    if alike and _likeness(alike, statement) >= _ALIKE:
        return alike, Kind.CHANGED
    return None, Kind.ADDED


def _likeness(one: Statement, other: Statement) -> float:
    return SequenceMatcher(None, one.text[:500], other.text[:500], False).ratio()
