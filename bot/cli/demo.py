"""The whole desk on this machine, with nothing to set up."""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.output import Failure, plain, write


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(demo)


def demo(once: Annotated[bool, typer.Option(help="Play the story through, then stop.")] = False) -> None:
    """Run the desk with an embedded mail server and Slack, nothing to set up."""
    from bot.logs import configure_logging

    configure_logging("WARNING", "text")
    try:
        import bot.demo.stage  # noqa: F401 (whether its libraries are here)
    except ModuleNotFoundError as missing:
        raise Failure(f"the demo needs {missing.name}: pip install 'privacy-desk[demo]'", exit_code=2) from None
    with tempfile.TemporaryDirectory(prefix="privacy-desk-") as directory:
        asyncio.run(_once(Path(directory)) if once else _stay(Path(directory)))


async def _once(directory: Path) -> None:
    from bot.demo.stage import staged
    from bot.demo.story import StepFailed, Story

    try:
        async with staged(directory) as stage:
            await Story(stage, _tell).play()
    except* (StepFailed, TimeoutError) as fault:
        raise Failure(f"the story broke off: {fault.exceptions[0] or 'an answer did not come'}") from None
    write("The story is over, and nothing of it is left on this machine.")


async def _stay(directory: Path) -> None:
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
