"""drafts list, show, approve, discard: approval without Slack."""

import pytest
from sqlmodel import select

from bot.cli import main
from bot.domain.vocabulary import RequestType
from bot.store import drafts
from bot.store.tables import OutboxRow
from handlers import approvals
from tests.unit.cli_desk import (
    ADDRESS,
    at_desk,
    desk_home,  # noqa: F401 (a fixture)
    events,
    log_in,
    new_ticket,
)

pytestmark = pytest.mark.usefixtures("desk_home")


def ticket_with_draft(*types, **facts):
    """A ticket and the number of the draft that the desk made for it."""
    reference = at_desk(lambda desk: new_ticket(desk, *types, **facts))

    async def number(desk):
        async with desk.store.reading() as work:
            return (await drafts.open_ones(work))[-1].id

    return reference, str(at_desk(number))


def state_of(number):
    async def state(desk):
        async with desk.store.reading() as work:
            return (await drafts.load(work, int(number))).state

    return at_desk(state)


def letters_of_drafts():
    """The letters that approved drafts have put on their way."""

    async def count(desk):
        async with desk.store.reading() as work:
            return len((await work.session.exec(select(OutboxRow).where(OutboxRow.draft_id.is_not(None)))).all())

    return at_desk(count)


def test_drafts_are_listed_with_their_tickets(capsys):
    reference, number = ticket_with_draft()
    capsys.readouterr()
    assert main(["drafts", "list"]) == 0
    rows = [line.split("\t")[:3] for line in capsys.readouterr().out.splitlines()]
    assert rows[1:] == [[number, reference, "fulfilled"]]


def test_a_draft_is_shown_whole_and_the_look_is_recorded(capsys):
    reference, number = ticket_with_draft()
    capsys.readouterr()
    assert main(["drafts", "show", number]) == 0
    out = capsys.readouterr().out
    assert ADDRESS in out
    assert f"[{reference}]" in out
    assert "We do not sell or share your data" in out
    assert ("cli:ada", "looked") in at_desk(lambda desk: events(desk, reference))


def test_approving_shows_the_text_and_lets_the_letter_go(capsys):
    reference, number = ticket_with_draft()
    capsys.readouterr()
    assert main(["drafts", "approve", number]) == 0
    out = capsys.readouterr().out
    assert "We do not sell or share your data" in out
    assert "on its way" in out
    assert state_of(number) == "approved"
    assert letters_of_drafts() == 1
    assert ("cli:ada", "approved") in at_desk(lambda desk: events(desk, reference))


def test_a_ticket_stands_for_its_one_open_draft():
    reference, number = ticket_with_draft()
    assert main(["drafts", "approve", reference.lower()]) == 0
    assert state_of(number) == "approved"


def test_an_approval_of_another_text_does_not_count(capsys):
    _, number = ticket_with_draft()
    assert main(["drafts", "approve", number, "--digest", "0" * 64]) == 1
    assert "has changed" in capsys.readouterr().err
    assert (state_of(number), letters_of_drafts()) == ("open", 0)


def test_what_needs_two_people_does_not_leave_by_one(capsys, monkeypatch):
    _, number = ticket_with_draft(RequestType.DELETION, vouched_by="U0BEN")
    assert main(["drafts", "approve", number]) == 0
    assert "One more person is needed" in capsys.readouterr().out
    assert main(["drafts", "approve", number]) == 1
    assert "second person" in capsys.readouterr().err
    monkeypatch.setenv("LOGNAME", "eve")
    assert main(["drafts", "approve", number]) == 1
    assert (state_of(number), letters_of_drafts()) == ("open", 0)
    log_in("eve", monkeypatch)
    assert main(["drafts", "approve", number]) == 0
    assert (state_of(number), letters_of_drafts()) == ("approved", 1)


def test_a_discarded_draft_sends_nothing_and_cannot_be_approved(capsys):
    _, number = ticket_with_draft()
    assert main(["drafts", "discard", number]) == 0
    capsys.readouterr()
    assert main(["drafts", "approve", number]) == 1
    assert "discarded already" in capsys.readouterr().err
    assert letters_of_drafts() == 0


def test_an_edited_text_is_approved_as_it_stands():
    _, number = ticket_with_draft()

    async def edit(desk):
        async with desk.store.reading() as work:
            shown = (await drafts.load(work, int(number))).digest
        await approvals.edit_draft(desk, int(number), "U0BEN", shown, "Hello,\n\nIt is done.\n")
        return shown

    old = at_desk(edit)
    assert main(["drafts", "approve", number, "--digest", old]) == 1
    assert main(["drafts", "approve", number]) == 0


@pytest.mark.parametrize(
    "words", [("show", "99"), ("approve", "PR-00000000"), ("discard", "9" * 40), ("show", "x")]
)
def test_a_draft_that_is_not_there_is_a_negative_answer(words, capsys):
    assert main(["drafts", *words]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_ticket_without_an_open_draft_says_so(capsys):
    reference = at_desk(lambda desk: new_ticket(desk, RequestType.DELETION))
    assert main(["drafts", "show", reference]) == 1
    assert "no open draft" in capsys.readouterr().err
