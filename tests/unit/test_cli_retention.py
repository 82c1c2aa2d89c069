"""``retention``, ``ticket hold`` and what ``show`` says of both."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from bot.cli import main
from bot.domain.events import Closed
from bot.domain.vocabulary import Outcome
from bot.store import cases, drafts
from handlers.casework import happen
from tests.unit.cli_desk import ADDRESS, QUESTION, at_desk, desk_home, events, new_ticket

assert desk_home


def old_ticket() -> str:
    """Closed three years ago."""

    async def make(desk) -> str:
        reference = await new_ticket(desk)
        async with desk.store.transaction() as work:
            case = await cases.load(work, reference, for_update=True)
            await happen(desk, work, case, Closed(desk.now(), Outcome.WITHDRAWN), actor="desk")
            case.row.closed_at = datetime.now(UTC) - timedelta(days=1100)
        return reference

    return at_desk(make)


def answer(capsys, *words: str) -> dict:
    assert main(list(words)) == 0
    return json.loads(capsys.readouterr().out)


def test_a_dry_run_changes_nothing_and_the_real_one_redacts(desk_home, capsys):
    reference = old_ticket()
    capsys.readouterr()
    dry = answer(capsys, "retention", "--dry-run", "--json")
    assert (dry["dry_run"], dry["redacted"]) == (True, [reference])
    assert answer(capsys, "show", reference, "--json")["requester"]["address"] == ADDRESS
    done = answer(capsys, "retention", "--json")
    assert (done["dry_run"], done["redacted"], len(done["unreachable"])) == (False, [reference], 4)
    assert answer(capsys, "retention", "--json")["redacted"] == []


def test_a_redacted_ticket_is_shown_and_says_so(desk_home, capsys):
    reference = old_ticket()
    main(["retention"])
    capsys.readouterr()
    assert main(["show", reference]) == 0
    said = capsys.readouterr().out
    assert "nobody can read its texts any more" in said
    assert "(erased)" in said
    assert ADDRESS not in said
    assert QUESTION not in said
    assert main(["audit", "verify"]) == 0


def test_the_report_names_tickets_and_nobody(desk_home, capsys):
    reference = old_ticket()
    capsys.readouterr()
    assert main(["retention"]) == 0
    said = capsys.readouterr().out
    assert f"Tickets redacted: {reference}\n" in said
    assert "Out of the desk's reach" in said
    assert ADDRESS not in said


def test_a_hold_stops_it_and_show_says_why(desk_home, capsys):
    reference = old_ticket()
    assert main(["ticket", "hold", reference.lower(), "--reason", "A claim before the court."]) == 0
    capsys.readouterr()
    assert answer(capsys, "retention", "--json")["on_hold"] == [reference]
    main(["show", reference])
    assert ": A claim before the court." in capsys.readouterr().out
    assert main(["ticket", "unhold", reference]) == 0
    capsys.readouterr()
    assert answer(capsys, "retention", "--json")["redacted"] == [reference]


def test_who_redacted_is_on_record(desk_home, capsys):
    reference = old_ticket()
    main(["retention"])
    capsys.readouterr()
    shown = answer(capsys, "show", reference, "--json")
    assert [(each["actor"], each["event"]) for each in shown["events"]][-1] == ("cli:ada", "redacted")
    assert at_desk(lambda desk: _gone(desk, reference))


async def _gone(desk, reference: str) -> bool:
    async with desk.store.reading() as work:
        return await cases.load(work, reference) is None


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["retention.destroyed", "retention.committed"])
def test_a_round_that_is_killed_leaves_nothing_half_redacted(desk_home, capsys, moment):
    first, second = old_ticket(), old_ticket()
    environment = {**os.environ, "PRIVACY_DESK_FAILPOINT": moment}
    killed = subprocess.run([sys.executable, "-m", "bot", "retention"], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert main(["retention"]) == 0
    assert main(["audit", "verify"]) == 0
    capsys.readouterr()
    for reference in (first, second):
        shown = answer(capsys, "show", reference, "--json")
        assert (shown["requester"]["address"], shown["redacted_at"] is None) == (None, False)
        assert [each["event"] for each in shown["events"]].count("redacted") == 1


def test_a_draft_of_a_redacted_ticket_says_so(desk_home, capsys):
    reference = old_ticket()

    async def drafted(desk) -> int:
        async with desk.store.transaction() as work:
            case = await cases.load(work, reference)
            proposal = drafts.Proposal("Your request", "Done.")
            how = {"letter": "reply", "language": "en", "outcome": None, "types": (), "author": "cli:ada"}
            more = {"digest": "0" * 64, "policy_version": "", "now": desk.now()}
            return (await drafts.create(work, case, proposal=proposal, attachments=(), **how, **more)).id

    number = at_desk(drafted)
    main(["retention"])
    capsys.readouterr()
    assert main(["drafts", "show", str(number)]) == 1
    assert "is redacted" in capsys.readouterr().err


def test_a_hold_without_a_reason_is_refused(desk_home, capsys):
    reference = old_ticket()
    assert main(["ticket", "hold", reference, "--reason", " "]) == 1
    assert "Say why" in capsys.readouterr().err
    assert "hold_begun" not in str(at_desk(lambda desk: events(desk, reference)))
