"""The desk as a process: started, waited for, stopped and killed, with its commands beside it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0  # seconds until a test gives up on something that should happen


async def until(condition: Callable[[], Any], timeout: float = PATIENCE) -> Any:
    """The first true answer of a condition, asked again and again. TimeoutError where there is none."""
    end = time.monotonic() + timeout
    while True:
        answer = condition()
        if isinstance(answer, Awaitable):
            answer = await answer
        if answer:
            return answer
        if time.monotonic() > end:
            raise TimeoutError("it did not happen")
        await asyncio.sleep(0.03)


@dataclass(frozen=True, slots=True)
class Done:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str


class DeskProcess:
    """`python -m bot run` in a folder of its own, and the commands beside it."""

    def __init__(self, directory: Path, environment: Mapping[str, str]) -> None:
        self.directory, self.environment = directory, dict(environment)
        self.program: tuple[str, ...] = ("bot", "run")
        self.under: tuple[str, ...] = ()  # what watches it
        self._process: subprocess.Popen[bytes] | None = None
        directory.mkdir(parents=True, exist_ok=True)

    async def start(self, *, failpoint: str = "", without: tuple[str, ...] = ()) -> None:
        """Returns once /readyz says so of every part but those that the test has broken."""
        self.launch(failpoint)
        await until(lambda: self.ready(without))

    def launch(self, failpoint: str = "") -> None:
        more = {"PRIVACY_DESK_FAILPOINT": failpoint} if failpoint else {}
        with (self.directory / "desk.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*self.under, sys.executable, "-m", *self.program],
                cwd=self.directory,
                env=self._environment() | more,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    @property
    def returncode(self) -> int | None:
        """None while it runs, or where it was never started."""
        return self._process.poll() if self._process else None

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    @property
    def asleep(self) -> bool:
        """Whether it has been stopped, and not been told to go on."""
        stat = Path(f"/proc/{self.pid}/stat").read_text("ascii")
        return stat.rpartition(")")[2].split()[0] == "T"

    def log(self) -> str:
        return (self.directory / "desk.log").read_text()

    async def ended(self, timeout: float = PATIENCE) -> int:
        """Its exit code; of a process that was killed the negative number of the signal."""
        await until(lambda: self.returncode is not None, timeout)
        return self.returncode or 0

    async def kill(self) -> None:
        """As a power cut would."""
        await self._signal(signal.SIGKILL)

    async def stop(self, *, within: float = PATIENCE) -> int:
        """Its exit code after SIGTERM. TimeoutError where it takes longer."""
        await self._signal(signal.SIGTERM, within)
        return self.returncode or 0

    async def _signal(self, number: signal.Signals, within: float = PATIENCE) -> None:
        if self._process and self.returncode is None:
            self._process.send_signal(number)
            await self.ended(within)

    async def command(self, *words: str) -> Done:
        """Another command on the same settings, while the desk runs or not."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *words,
            cwd=self.directory,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        out, err = await process.communicate()
        return Done(process.returncode or 0, out.decode(), err.decode())

    async def answer(self, *words: str) -> Any:
        """What a command with --json says."""
        done = await self.command(*words, "--json")
        assert done.code == 0, done.err
        return json.loads(done.out)

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
        return kept | {"PYTHONPATH": str(ROOT)} | self.environment

    async def ready(self, without: tuple[str, ...] = ()) -> bool:
        """Whether /readyz says so of every part but these."""
        assert self.returncode is None, self.log()
        address = f"http://127.0.0.1:{self.environment['PORT']}/readyz"
        try:
            async with aiohttp.request("GET", address) as response:
                parts = await response.json()
        except (aiohttp.ClientError, OSError):
            return False
        return all(fine for name, fine in parts.items() if name not in without)
