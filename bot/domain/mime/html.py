"""HTML as a person would see it: what is hidden is dropped and reported, quotations are marked with ``> ``."""

import re
from dataclasses import dataclass
from itertools import islice

from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.html_engine import Inscriptis
from inscriptis.model.config import ParserConfig
from lxml import etree  # type: ignore[import-untyped]
from lxml import html as lxml_html

from bot.domain.mime.visibility import drop_hidden

MAX_TAGS = 15_000  # and openings of tags that are none
MAX_TEXT = 1_000_000  # characters: lists in lists are written with an indentation that grows
_CONFIG = ParserConfig(css=CSS_PROFILES["strict"], display_links=False, display_images=False)

_OPEN, _CLOSE = "\ue0f0", "\ue0f1"  # private use: stand for the bounds of a quotation while rendering
_TAG_START = re.compile("<")
_TAG = re.compile(r"<[^<>]{0,5000}>")


@dataclass(frozen=True, slots=True)
class Seen:
    """The text of a page, whether some of its text was hidden, and whether its end was not looked at."""

    text: str
    hidden: bool
    cut: bool = False


def as_seen(markup: str) -> Seen:
    """The text that a reader of this HTML sees. Total; nothing is fetched."""
    tags = next(islice(_TAG_START.finditer(markup), MAX_TAGS, None), None)
    seen = _seen(markup[: tags.start()] if tags else markup)
    return Seen(seen.text[:MAX_TEXT], seen.hidden, tags is not None or len(seen.text) > MAX_TEXT)


def _seen(markup: str) -> Seen:
    markup = markup.replace("\x00", "").replace(_OPEN, "").replace(_CLOSE, "")
    try:
        tree = lxml_html.document_fromstring(markup.encode("utf-8", "replace"), parser=_parser())
    except (etree.LxmlError, ValueError):
        return Seen(_bare(markup), hidden=False)
    hidden = drop_hidden(tree)
    _mark_quotations(tree)
    _flatten_tables(tree)
    text = Inscriptis(tree, _CONFIG).get_text()
    if not text.strip() and not hidden:
        text = _bare(markup)  # too deep for the HTML parser, which then gives nothing at all
    return Seen(_prefixed(text), hidden)


def _parser() -> lxml_html.HTMLParser:
    return lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)


def _bare(markup: str) -> str:
    return _TAG.sub(" ", markup)


def _mark_quotations(tree: lxml_html.HtmlElement) -> None:
    for element in tree.iter("blockquote", "div"):
        if element.tag == "blockquote" or element.get("name") == "quote":
            opening, closing = lxml_html.Element("div"), lxml_html.Element("div")
            opening.text, closing.text = _OPEN, _CLOSE
            opening.tail, element.text = element.text, None
            element.insert(0, opening)
            element.append(closing)


def _flatten_tables(tree: lxml_html.HtmlElement) -> None:
    """Rows as lines: most tables of mails only lay out a page, and columns would be read across."""
    for element in tree.iter("table", "thead", "tbody", "tfoot", "tr", "td", "th"):
        if element.tag in ("td", "th"):
            element.tag, element.tail = "span", f"{element.tail or ''} "
        else:
            element.tag = "div"


def _prefixed(text: str) -> str:
    """Rendered text with its quotations prefixed, as deep as they are nested."""
    lines, depth = [], 0
    for line in text.split("\n"):
        bare = line.strip()
        if _OPEN in bare or _CLOSE in bare:
            depth = max(0, depth + bare.count(_OPEN) - bare.count(_CLOSE))
            bare = bare.replace(_OPEN, "").replace(_CLOSE, "")
            if not bare:
                continue
        lines.append(f"{'>' * min(depth, 9)} {bare}" if depth else line.rstrip())
    return "\n".join(lines).strip("\n")
