"""A sheet with a picture of every letter in a language, as its reader sees the mail: `python -m tests.letters`."""

import argparse
import asyncio
from html import escape
from pathlib import Path

from bot.adapters.rendering import languages
from bot.domain.letters import Letter, LetterName
from tests.letters.written import LETTERS, TEMPLATES, written
from tests.pictures.browser import browser

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures" / "letters"
WIDTH = 1560
SITUATIONS = {"could_not_verify": ("offers",), "confirm_on_file": ("code", "agent"), "denied": ("denied",)}
STYLE = """
body { margin: 0; padding: 16px; background: #dfe3ea; font: 13px system-ui, sans-serif }
body { columns: 3; column-gap: 16px }
article { break-inside: avoid; margin: 0 0 16px; background: #fff; border-radius: 6px; overflow: hidden }
header { padding: 10px 20px; background: #eef1f6; color: #222 } header b { display: block }
iframe { display: block; width: 100%; border: 0 }
"""
FIT = (
    "document.querySelectorAll('iframe').forEach(f => f.style.height = f.contentDocument.body.scrollHeight + 'px')"
)


def letters(language: str) -> list[Letter]:
    return [
        written(name, language, *SITUATIONS.get(name, ("code", "export")))
        for name in LetterName
        if name != LetterName.ALERT
    ]


def page(language: str) -> str:
    """All letters of a language, each in a frame of its own, as a mail program shows it."""
    shown = "".join(
        f"<article><header>{each.name}<b>{escape(each.subject)}</b></header>"
        f'<iframe srcdoc="{escape(LETTERS.html(each.text, language))}"></iframe></article>'
        for each in letters(language)
    )
    return f'<!doctype html><html lang="{language}"><style>{STYLE}</style><body>{shown}</body></html>'


async def main(folder: Path, wanted: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    async with browser() as tab:
        for language in wanted:
            shot = await tab.picture(page(language), WIDTH, settled=FIT, kind="webp", scale=0.6)
            (folder / f"{language}.webp").write_bytes(shot)
            print(f"{language}.webp {len(shot) // 1024} KB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.letters", description=__doc__)
    parser.add_argument("languages", nargs="*", default=languages([TEMPLATES]))
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args()
    asyncio.run(main(options.folder, options.languages))
