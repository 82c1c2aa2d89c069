"""``restored``: on a copy, and never beside a desk that runs on it."""

from bot.app import alone_on
from bot.cli import main
from bot.domain.vocabulary import RequestType
from bot.store.engine import sqlite_path
from tests.unit.cli_desk import at_desk, desk_home, new_ticket

assert desk_home


def test_it_says_what_it_put_right(desk_home, capsys):
    at_desk(lambda desk: new_ticket(desk, RequestType.ACCESS))
    capsys.readouterr()
    assert main(["restored"]) == 0
    assert capsys.readouterr().out.startswith("1 letters that waited are unsure now; 0 tickets")


def test_it_is_refused_while_a_desk_runs_on_the_copy(desk_home, capsys):
    path = at_desk(_path)
    with alone_on(path):
        assert main(["restored"]) == 2
    assert "another desk runs" in capsys.readouterr().err


async def _path(desk):
    return sqlite_path(str(desk.store._writer.url))
