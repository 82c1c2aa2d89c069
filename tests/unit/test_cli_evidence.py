"""``evidence``: one file for whoever asks, readable by its owner alone, and never over another file."""

import stat
import zipfile

from bot.cli import main
from bot.domain.vocabulary import RequestType
from tests.unit.cli_desk import ADDRESS, at_desk, desk_home, events, new_ticket

assert desk_home


def test_it_writes_the_archive_and_records_the_look(desk_home, capsys):
    reference = at_desk(lambda desk: new_ticket(desk, RequestType.ACCESS))
    assert main(["evidence", reference.lower()]) == 0
    said = capsys.readouterr().out
    place = desk_home / f"{reference}.zip"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert "verify.py" in zipfile.ZipFile(place).namelist()
    assert "public key" in said
    assert ADDRESS not in said
    assert ("cli:ada", "evidence_taken") in at_desk(lambda desk: events(desk, reference))
    assert main(["audit", "verify"]) == 0


def test_it_writes_over_nothing(desk_home, capsys):
    reference = at_desk(new_ticket)
    place = desk_home / "mine.zip"
    place.write_bytes(b"mine")
    assert main(["evidence", reference, "--out", str(place)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert place.read_bytes() == b"mine"


def test_a_place_that_cannot_be_written_is_one_line(desk_home, capsys):
    reference = at_desk(new_ticket)
    assert main(["evidence", reference, "--out", str(desk_home / "no" / "such.zip")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_an_unknown_ticket_has_no_evidence(desk_home, capsys):
    assert main(["evidence", "PR-ABCDEFGH"]) == 1
    assert "no such ticket" in capsys.readouterr().err
    assert not list(desk_home.glob("*.zip"))
