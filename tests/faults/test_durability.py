"""What is said is on the disk first: the order of the system calls, which no kill -9 can show."""

import re
import shutil
from pathlib import Path

import pytest

from tests.conftest import need
from tests.faults.stories import letter
from tests.scenarios.outside import until, world_around
from tests.servers.dovecot import Dovecot

_TRACED = "trace=fsync,fdatasync,write,pwrite64,sendto"
_WRITTEN, _SYNCED = r"(write|pwrite64)\(\d+<[^>]*desk\.db-wal>", r"f(data)?sync\(\d+<[^>]*desk\.db-wal>"


@pytest.mark.slow
async def test_a_letter_is_on_the_disk_before_it_is_flagged_and_its_answer_before_it_leaves(
    dovecot: Dovecot, tmp_path: Path
) -> None:
    need(None if shutil.which("strace") else "needs the Debian package strace")
    async with world_around(dovecot, tmp_path, tls="none") as world:
        world.desk.environment["IMAP_URL"] = dovecot.url(world.mailbox, tls="none")
        trace = tmp_path / "trace"
        world.desk.under = ("strace", "-D", "-f", "-y", "-s", "80", "-e", _TRACED, "-o", str(trace))
        await world.desk.start()
        await letter(world)
        await world.desk.stop()
        await until(lambda: "+++ exited with 0" in trace.read_text(errors="replace").splitlines()[-1])
    calls = trace.read_text(errors="replace").splitlines()
    fetched, flagged = _place(calls, r"sendto\(.*UID FETCH.*BODY"), _place(calls, r"sendto\(.*UID STORE")
    assert _is_synced_between(calls, fetched, flagged), "flagged before it was on the disk"
    assert _is_synced_between(calls, flagged, _place(calls, r"sendto\(.*MAIL FROM")), "sent before it was decided"


def _place(calls: list[str], pattern: str) -> int:
    return next(place for place, call in enumerate(calls) if re.search(pattern, call))


def _is_synced_between(calls: list[str], start: int, end: int) -> bool:
    """Whether what was written to the log of the database in between was told to the disk."""
    between = calls[start:end]
    written = next(place for place, call in enumerate(between) if re.search(_WRITTEN, call))
    return any(re.search(_SYNCED, call) for call in between[written:])
