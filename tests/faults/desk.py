"""`python -m bot run` by a clock that a test sets: the file `ahead` holds by how many seconds it is fast."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import app, clock
from bot.logs import configure_logging
from bot.settings import Settings

AHEAD = Path("ahead")


def now() -> datetime:
    ahead = float(AHEAD.read_text()) if AHEAD.exists() else 0.0
    return datetime.now(UTC) + timedelta(seconds=ahead)


async def _run() -> None:
    await app.run(Settings.load(), app.stopped_by_signals(), now)


if __name__ == "__main__":
    configure_logging("INFO", "text")
    clock.EVERY = 0.5  # seconds: nobody waits a minute here
    asyncio.run(_run())
