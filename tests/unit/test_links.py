"""The documents hang together: every link leads somewhere, and the index has every page."""

import re
from pathlib import Path
from textwrap import dedent

import pytest

from bot.domain.laws import LawPack

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
_FENCED = re.compile(r"(?ms)^ *```.*?^ *```$")
_CODE = re.compile(r"`[^`\n]*`")


def links(page: Path) -> list[str]:
    """Where the page's links and pictures lead, but for other sites."""
    text = _CODE.sub("", _FENCED.sub("", page.read_text("utf-8")))
    found = re.findall(r"\]\(([^()\s]+)\)", text)
    return [link for link in found if not re.match(r"https?://|mailto:", link)]


def anchors(page: Path) -> set[str]:
    """The headings, as the sites that show Markdown name them."""
    titles = re.findall(r"(?m)^#+ (.+)$", _FENCED.sub("", page.read_text("utf-8")))
    return {re.sub(r"[^\w -]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def is_dead(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    return not target.exists() or bool(anchor and anchor not in anchors(target))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading_that_are_there(page: Path) -> None:
    assert [link for link in links(page) if is_dead(page, link)] == []


def test_the_index_has_every_page() -> None:
    index = DOCS / "README.md"
    listed = {(DOCS / link).resolve() for link in links(index)}
    assert {page for page in PAGES[1:] if page != index} - listed == set()


def test_the_readme_leads_to_the_index() -> None:
    assert "docs/README.md" in links(ROOT / "README.md")


def test_the_law_that_is_shown_to_whoever_adds_one_is_one(tmp_path: Path) -> None:
    [shown] = re.findall(r"(?ms)^ *```toml\n(.*?)^ *```$", (DOCS / "adding.md").read_text("utf-8"))
    (tmp_path / "laws.toml").write_text(dedent(shown), "utf-8")
    assert LawPack.load(tmp_path / "laws.toml")["atlantis"].short == "DAA"
