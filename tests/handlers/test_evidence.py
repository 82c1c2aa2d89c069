"""The archive for a regulator: whole, the same from the same records, and checked by its own script alone."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from bot.domain.events import Answered, Closed
from bot.domain.lifecycle import Refused
from bot.domain.vocabulary import Outcome, RequestType
from bot.store import anchors
from handlers import actions, evidence
from handlers.approvals import approve_draft
from handlers.retention import sweep
from tests.handlers.conftest import ADA, BEN, ERASE, ROBIN, Bench

Files = dict[str, bytes]


async def decided(bench: Bench) -> str:
    """The reference of a deletion that was proven, drafted by one and approved by another."""
    case = await bench.proven(ERASE)
    await actions.propose(bench.desk, case.reference, ADA, Outcome.FULFILLED)
    (draft,) = await bench.drafts()
    await approve_draft(bench.desk, draft.id, BEN, draft.digest)
    return case.reference


async def taken(bench: Bench, reference: str) -> Files:
    return unpacked((await evidence.take(bench.desk, reference, ADA)).archive)


def unpacked(whole: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: Files, place: Path) -> Path:
    with zipfile.ZipFile(place, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return place


def checked(files: Files, folder: Path, *, bare: bool = True) -> tuple[int, str]:
    """What the archive's own script says: exit code and words; ``bare``: with the standard library alone."""
    place = packed(files, folder / "evidence.zip")
    script = folder / "verify.py"
    script.write_bytes(files["verify.py"])
    options = ["-I", "-S"] if bare else []
    done = subprocess.run(
        [sys.executable, *options, script, place], env={}, capture_output=True, text=True, cwd=folder, check=False
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


async def test_it_holds_what_a_regulator_asks_for(bench):
    files = await taken(bench, await decided(bench))
    told = {name: json.loads(content) for name, content in files.items() if name.endswith(".json")}
    letters = [name for name in sorted(files) if name.startswith("letters/")]
    assert [name.rpartition("-")[2] for name in letters] == ["in.txt", "out.txt", "in.txt", "out.txt", "out.txt"]
    assert b"delete my account" in files[letters[0]]
    assert told["ticket.json"]["requester"]["address"] == ROBIN
    assert told["dates.json"]["requests"][0]["type"] == "deletion"
    assert "Art. 12(3)" in told["dates.json"]["why"]
    assert told["laws.json"]["laws"]["gdpr"]["clocks"][0]["citation"]
    assert files[f"policy/{told['policy.json'][0]['version']}.md"] == bench.desk.policy.text.encode()
    assert {(each["who"], each["did"]) for each in told["people.json"]} >= {
        (ADA, "drafted"),
        (BEN, "approved"),
        (ADA, "looked"),
        (ADA, "evidence_taken"),
    }
    assert [each["event"] for each in told["journal.json"]][-2:] == ["looked", "evidence_taken"]


async def test_its_script_finds_it_whole_without_anything_installed(bench, tmp_path):
    code, said = checked(await taken(bench, await decided(bench)), tmp_path)
    assert code == 0
    assert "form one chain; anchors cover" in said
    assert "SIGNATURES WERE NOT CHECKED" in said


async def test_where_cryptography_is_installed_signatures_are_checked(bench, tmp_path):
    reference = await decided(bench)
    key = (await evidence.take(bench.desk, reference, ADA)).public_key
    code, said = checked(await taken(bench, reference), tmp_path, bare=False)
    assert code == 0
    assert "signatures of manifest and anchors hold" in said
    assert key in said


async def test_it_covers_the_journal_to_its_end(bench, tmp_path):
    files = await taken(bench, await decided(bench))
    count = len(json.loads(files["journal.json"]))
    assert f"{count} entries of" in checked(files, tmp_path)[1]
    assert f"anchors cover {count} of them" in checked(files, tmp_path)[1]


async def test_it_can_be_checked_unpacked(bench, tmp_path):
    files = await taken(bench, await decided(bench))
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    done = subprocess.run([sys.executable, "-I", "-S", tmp_path / "verify.py"], env={}, check=False)
    assert done.returncode == 0


async def test_the_same_records_make_the_same_bytes(bench, monkeypatch):
    reference = await decided(bench)
    async with bench.desk.store.reading() as work:
        case = await evidence._case(work, reference)
        first, second = [await evidence._files(bench.desk, work, case) for _ in range(2)]
    archives = [
        evidence.evidence.archive(each, reference, bench.clock(), lambda digest: digest)
        for each in (first, dict(reversed(second.items())))
    ]
    assert archives[0] == archives[1]


# ---- tampering ---------------------------------------------------------------------------------------------


def remade(files: Files, **changes: bytes) -> Files:
    """Changed by somebody who also writes the manifest anew, and cannot sign it."""
    changed = files | changes
    names = [name for name in changed if not name.startswith("manifest.")]
    hashes = {name: evidence.evidence.hashlib.sha256(changed[name]).hexdigest() for name in names}
    manifest = json.loads(files["manifest.json"]) | {"files": hashes}
    return changed | {"manifest.json": json.dumps(manifest).encode()}


async def test_a_changed_letter_shows(bench, tmp_path):
    files = await taken(bench, await decided(bench))
    name = next(each for each in files if each.startswith("letters/"))
    code, said = checked(files | {name: b"Please keep my data."}, tmp_path)
    assert (code, said) == (1, f"BROKEN: {name} was changed\n")


@pytest.mark.parametrize("name", ["journal.json", "laws.json", "manifest.sig", "anchors.json"])
async def test_a_missing_file_shows(bench, tmp_path, name):
    files = await taken(bench, await decided(bench))
    del files[name]
    code, said = checked(files, tmp_path)
    assert (code, said) == (1, f"BROKEN: {name} is missing\n")


async def test_a_file_that_was_added_shows(bench, tmp_path):
    files = await taken(bench, await decided(bench)) | {"letters/999.txt": b"Thank you, all is well."}
    assert checked(files, tmp_path) == (1, "BROKEN: letters/999.txt was added\n")


async def test_an_entry_that_was_changed_shows_though_the_manifest_is_written_anew(bench, tmp_path):
    files = await taken(bench, await decided(bench))
    entries = json.loads(files["journal.json"])
    entries[1]["actor"] = "somebody"
    files = remade(files, **{"journal.json": json.dumps(entries).encode()})
    assert checked(files, tmp_path) == (1, "BROKEN: journal: entry 2 was changed\n")


async def test_a_journal_that_was_cut_off_shows_by_its_anchor(bench, tmp_path):
    files = await taken(bench, await decided(bench))
    entries = json.loads(files["journal.json"])[:-1]
    code, said = checked(remade(files, **{"journal.json": json.dumps(entries).encode()}), tmp_path)
    assert code == 1
    assert "is gone or another one" in said


async def test_who_writes_everything_anew_cannot_sign_it(bench, tmp_path):
    files = await taken(bench, await decided(bench))
    forged = remade(files, **{"ticket.json": b"{}\n"})
    assert checked(forged, tmp_path)[0] == 0  # why the script says so loudly that it could not check signatures
    assert checked(forged, tmp_path, bare=False) == (1, "BROKEN: the manifest bears a wrong signature\n")


@pytest.mark.parametrize("whole", [b"", b"PK", b"no archive at all"])
async def test_what_is_no_archive_is_said_in_a_line(bench, tmp_path, whole):
    (tmp_path / "evidence.zip").write_bytes(whole)
    script = evidence.packaged_templates() / "evidence" / "verify.py"
    done = subprocess.run(
        [sys.executable, "-I", "-S", script, tmp_path / "evidence.zip"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (1, "", 1)
    assert done.stdout.startswith("BROKEN: it is no evidence archive")


# ---- the desk's side ---------------------------------------------------------------------------------------


async def test_of_a_redacted_ticket_the_journal_is_whole_and_the_letters_are_gone(bench, tmp_path):
    case = await bench.proven(ERASE)
    await bench.happen(case.reference, Answered(bench.clock(), (RequestType.DELETION,), Outcome.FULFILLED))
    bench.clock.forward(days=800)
    await sweep(bench.desk)
    files = await taken(bench, case.reference)
    assert all(b"(erased" in content for name, content in files.items() if name.startswith("letters/"))
    assert ROBIN.encode() not in b"".join(files.values())
    assert "redacted" in [each["event"] for each in json.loads(files["journal.json"])]
    assert checked(files, tmp_path)[0] == 0


async def test_no_code_is_in_it(bench):
    await bench.write(ERASE)
    (case,) = await bench.cases()
    code = (await bench.letters())[-1].get_body(("plain",)).get_content()
    files = await taken(bench, case.reference)
    codes = [word for word in code.split() if word.isdigit() and len(word) == 8]
    assert codes
    assert codes[0].encode() not in b"".join(files.values())


async def test_taking_it_leaves_the_journal_whole(bench):
    await taken(bench, await decided(bench))
    async with bench.desk.store.reading() as work:
        assert (await anchors.verify(work))[2] is None


async def test_anchors_over_other_tickets_alone_are_left_out(bench):
    mine = await decided(bench)
    other = await bench.case(await bench.write(ERASE, sender="eve@elsewhere.example"))
    async with bench.desk.store.transaction() as work:
        await anchors.drop(work, bench.clock())
    await bench.happen(other.reference, Closed(bench.clock(), Outcome.WITHDRAWN))
    async with bench.desk.store.transaction() as work:
        await anchors.drop(work, bench.clock())
    told = json.loads((await taken(bench, mine))["anchors.json"])["anchors"]
    assert [each["seq"] for each in told] == [1, 3]


async def test_there_is_none_of_a_ticket_that_is_not_there(bench):
    with pytest.raises(Refused, match="no such ticket"):
        await evidence.take(bench.desk, "PR-ABCDEFGH", ADA)
