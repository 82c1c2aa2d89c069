"""Where the product honours each statement of the policy, and what shows it: `docs/policy-map.md`."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.domain.policy import Policy, read_policy

ROOT = Path(__file__).resolve().parents[2]
_HEAD = """# Where each statement of the policy is honoured

Generated from `tests/policy_map/map.toml` by `python -m tests.policy_map > docs/policy-map.md`; a test says that
every statement stands here, and that each file, symbol and test that is named exists.

{honoured} of {all} statements are honoured by what the desk does; only quoted, each with the reason: {quoted}.
"""


@dataclass(frozen=True, slots=True)
class Place:
    """What is said of one statement. ``only_quoted``: why the desk can do no more than quote it."""

    does: str = ""
    where: tuple[str, ...] = ()  # path, or path::symbol
    shown: tuple[str, ...] = ()  # path::test, or a page
    only_quoted: str = ""


def published() -> Policy:
    about = (ROOT / "templates/policy.toml").read_text("utf-8")
    return read_policy((ROOT / "templates/policy.md").read_text("utf-8"), about)


def load() -> Mapping[str, Place]:
    rows = tomllib.loads((ROOT / "tests/policy_map/map.toml").read_text("utf-8"))
    found = {}
    for anchor, row in rows.items():
        lists = {name: tuple(row.get(name, ())) for name in ("where", "shown")}
        found[anchor] = Place(row.get("does", ""), **lists, only_quoted=row.get("only_quoted", ""))
    return found


def is_there(named: str) -> bool:
    """Whether the file is there and, where one is named, the symbol or test in it."""
    path, _, symbol = named.partition("::")
    file = ROOT / path
    if not file.exists():
        return False
    text = file.read_text("utf-8") if file.is_file() else ""
    return not symbol or bool(re.search(rf"\b{re.escape(symbol)}\b", text))


def page() -> str:
    return "\n".join(_lines(published(), load())) + "\n"


def _lines(policy: Policy, places: Mapping[str, Place]) -> Iterator[str]:
    quoted = sum(bool(each.only_quoted) for each in places.values())
    yield _HEAD.format(all=len(places), honoured=len(places) - quoted, quoted=quoted)
    section = ""
    for statement in policy.statements:
        if statement.section != section:
            section = statement.section
            yield f"## {section}\n"
        place = places[statement.anchor]
        yield f"> {statement.text}\n"
        if place.only_quoted:
            yield f"**Only quoted.** {place.only_quoted}\n"
            continue
        yield f"{place.does}\n"
        yield f"- Where: {', '.join(f'`{each}`' for each in place.where)}"
        yield f"- Shown by: {', '.join(f'`{each}`' for each in place.shown)}\n"
