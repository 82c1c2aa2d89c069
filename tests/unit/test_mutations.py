"""The defences that ``python -m tests.mutations`` switches off are still in the code; the run itself is slow."""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.mutations.defences import DEFENCES, Defence

ROOT = Path(__file__).parents[2]


@cache
def names_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(
        each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
    )


@pytest.mark.parametrize("defence", DEFENCES, ids=lambda each: each.name)
def test_what_is_switched_off_stands_in_the_code_once_and_leaves_code_behind(defence: Defence) -> None:
    source = (ROOT / defence.file).read_text("utf-8")
    assert source.count(defence.code) == 1
    ast.parse(defence.switched_off(source))
    assert defence.switched_off(source) != source


@pytest.mark.parametrize("defence", DEFENCES, ids=lambda each: each.name)
def test_the_tests_that_should_notice_are_there(defence: Defence) -> None:
    for test in defence.tests:
        path, *_, name = test.split("::")
        assert name in names_in(path)


def test_every_defence_has_a_name_of_its_own() -> None:
    assert len({each.name for each in DEFENCES}) == len(DEFENCES)
