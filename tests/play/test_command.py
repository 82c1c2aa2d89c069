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


async def test_the_demo_says_where_it_is_and_stops_with_ctrl_c_while_somebody_looks(tmp_path):
    kept = tmp_path / "kept"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--keep", str(kept)), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    async with asyncio.timeout(60):
        line = (await process.stdout.readline()).decode()
    (url,) = re.findall(r"http://127\.0\.0\.1:\d+/\S+/", line)
    async with aiohttp.ClientSession() as session, session.get(f"{url}events") as events:
        assert events.status == 200
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(15):
            assert await process.wait() == 0
    assert {"desk.db", "people.json"} <= {each.name for each in kept.iterdir()}
