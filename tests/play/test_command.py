"""The command opens the page and stops when it is told to, whoever still looks at it."""

import asyncio
import re
import signal
import sys
from pathlib import Path

import aiohttp
import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]


async def started(kept: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--keep", str(kept)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_the_demo_says_where_it_is_and_stops_with_ctrl_c_while_somebody_looks(tmp_path):
    kept = tmp_path / "kept"
    process = await started(kept)
    assert process.stdout is not None
    async with asyncio.timeout(60):
        line = (await process.stdout.readline()).decode()
    (url,) = re.findall(r"http://127\.0\.0\.1:\d+/\S+/", line)
    async with aiohttp.ClientSession() as session, session.get(f"{url}events") as events:
        assert events.status == 200
        second = await started(kept)
        _, told = await second.communicate()
        assert (second.returncode, told.count(b"\n")) == (2, 1)
        assert b"another desk runs on this database" in told
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(15):
            assert await process.wait() == 0
    assert {"desk.db", "people.json"} <= {each.name for each in kept.iterdir()}


async def test_what_no_demo_has_kept_is_told_in_a_line(tmp_path):
    (tmp_path / "people.json").write_text("[7")
    process = await started(tmp_path)
    _, told = await process.communicate()
    assert (process.returncode, told.count(b"\n")) == (2, 1)
    assert b"people.json: cannot be read" in told
