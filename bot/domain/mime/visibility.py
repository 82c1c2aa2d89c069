"""Which text of a page nobody sees: hidden, too small, off the screen, or of the colour of its ground.

A style sheet is read as far as its selectors are plain (a tag, a class, an id); inline styles win. What is gone
takes all that is in it along; size, visibility and colour count for the text that they govern, since templates
set a size of zero on a table and a real one on what stands in it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from lxml import html as lxml_html  # type: ignore[import-untyped]

Colour = tuple[int, int, int]

_SHEET = 50_000  # characters of style sheets that are looked at
_STYLE = 2_000
_NEVER_SHOWN = ("head", "title", "style", "script")
_ALIKE = 12  # of 255: what is closer on each channel cannot be read
_RULE = re.compile(r"([^{}]{1,200})\{([^{}]{0,2000})\}")
_SELECTOR = re.compile(r"\s*(?:[a-z]{1,12}(?=[.#]))?([.#]?[\w-]{1,80})\s*", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_GONE = re.compile(
    r"(?<![\w-])(?:display:none|opacity:0?(?:\.0\d*)?(?![\d.])|mso-hide:all|max-(?:height|width):0(?![.\d])"
    r"|text-indent:-\d{3}|(?:left|top|right|bottom):-\d{3}|margin-(?:left|top):-\d{4}|clip:rect\([01](?:px)?[, ]"
    r"|clip-path:inset\((?:50|100)%|transform:scale\(0)"
)
_NO_ROOM = re.compile(r"(?<![\w-])(?:height|width):[01](?:px)?(?![.\d%])")
_TINY = re.compile(
    r"^(?:0(?:px|pt|em|rem|%)?|(?:0?\.\d+|1(?:\.\d+)?)(?:px|pt)|0?\.[01]\d*r?em|[01](?:\.\d+)?%)(?:!important)?$"
)
_HEX = re.compile(r"#([0-9a-f]{3,8})\b")
_RGB = re.compile(r"rgba?\((\d{1,3})[, ]+(\d{1,3})[, ]+(\d{1,3})(?:[, /]+([\d.]{1,6}%?))?")
_NAMED: Mapping[str, Colour] = {
    "white": (255, 255, 255),
    "snow": (255, 250, 250),
    "ivory": (255, 255, 240),
    "whitesmoke": (245, 245, 245),
    "silver": (192, 192, 192),
    "lightgray": (211, 211, 211),
    "lightgrey": (211, 211, 211),
    "gray": (128, 128, 128),
    "grey": (128, 128, 128),
    "black": (0, 0, 0),
    "red": (255, 0, 0),
    "green": (0, 128, 0),
    "blue": (0, 0, 255),
    "navy": (0, 0, 128),
    "yellow": (255, 255, 0),
}


@dataclass(frozen=True, slots=True)
class _Look:
    """How text of an element looks; None is a colour that is not known, and so like no other."""

    tiny: bool = False
    unseen: bool = False
    colour: Colour | None = (0, 0, 0)
    ground: Colour | None = (255, 255, 255)
    gone: bool = False

    @property
    def hides_text(self) -> bool:
        if self.tiny or self.unseen:
            return True
        pairs = zip(self.colour or (), self.ground or (), strict=False)
        return bool(self.colour and self.ground) and all(abs(one - two) <= _ALIKE for one, two in pairs)


def drop_hidden(tree: lxml_html.HtmlElement) -> bool:
    """Takes what nobody sees out of the page; whether that was any text."""
    rules = _sheet(tree)
    looks: dict[lxml_html.HtmlElement, _Look] = {}
    memory: dict[tuple[_Look, str], _Look] = {}
    gone: list[lxml_html.HtmlElement] = []
    found = False
    for element in tree.iter("*"):
        above = looks.get(element.getparent(), _Look())
        style = _style(element, rules)
        if (above, style) not in memory:
            memory[above, style] = _look(above, style)
        look = looks[element] = memory[above, style]
        if element.tag in _NEVER_SHOWN:
            continue
        if look.gone and element.getparent() is not None and element.tag != "body":
            gone.append(element)
        elif look.hides_text:
            found = _blank(element) or found
    for element in gone:
        found = found or any(text.strip() for text in element.itertext())
        if element.getparent() is not None:
            element.drop_tree()
    return found


def _blank(element: lxml_html.HtmlElement) -> bool:
    """Empties the text that stands directly in an element; whether there was any."""
    written = (element.text or "").strip() != ""
    element.text = None
    for child in element:
        written = written or (child.tail or "").strip() != ""
        child.tail = None
    return written


def _sheet(tree: lxml_html.HtmlElement) -> dict[str, str]:
    """The declarations of plain selectors; what holds only on some screens is no rule."""
    text = "".join(each.text or "" for each in tree.iter("style"))[:_SHEET]
    rules: dict[str, str] = {}
    for selectors, declarations in _RULE.findall("".join(_everywhere(_COMMENT.sub("", text)))):
        for selector in selectors.split(","):
            if plain := _SELECTOR.fullmatch(selector):
                name = plain[1].lower()
                rules[name] = f"{rules.get(name, '')};{declarations}"[-_STYLE:]
    return rules


def _everywhere(text: str) -> Iterator[str]:
    """The sheet without its blocks of at-rules, such as ``@media``."""
    before, *blocks = text.split("@")
    yield before
    for block in blocks:
        depth = 0
        for found in re.finditer(r"[{};]", block):
            depth += {"{": 1, "}": -1}.get(found[0], 0)
            if depth <= 0:
                yield block[found.end() :]
                break


def _style(element: lxml_html.HtmlElement, rules: Mapping[str, str]) -> str:
    """What is declared for an element, in the order of what wins; without blanks and in lower case."""
    given = [element.get("style") or ""]
    given += ["display:none"] if element.get("hidden") is not None or element.tag == "template" else []
    for name, attribute in (("background-color", "bgcolor"), ("color", "color"), ("background", "background")):
        if value := element.get(attribute):
            given.insert(0, f"{name}:{'url()' if attribute == 'background' else value}")
    if rules:
        names = [element.tag, *(f".{each}" for each in (element.get("class") or "").split()[:20])]
        names.append(f"#{element.get('id')}")
        given = [declared for each in names if (declared := rules.get(str(each).lower()))] + given
    if element.tag == "a":
        given.insert(0, "color:link")
    return ";".join(each for each in given if each)[-_STYLE:]


def _look(above: _Look, style: str) -> _Look:
    if not style:
        return above
    plain = re.sub(r"\s*([:;,(])\s*|!important", r"\1", style.lower().strip())
    declared = dict(each.split(":", 1) for each in plain.split(";") if ":" in each)
    look = above
    if "font-size" in declared:
        look = replace(look, tiny=_TINY.match(declared["font-size"].strip()) is not None)
    if "visibility" in declared:
        look = replace(look, unseen=declared["visibility"].strip() in ("hidden", "collapse"))
    ground = declared.get("background-color") or declared.get("background")
    if ground and ground.strip() not in ("transparent", "none", "inherit", "initial"):
        look = replace(look, ground=None if "url(" in plain or "gradient" in plain else _colour(ground))
    if "color" in declared:
        look = replace(look, colour=_text_colour(declared["color"], look))
    no_room = "overflow:hidden" in plain and _NO_ROOM.search(plain)
    gone = _GONE.search(";".join(f"{name}:{value.strip()}" for name, value in declared.items()))
    return replace(look, gone=bool(no_room or gone))


def _text_colour(value: str, look: _Look) -> Colour | None:
    rgba = _RGB.search(value)
    if value.strip() == "transparent" or (rgba and rgba[4] and float("0" + rgba[4].strip("%.")) == 0):
        return look.ground
    return look.colour if value.strip() == "inherit" else _colour(value)


def _colour(value: str) -> Colour | None:
    """A colour of CSS; None where it is of another kind."""
    if rgb := _RGB.search(value):
        return int(rgb[1]), int(rgb[2]), int(rgb[3])
    if found := _HEX.search(value):
        digits = found[1] if len(found[1]) >= 6 else "".join(digit * 2 for digit in found[1][:3])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
    return next((_NAMED[word] for word in value.split() if word in _NAMED), None)
