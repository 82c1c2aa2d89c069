"""README and docs/slack.md show every picture that there is, and Chromium draws what the page makes of a card."""

import re
import struct
from datetime import date

from bot.adapters.cards import Card, ticket_card
from bot.demo.slack import BOT_USER, Message, Workspace, page
from bot.demo.slack.elements import named
from tests.conftest import need
from tests.pictures.__main__ import FOLDER
from tests.pictures.browser import browser, program

PAGE = "".join(each.read_text("utf-8") for each in (FOLDER.parent / "slack.md", FOLDER.parents[1] / "README.md"))
SHOWN = re.findall(r"!\[([^\]]*)\]\((?:docs/)?pictures/([^)]+)\)", PAGE)
LARGEST = 3 * 2**20


def test_the_pages_show_every_picture_once_and_no_other():
    assert sorted(name for _, name in SHOWN) == sorted(each.name for each in FOLDER.glob("*.png"))


def test_every_picture_has_words_of_its_own_for_who_does_not_see_it():
    words = [alternative for alternative, _ in SHOWN]
    assert all(len(each) > 20 for each in words)
    assert len(set(words)) == len(words)


def test_the_pictures_stay_small():
    assert sum(each.stat().st_size for each in FOLDER.glob("*.png")) < LARGEST


async def test_chromium_draws_a_card():
    need(None if program() else "there is no chromium on this machine")
    due = date(2026, 4, 2)
    card = Card(
        "PR-7K2M9QXT",
        "open",
        None,
        ["deletion"],
        "gdpr",
        due,
        due,
        "A reason.",
        True,
        None,
        True,
        date(2026, 3, 2),
    )
    workspace = Workspace()
    posted = ticket_card(card)
    drawn = page.message(
        Message("C0", workspace.next_ts(), BOT_USER, posted.text, "T0", named(posted.blocks)), workspace
    )
    async with browser() as tab:
        shot = await tab.picture(page.page("A card", drawn), 800)
        said = await tab.evaluate("document.body.innerText")
    width, height = struct.unpack(">II", shot[16:24])
    assert (shot[:4], width) == (b"\x89PNG", 800)
    assert 150 < height < 600
    assert "PR-7K2M9QXT: deletion" in said
