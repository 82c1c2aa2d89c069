"""docs/security.md lists every attack once, and every test that it names is there."""

import ast
import re
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
ROWS = re.findall(r"(?m)^\| (T\d\d) \| (.+) \| (.+) \| (.*)\|$", PAGE)
NAMED = sorted({(number, name) for number, *_, tests in ROWS for name in re.findall(r"`([^`]+)`", tests)})


@cache
def functions_of(path: str) -> list[str]:
    tree = ast.parse((ROOT / "tests" / path).read_text("utf-8"))
    functions = (each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))
    return [each.name for each in functions if each.name.startswith("test_")]


def test_every_attack_stands_there_once() -> None:
    assert sorted(number for number, *_ in ROWS) == [f"T{number:02d}" for number in range(1, 77)]


@pytest.mark.parametrize(("number", "named"), NAMED)
def test_every_test_that_is_named_is_there(number: str, named: str) -> None:
    path, _, name = named.partition("::")
    assert [each for each in functions_of(path) if fnmatchcase(each, name)]


def test_an_attack_has_a_test_or_a_reason_why_not() -> None:
    without = [number for number, _, does, tests in ROWS if "`" not in tests and "not built yet: " not in does]
    assert without == []


def test_every_test_with_a_number_is_of_an_attack_that_names_it_or_its_file() -> None:
    """Who adds a numbered test to another file tells it here."""
    files = {(number, named.partition("::")[0]) for number, named in NAMED}
    numbered = {
        (f"T{digits}", str(path.relative_to(ROOT / "tests")))
        for path in sorted((ROOT / "tests" / "attacks").glob("test_*.py"))
        for name in functions_of(str(path.relative_to(ROOT / "tests")))
        for digits in re.findall(r"(?<=_t)\d\d(?=_)", name.partition("test")[2])
    }
    assert sorted(numbered - files) == []


def test_every_path_that_it_names_is_there() -> None:
    page = re.sub(r"`[^`\n]*::[^`\n]*`", "", PAGE)  # names of tests, which stand below tests/
    paths = re.findall(r"(?<![\w/])(?:\.ci|bot|docs|handlers|tests)/[\w./-]*\w|(?<=\]\()[\w./-]+(?=\))", page)
    assert [each for each in paths if not (ROOT / each).exists() and not (ROOT / "docs" / each).exists()] == []
