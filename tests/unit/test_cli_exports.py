"""attach: a file for a ticket, a page for it, its withdrawal, and how it was handed over otherwise."""

import pytest

from bot.cli import main
from bot.domain.vocabulary import RequestType
from handlers import exports
from tests.unit.cli_desk import (
    at_desk,
    desk_home,  # noqa: F401 (a fixture)
    events,
    new_ticket,
)

PUBLIC = "https://desk.linden.example"

pytestmark = pytest.mark.usefixtures("desk_home")


@pytest.fixture
def reference(monkeypatch, capsys):
    """A proven wish for a copy, at a desk that can be reached from outside."""
    monkeypatch.setenv("PUBLIC_URL", PUBLIC)
    found = at_desk(lambda desk: new_ticket(desk, RequestType.ACCESS, vouched_by="U0BEN"))
    capsys.readouterr()
    return found


def test_a_file_is_taken_and_a_draft_shows_that_it_carries_it(reference, desk_home, capsys):  # noqa: F811
    (desk_home / "data.json").write_text('{"a": 1}')
    assert main(["attach", reference.lower(), "data.json"]) == 0
    assert capsys.readouterr().out.startswith("data.json: 8 bytes, sealed")
    assert ("cli:ada", "export_attached") in at_desk(lambda desk: events(desk, reference))
    assert main(["drafts", "show", reference]) == 0
    out = capsys.readouterr().out
    assert "an export of 8 bytes, json." in out
    assert main(["attach", reference, "--withdraw"]) == 0
    assert "1 taken back" in capsys.readouterr().out
    assert main(["drafts", "show", reference]) == 0
    assert "without a file" in capsys.readouterr().out


def test_the_address_of_a_page_is_printed(reference, capsys):
    assert main(["attach", reference, "--link"]) == 0
    token = capsys.readouterr().out.strip().removeprefix(f"{PUBLIC}/hand-in/")
    page, known = at_desk(lambda desk: exports.page_behind(desk, token))
    assert (page.actor, known) == ("cli:ada", reference)


def test_another_way_is_recorded_without_a_public_url(reference, monkeypatch, capsys):
    monkeypatch.delenv("PUBLIC_URL")
    assert main(["attach", reference, "--link"]) == 1
    assert "PUBLIC_URL" in capsys.readouterr().err
    assert main(["attach", reference, "--handed-over", "at the counter"]) == 0
    assert ("cli:ada", "export_handed_over") in at_desk(lambda desk: events(desk, reference))


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((), 2),
        (("here.json", "--link"), 2),
        (("not-there.json",), 1),
        ((".",), 1),
    ],
)
def test_what_cannot_be_is_one_line(reference, words, code, capsys):
    assert main(["attach", reference, *words]) == code
    assert capsys.readouterr().err.count("\n") == 1


def test_a_ticket_that_is_not_there_is_a_negative_answer(reference, capsys):
    assert main(["attach", "PR-00000000", "--link"]) == 1
    assert "no such ticket" in capsys.readouterr().err
