"""`train`: off by default, says in one line why it keeps nothing, and forgets."""

import json

import numpy as np
import pytest

from bot.cli import main
from bot.domain.learned.grams import PLACES
from bot.domain.learned.own import Own, packaged_digest
from bot.domain.vocabulary import RequestType
from bot.store import taught
from handlers import learning
from handlers.learning import Lesson
from tests.unit.cli_desk import at_desk, desk_home

assert desk_home


async def keep_one(desk) -> None:
    own = Own(np.zeros((PLACES, len(RequestType)), np.float32), packaged_digest())
    async with desk.store.transaction() as work:
        await taught.keep(work, own, examples=30, now=desk.now())


def test_it_is_refused_in_one_line_while_learning_is_off(desk_home, capsys):
    assert main(["train"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "error: learning from what staff decide is off; LEARNING=on switches it on\n"


def test_a_desk_uses_what_was_taught_only_where_learning_is_on(desk_home, monkeypatch):
    async def has(desk) -> bool:
        return desk.taught is not None

    assert not at_desk(has)
    monkeypatch.setenv("LEARNING", "on")
    assert at_desk(has)


def test_with_nothing_decided_it_says_so_and_keeps_no_model(desk_home, monkeypatch, capsys):
    monkeypatch.setenv("LEARNING", "on")
    assert main(["train", "--json"]) == 1
    said = capsys.readouterr()
    assert said.err == "error: no model is kept: 0 decisions are too few to learn from: 20 are needed\n"
    assert json.loads(said.out) == {
        "kept": False,
        "why_not": "0 decisions are too few to learn from: 20 are needed",
        "examples": 0,
        "types": {},
        "skipped": {},
        "before": None,
        "after": None,
        "model": None,
    }


def test_it_reports_what_was_used_and_how_much_better_it_is(desk_home, monkeypatch, capsys):
    async def learned(_desk) -> Lesson:
        before, after = learning.Score(3, 2, 19, 9), learning.Score(12, 1, 11, 20)
        return Lesson(24, {"deletion": 14, "access": 10}, {learning.ERASED: 3}, before, after, "", 2048)

    monkeypatch.setenv("LEARNING", "on")
    monkeypatch.setattr(learning, "train", learned)
    assert main(["train"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "decisions used  24 (access 10, deletion 14)",
        "skipped         letter or key erased 3",
        "before          3 right and 2 wrong by itself, 19 left to staff; best guess right 9 times",
        "after           12 right and 1 wrong by itself, 11 left to staff; best guess right 20 times",
        "model           2048 bytes in the table `taught` of the database, sealed",
    ]


@pytest.mark.parametrize("learning_is", ["on", "off"])
def test_what_was_learned_is_forgotten_whether_learning_is_on_or_off(desk_home, monkeypatch, capsys, learning_is):
    monkeypatch.setenv("LEARNING", learning_is)
    at_desk(keep_one)
    assert main(["train", "--forget"]) == 0
    assert main(["train", "--forget", "--json"]) == 0
    assert capsys.readouterr().out.splitlines() == ["What was learned is deleted.", '{"forgotten": false}']
