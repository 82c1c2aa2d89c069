"""Plays a story on the real desk, and takes pictures of what people saw in Slack, and of the demo's page."""

import argparse
import asyncio
import tempfile
from pathlib import Path

from bot.demo.play import PlayServer
from bot.demo.slack import page
from bot.demo.stage import staged as demo_stage
from tests.pictures.browser import Browser, browser
from tests.pictures.story import play, staged

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"


async def demo(tab: Browser, place: Path) -> bytes:
    """The demo's page in the middle of its tour, with the ticket's thread open."""
    async with demo_stage(place) as stage, PlayServer(stage) as server:
        await tab.visit(server.url, 1280, 1180)
        for done in range(2):
            await tab.until("document.querySelector('[data-act=tour]')?.matches(':enabled')")
            await tab.evaluate("document.querySelector('[data-act=tour]').click()")
            await tab.until(f"document.querySelectorAll('.steps .done').length > {done}")
        await tab.until("document.querySelector('#feed .message')")
        await tab.evaluate("document.querySelector('#feed [data-look=thread]').click()")
        await tab.until("document.querySelector('#thread [data-action=draft_approve]')")
        return await tab.screen()


async def main(folder: Path) -> None:
    """In place of the pictures that are there."""
    with tempfile.TemporaryDirectory(prefix="pictures-") as place:
        async with staged(Path(place)) as support:
            album = await play(support)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    async with browser() as tab:
        for name, (html, width) in album.pages.items():
            shot = await tab.picture(page.page(name, html), width)
            (folder / f"{name}.png").write_bytes(shot)
            print(f"{name}.png {len(shot) // 1024} KB")
        with tempfile.TemporaryDirectory(prefix="pictures-") as place:
            (folder / "demo.png").write_bytes(await demo(tab, Path(place)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.pictures", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    asyncio.run(main(parser.parse_args().folder))
