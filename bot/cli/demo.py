"""The whole desk on this machine, with nothing to set up."""

import asyncio
import sys
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from bot.cli.output import Failure, plain, write
from bot.settings import SettingsFault


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(demo)


def demo(
    once: Annotated[bool, typer.Option(help="Play the story through, then stop.")] = False,
    keep: Annotated[
        Path | None, typer.Option(help="Keep the demo's state in this directory, and go on with it.")
    ] = None,
    console: Annotated[bool, typer.Option(help="Play in this terminal, without a page.")] = False,
) -> None:
    """Run the desk with an embedded mail server and Slack, and a page to play on; nothing to set up."""
    from bot.logs import configure_logging

    configure_logging("WARNING", "text")
    try:
        import bot.demo.stage  # noqa: F401 (whether its libraries are here)
    except ModuleNotFoundError as missing:
        raise Failure(f"the demo needs {missing.name}: pip install 'privacy-desk[demo]'", exit_code=2) from None
    play = _once if once else _in_terminal if console else _stay
    if keep:
        _run(play(_own(keep)))
        return
    with tempfile.TemporaryDirectory(prefix="privacy-desk-") as directory:
        _run(play(Path(directory)))


def _own(directory: Path) -> Path:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as fault:
        raise Failure(f"{directory} cannot be used: {fault.strerror}", exit_code=2) from None
    return directory.resolve()


def _run(playing: Coroutine[Any, Any, None]) -> None:
    """Raises SettingsFault where the desk cannot start, as where another demo uses the directory."""
    try:
        asyncio.run(playing)
    except* SettingsFault as faults:
        raise faults.exceptions[0] from None


async def _once(directory: Path) -> None:
    from bot.demo.stage import staged
    from bot.demo.story import StepFailed, play

    try:
        async with staged(directory) as stage:
            await play(stage, _tell)
    except* (StepFailed, TimeoutError) as fault:
        raise Failure(f"the story broke off: {fault.exceptions[0] or 'an answer did not come'}") from None
    write("The story is over, and nothing of it is left on this machine.")


async def _stay(directory: Path) -> None:
    from bot.app import stopped_by_signals
    from bot.demo.play import PlayServer
    from bot.demo.stage import DESK, staged

    async with staged(directory) as stage, PlayServer(stage) as server:
        write(f"The desk is up. Play with it at {server.url}")
        smtp = urlsplit(stage.mail.smtp_url)
        write(f"Any mail program may write to {DESK}, too: SMTP {smtp.hostname}:{smtp.port}. Ctrl-C stops it all.")
        sys.stdout.flush()
        await stopped_by_signals().wait()


async def _in_terminal(directory: Path) -> None:
    from bot.demo.console import Console
    from bot.demo.stage import staged

    async with staged(directory) as stage:
        await Console(stage, write).run()


def _tell(title: str, detail: str) -> None:
    mark = "\N{CHECK MARK}" if (sys.stdout.encoding or "").lower().startswith("utf") else "-"
    write(f"{mark} {title}")
    for line in detail.splitlines():
        write(f"    {plain(line)}")
    sys.stdout.flush()
