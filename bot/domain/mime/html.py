"""HTML as a person would see it: what is hidden is dropped and reported, quotations are marked with ``> ``."""

import re
from dataclasses import dataclass

from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.html_engine import Inscriptis
from inscriptis.model.config import ParserConfig
from lxml import etree  # type: ignore[import-untyped]
from lxml import html as lxml_html

_CONFIG = ParserConfig(css=CSS_PROFILES["strict"], display_links=False, display_images=False)

_OPEN, _CLOSE = "\ue0f0", "\ue0f1"  # private use: stand for the bounds of a quotation while rendering
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)|mso-hide\s*:\s*all"
    r"|font-size\s*:\s*[01](?:px|pt|em|%)?\s*(?:;|!|$)|(?:max-)?(?:height|width)\s*:\s*0(?:px)?\s*(?:;|!|$)"
    r"|text-indent\s*:\s*-\d{3}|(?:left|top)\s*:\s*-\d{3}|clip\s*:\s*rect\(\s*0",
    re.IGNORECASE,
)
_WHITE = re.compile(r"(?:^|;)\s*color\s*:\s*(?:#fff(?:fff)?\b|white|transparent)", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,5000}>")


@dataclass(frozen=True, slots=True)
class Seen:
    """The text of a page, and whether some of its text was hidden."""

    text: str
    hidden: bool


def as_seen(markup: str) -> Seen:
    """The text that a reader of this HTML sees. Total; nothing is fetched."""
    markup = markup.replace("\x00", "").replace(_OPEN, "").replace(_CLOSE, "")
    try:
        tree = lxml_html.document_fromstring(markup.encode("utf-8", "replace"), parser=_parser())
    except (etree.LxmlError, ValueError):
        return Seen(_bare(markup), hidden=False)
    hidden = _drop_hidden(tree)
    _mark_quotations(tree)
    text = Inscriptis(tree, _CONFIG).get_text()
    if not text.strip() and not hidden:
        text = _bare(markup)  # too deep for the HTML parser, which then gives nothing at all
    return Seen(_prefixed(text), hidden)


def _parser() -> lxml_html.HTMLParser:
    return lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)


def _bare(markup: str) -> str:
    return _TAG.sub(" ", markup)


def _drop_hidden(tree: lxml_html.HtmlElement) -> bool:
    found = False
    for element in list(tree.iter("*")):
        if element.getparent() is not None and element.tag not in ("head", "body") and _is_hidden(element):
            found = found or any(text.strip() for text in element.itertext())
            element.drop_tree()
    return found


def _is_hidden(element: lxml_html.HtmlElement) -> bool:
    if element.get("hidden") is not None:
        return True
    style = element.get("style") or ""
    if not style:
        return element.tag == "font" and (element.get("color") or "").lower() in ("#ffffff", "white")
    return bool(_HIDING.search(style) or (_WHITE.search(style) and not _has_backdrop(element)))


def _has_backdrop(element: lxml_html.HtmlElement) -> bool:
    """White text is meant to be read where it, or what it stands in, has a background."""
    around = [element, *element.iterancestors()][:30]
    return any("background" in (each.get("style") or "") or each.get("bgcolor") for each in around)


def _mark_quotations(tree: lxml_html.HtmlElement) -> None:
    for element in tree.iter("blockquote", "div"):
        if element.tag == "blockquote" or element.get("name") == "quote":
            opening, closing = lxml_html.Element("div"), lxml_html.Element("div")
            opening.text, closing.text = _OPEN, _CLOSE
            opening.tail, element.text = element.text, None
            element.insert(0, opening)
            element.append(closing)


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
