"""Plays a story on the real desk, draws what people saw in Slack, and takes pictures of it for docs/slack.md."""

import argparse
import asyncio
import tempfile
from pathlib import Path

from bot.demo.slack import page
from tests.pictures.browser import browser
from tests.pictures.story import play, staged

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"


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


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.pictures", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    asyncio.run(main(parser.parse_args().folder))
