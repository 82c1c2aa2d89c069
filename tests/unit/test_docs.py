"""The documents say what the code does: its settings, commands, dependencies, transitions and paths."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest
import typer

from bot import cli
from bot.domain import events
from bot.domain.events import Event
from bot.domain.identity import Proof
from bot.domain.lifecycle import IllegalTransition, Refused, advance
from bot.domain.limits import LIMITS, LOOP
from bot.domain.ticket import Request, Ticket
from bot.domain.vocabulary import Outcome, RequestType
from bot.domain.watching import PATTERNS, Kind
from bot.settings import VARIABLES

ROOT = Path(__file__).resolve().parents[2]
README, *_BESIDE = (
    (ROOT / name).read_text("utf-8")
    for name in (
        "README.md",
        *(f"docs/{each}.md" for each in ("operating", "architecture", "dependencies", "runbook")),
    )
)
OPERATING, ARCHITECTURE, DEPENDENCIES, RUNBOOK = _BESIDE
DOCUMENTS = {
    "README.md": README,
    "operating": OPERATING,
    "architecture": ARCHITECTURE,
    "deps": DEPENDENCIES,
    "runbook": RUNBOOK,
}
AT = datetime(2026, 3, 2, tzinfo=UTC)


def test_every_setting_and_no_other_stands_in_the_table() -> None:
    assert _first_column(_part(OPERATING, "Settings")) == sorted(VARIABLES)


def test_every_command_and_no_other_stands_in_the_table() -> None:
    application = typer.main.get_command(cli.build())

    assert _first_column(_part(OPERATING, "Commands")) == sorted(_commands(application))


def test_every_dependency_and_no_other_stands_in_the_tables() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    names = {re.split(r"[^\w-]", wanted)[0] for group in groups for wanted in group} - {project["name"]}
    parts = ("To run", "Extras", "To test")

    assert sorted(name for part in parts for name in _first_column(_part(DEPENDENCIES, part))) == sorted(names)


def test_every_dependency_has_an_exact_version() -> None:
    pinned = re.findall(r"(?m)^([\w.-]+)==\S+$", (ROOT / ".ci/constraints.txt").read_text("utf-8"))
    named = {name for part in ("To run", "Extras", "To test") for name in _first_column(_part(DEPENDENCIES, part))}

    assert {_normal(name) for name in named} <= {_normal(name) for name in pinned}


def test_the_drawing_of_a_tickets_life_is_what_advance_does() -> None:
    drawn = re.findall(r"(?m)^ +(\S+ --> \S+: .+)$", _part(ARCHITECTURE, "The life of a ticket"))

    assert sorted(drawn) == _arrows()


def test_the_runbook_has_a_part_for_every_pattern_and_says_its_number() -> None:
    parts = {
        re.sub(r"[^a-z -]", "", each.lower()).replace(" ", "-") for each in re.findall(r"(?m)^## (.+)$", RUNBOOK)
    }
    rows = dict(re.findall(r"(?m)^\| `(\w+)` \| (.+?) \|", RUNBOOK))

    assert {each.anchor for each in PATTERNS.values()} <= parts
    assert set(rows) >= {str(kind) for kind in PATTERNS}
    numbers = {kind: LOOP.most if kind == Kind.LOOP else each.count for kind, each in PATTERNS.items()}
    assert [kind for kind, number in numbers.items() if str(number) not in rows[kind].split()] == []


def test_the_limits_on_mail_stand_in_the_table() -> None:
    rows = re.findall(r"(?m)^\| .+ \| (?:one|[\d,]+) an? .+$|^\| .+ \| (?:one|[\d,]+) a day", OPERATING)
    said = [re.findall(r"\| (one|[\d,]+) (?:an hour|a day)", row)[0].replace(",", "") for row in rows]

    assert sorted(int(each.replace("one", "1")) for each in said) == sorted(each.most for each in LIMITS)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_that_a_document_names_is_there(document: str) -> None:
    text = DOCUMENTS[document]
    named = re.findall(r"(?:\.ci|bot|docs|handlers|templates|tests)/[\w./-]*\w|(?<=\]\()[\w./-]+(?=\))", text)
    folder = ROOT if document == "README.md" else ROOT / "docs"

    assert [path for path in named if not (ROOT / path).exists() and not (folder / path).exists()] == []


@pytest.mark.parametrize(
    ("name", "ending"), [("demo", "python -m bot demo"), ("test", "python -m pytest -n 2 --dist loadfile")]
)
def test_each_of_the_readmes_two_commands_is_one_whole_line(name: str, ending: str) -> None:
    block = re.search(rf"<!-- {name} -->\n```sh\n(.*)\n```\n", README)

    assert block
    assert block[1].startswith("python3 -m venv .venv && ")
    assert block[1].endswith(f" && {ending}")


def _part(text: str, title: str) -> str:
    """What stands under a heading, up to the next."""
    found = re.search(rf"(?ms)^## {re.escape(title)}$(.*?)(?=^## |\Z)", text)
    assert found, f"there is no heading {title}"
    return found[1]


def _first_column(text: str) -> list[str]:
    return sorted(re.findall(r"(?m)^\| `([^`]+)` \|", text))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _commands(command: object, path: str = "") -> Iterator[str]:
    """The commands that do something, as they are called."""
    for name, inner in getattr(command, "commands", {}).items():
        called = f"{path} {name}".strip()
        if hasattr(inner, "commands"):
            yield from _commands(inner, called)
        else:
            yield called


def _arrows() -> list[str]:
    """Every change of status that a few events in a row bring about, as the picture has it."""
    edges: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    seen: set[Ticket] = set()
    todo: list[tuple[Ticket | None, int]] = [(None, 0)]
    for ticket, age in todo:
        before = ticket.status if ticket else "[*]"
        for event in _happenings(ticket):
            try:
                after, _ = advance(ticket, event)
            except (IllegalTransition, Refused):
                continue
            if before != after.status:
                edges[str(before), str(after.status)].add(type(event).__name__)
            fresh = {after} - seen if age < 3 else set()
            seen |= fresh
            todo += [(each, age + 1) for each in fresh]
    return sorted(
        f"{source} --> {target}: {', '.join(sorted(names))}" for (source, target), names in edges.items()
    )


def _happenings(ticket: Ticket | None) -> Iterator[Event]:
    """What could happen to it, in every variant that matters to a status."""
    types = ("deletion",), ("opt_out",), ("deletion", "opt_out"), ("policy_question",), ("not_privacy",)
    groups = [tuple(map(RequestType, names)) for names in types]
    both = (False, True)
    if ticket is None:
        yield from (events.Opened(AT, *each[:2], answerable=each[2]) for each in product(groups, both, both))
        yield from (events.Opened(AT, group, True, unconfirmed=True) for group in groups)
        return
    yield from (events.Unconfirmed(), events.Withdrawn(AT))
    yield from (events.Confirmed(AT, group) for group in groups)
    yield from (events.Repeated(), events.Proven(AT), events.Mistried(), events.Vouched(AT), events.Released())
    yield events.Hushed()
    yield from (events.Doubted(), events.Proven(AT, Proof.MAILBOX))
    yield from (events.Asked(AT), events.Extended(AT), events.Reminded(AT), events.Unanswered(AT))
    yield from (events.Added(AT, group, answerable=True) for group in groups)
    yield events.Added(AT, (RequestType.COMPLAINT,), appeal=True)
    yield from (events.Typed(AT, group) for group in groups)
    yield from (events.Heard(AT, thanks=thanks) for thanks in both)
    settled = [ticket.open_types, *((each,) for each in ticket.open_types)]
    yield from (events.Answered(AT, group, outcome) for group, outcome in product(settled, Outcome))
    yield from (events.Closed(AT, outcome) for outcome in Outcome)
    yield from (events.Transferred(AT), events.Linked("PR-7K2M9QXT"))
    yield from (events.Joined(AT, tuple(Request(each, AT) for each in group)) for group in groups)
    yield from (events.Reopened(AT, group) for group in groups)
