"""tickets, show, audit verify: what is stored, as people and programs read it."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.cli import main
from bot.domain.vocabulary import RequestType
from bot.store import anchors, cases, inbox
from handlers import mail
from tests.unit.cli_desk import (
    ADDRESS,
    QUESTION,
    RECEIVED,
    at_desk,
    desk_home,  # noqa: F401 (a fixture)
    new_ticket,
    quarantine,
)

pytestmark = pytest.mark.usefixtures("desk_home")

ROOT = Path(__file__).parent.parent.parent
RECENT = datetime.now(UTC) - timedelta(hours=1)


def answer(capsys, *words, code=0):
    """What the command writes as JSON."""
    assert main([*words, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def started(*words, **changes):
    """The command as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT), **changes},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_tickets_come_by_due_date(capsys):
    late = at_desk(lambda desk: new_ticket(desk, received=RECENT))
    early = at_desk(new_ticket)
    assert [each["reference"] for each in answer(capsys, "tickets")] == [early, late]


def test_no_more_tickets_are_listed_than_are_wanted(capsys):
    at_desk(lambda desk: new_ticket(desk, received=RECENT))
    early = at_desk(new_ticket)
    assert [each["reference"] for each in answer(capsys, "tickets", "--limit", "1")] == [early]


def test_tickets_can_be_chosen_by_status(capsys):
    unread = at_desk(lambda desk: new_ticket(desk, sure=False))
    at_desk(new_ticket)
    assert [each["reference"] for each in answer(capsys, "tickets", "--status", "triage")] == [unread]


def test_an_unknown_status_is_bad_usage(capsys):
    assert main(["tickets", "--status", "late"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_overdue_tickets_and_items_are_listed_by_due_date(capsys):
    at_desk(lambda desk: new_ticket(desk, received=RECENT))
    overdue = at_desk(new_ticket)
    item = at_desk(lambda desk: quarantine(desk, b"From: a@b.example"))
    found = answer(capsys, "tickets", "--overdue")
    assert [(each["reference"], each["status"]) for each in found] == [(None, "quarantined"), (overdue, "open")]
    assert found[0]["quarantine"] == item


def test_the_plain_list_holds_tickets_and_says_how_many_items_wait_beside_them(capsys):
    reference = at_desk(new_ticket)
    at_desk(lambda desk: quarantine(desk, b"From: a@b.example"))
    capsys.readouterr()
    assert main(["tickets"]) == 0
    out, err = capsys.readouterr()
    assert [line.split("\t")[0] for line in out.splitlines()] == ["REFERENCE", reference]
    assert "1 more in quarantine" in err


def test_show_holds_the_names_of_the_contract(capsys):
    reference = at_desk(new_ticket)
    view = answer(capsys, "show", reference)
    assert set(view) == {
        "reference", "status", "outcome", "request_types", "language", "law", "channel", "requests", "requester",
        "agent", "verified", "received_at", "acknowledge_by", "due_at", "extended", "paused", "assignee",
        "messages", "events", "concerns", "data_points", "cooling_until", "hold",
        "redacted_at",
    }  # fmt: skip
    assert (view["reference"], view["status"], view["due_at"]) == (reference, "open", "2026-04-02")
    assert view["requester"] == {"address": ADDRESS, "name": "Robin Reed", "slack_user": None}


def test_show_takes_a_reference_in_small_letters(capsys):
    reference = at_desk(new_ticket)
    assert answer(capsys, "show", reference.lower())["reference"] == reference


def test_show_says_why_the_ticket_is_due_on_its_day(capsys):
    reference = at_desk(new_ticket)
    capsys.readouterr()
    assert main(["show", reference]) == 0
    out = capsys.readouterr().out
    assert "Art. 12(3)" in out
    assert "2026-04-02" in out
    assert QUESTION in out


def test_show_says_what_was_understood_with_the_sentences_that_show_it(capsys):
    async def write(desk):
        raw = (
            b"From: robin@letters.example\nTo: privacy@linden.example\nMessage-ID: <1@letters.example>\n\n"
            b"Our ref: QX/77\nPlease delete my account and all my data.\nPlease answer within 14 days.\n"
        )
        async with desk.store.transaction() as work:
            item = await inbox.put(
                work, source="imap", origin="box/1", raw=raw, received_at=RECEIVED, now=desk.now()
            )
        await mail.handle(desk, item)
        async with desk.store.reading() as work:
            (row,) = await cases.listed(work)
        return row.reference

    reference = at_desk(write)
    capsys.readouterr()
    assert main(["show", reference]) == 0
    out = capsys.readouterr().out
    assert "deletion: “Please delete my account and all my data.”" in out
    assert "own reference QX/77: “Our ref: QX/77”" in out
    assert "deadline 2026-03-16: “Please answer within 14 days.”" in out


def test_what_a_stranger_wrote_does_not_steer_the_terminal(capsys):
    async def steer(desk):
        return await new_ticket(desk, text="Hello\x1b[2Jthere")

    reference = at_desk(steer)
    capsys.readouterr()
    assert main(["show", reference]) == 0
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize("reference", ["PR-00000000", "nonsense", "PR-\x1b[2J"])
def test_a_reference_that_is_not_there_is_a_negative_answer_on_one_line(reference, capsys):
    assert main(["show", reference]) == 1
    err = capsys.readouterr().err
    assert "\x1b" not in err
    assert err.count("\n") == 1


def test_a_database_that_was_never_migrated_is_exit_2_and_is_not_made_by_looking(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "sqlite:///elsewhere/desk.db")
    ended = started("tickets")
    assert ended.returncode == 2
    assert ended.stderr.startswith("DATABASE_URL: ")
    assert ended.stderr.count("\n") == 1
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_that_is_no_database_is_exit_2(monkeypatch, tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("These are notes, and no database.\n" * 100)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///notes.txt")
    assert main(["tickets"]) == 2
    assert "not a database" in capsys.readouterr().err


def test_a_chain_that_holds_is_exit_0(capsys):
    at_desk(new_ticket)
    found = answer(capsys, "audit", "verify")
    assert found["holds"]
    assert found["tickets"] == 1
    assert found["entries"] >= 1


def test_a_changed_entry_is_found_and_is_exit_1(capsys):
    reference = at_desk(new_ticket)

    async def change(desk):
        async with desk.store.transaction() as work:
            await (await work.session.connection()).execute(
                text("UPDATE journal SET actor = 'somebody' WHERE seq = 1")
            )

    at_desk(change)
    found = answer(capsys, "audit", "verify", code=1)
    assert found["fault"] == f"{reference}: entry 1 was changed"


def test_a_lost_ticket_is_found_by_its_anchor(capsys):
    reference = at_desk(new_ticket)

    async def anchor_and_lose(desk):
        async with desk.store.transaction() as work:
            await anchors.drop(work, desk.now())
        async with desk.store.transaction() as work:
            for table in ("message", "outbox", "draft", "challenge", "request", "journal", "ticket"):
                await (await work.session.connection()).execute(text(f"DELETE FROM {table}"))

    at_desk(anchor_and_lose)
    assert main(["audit", "verify"]) == 1
    assert reference in capsys.readouterr().out


def test_looking_at_tickets_imports_neither_slack_nor_the_web_side():
    at_desk(new_ticket)
    program = (
        "import sys; from bot.cli import main; code = main(['tickets']);"
        "print([each for each in ('slack_sdk', 'slack_bolt', 'aiohttp', 'imapclient', 'alembic', 'py3langid')"
        " if each in sys.modules], code)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ended.stdout.splitlines()[-1] == "[] 0"


def test_a_deletion_waits_for_proof_and_says_so(capsys):
    at_desk(lambda desk: new_ticket(desk, RequestType.DELETION))
    (found,) = answer(capsys, "tickets")
    assert (found["status"], found["verified"]) == ("verifying", False)
    assert [each["verified"] for each in found["requests"]] == [False]
