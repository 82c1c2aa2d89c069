"""What a mail of each shape costs a desk, in time and memory: ``python -m tests.attacks.weigh [SHAPE …]``.

A process of its own, so that what grows in it has grown for these mails. A line of JSON for each. For Linux.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from bot.domain.understanding import classify
from tests.attacks.shapes import SHAPES
from tests.handlers.conftest import ERASE, Bench, bench_on, new_store


async def weigh_all(names: Iterable[str]) -> None:
    classify(ERASE)  # its model is loaded once in the life of a desk
    with tempfile.TemporaryDirectory() as folder:
        async with new_store(f"sqlite+aiosqlite:///{folder}/desk.db") as store:
            bench = bench_on(store, Path(folder))
            await bench.write(ERASE)
            for name in names:
                print(json.dumps({"shape": name, **await weigh(bench, SHAPES[name]())}), flush=True)


async def weigh(bench: Bench, raw: bytes) -> dict[str, object]:
    """What becomes of a mail, the processor's seconds over it, and the megabytes beside its own bytes."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew, see proc(5)
    before, began = _kilobytes("VmRSS"), time.process_time()
    item = await bench.bring(raw)
    seconds, grown = time.process_time() - began, _kilobytes("VmHWM") - before
    outcome = {"state": item.state, "is_ticket": item.ticket_id is not None, "reason": item.reason}
    return outcome | {"seconds": round(seconds, 3), "megabytes": grown // 1024}


def _kilobytes(name: str) -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.partition(f"{name}:")[2].split()[0])


if __name__ == "__main__":
    asyncio.run(weigh_all(sys.argv[1:] or SHAPES))
