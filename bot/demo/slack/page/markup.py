"""Slack's text as HTML: mrkdwn means what it means in Slack, everything else is literal.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from collections.abc import Iterator, Mapping
from html import escape

from bot.demo.slack.page.emoji import EMOJI
from bot.demo.slack.schema import Json

Names = Mapping[str, str]
"""What people and channels are called, by id."""

_DEEPEST = 4
_QUOTED = re.compile(r"(?:>|&gt;) ?")
_EMOJI = re.compile(r":([a-z0-9_+-]+):")
_INLINE = re.compile(
    r"<(?P<to>[^<>|\n]+)(?:\|(?P<label>[^<>\n]*))?>"
    r"|`(?P<code>[^`\n]+)`"
    r"|:(?P<emoji>[a-z0-9_+-]+):"
    r"|(?<!\w)(?P<mark>[*_~])(?=\S)(?P<inner>[^\n]{1,300}?)(?<=\S)(?P=mark)(?!\w)"
)
_TAGS = {"*": "b", "_": "i", "~": "s"}


def text(value: Json, names: Names) -> str:
    """A text object."""
    return mrkdwn(value["text"], names) if value["type"] == "mrkdwn" else plain(value)


def plain(value: Json) -> str:
    """Plain text: nothing in it means anything but, where it says so, the name of an emoji."""
    if not value.get("emoji", True):
        return _lines(value["text"])
    parts = _EMOJI.split(value["text"])
    return "".join(_emoji(part) if place % 2 else _lines(part) for place, part in enumerate(parts))


def mrkdwn(source: str, names: Names) -> str:
    """Lines that begin with ``>`` are quoted."""
    found, quoted = [], False
    for line in source.split("\n"):
        mark = _QUOTED.match(line)
        if bool(mark) != quoted:
            quoted = bool(mark)
            found.append("<blockquote>" if quoted else "</blockquote>")
        inline = "".join(_inline(line[mark.end() :] if mark else line, names, _DEEPEST))
        found.append(f"<div>{inline or '&nbsp;'}</div>")
    return "".join(found) + ("</blockquote>" if quoted else "")


def _inline(source: str, names: Names, deepest: int) -> Iterator[str]:
    end = 0
    for each in _INLINE.finditer(source) if deepest else ():
        yield _unescaped(source[end : each.start()])
        end = each.end()
        if each["to"]:
            yield _pointed(each["to"], each["label"], names)
        elif each["code"]:
            yield f"<code>{_unescaped(each['code'])}</code>"
        elif each["emoji"]:
            yield _emoji(each["emoji"])
        else:
            tag = _TAGS[each["mark"]]
            yield f"<{tag}>{''.join(_inline(each['inner'], names, deepest - 1))}</{tag}>"
    yield _unescaped(source[end:])


def _pointed(target: str, label: str | None, names: Names) -> str:
    """Somebody or something mentioned, or a link, which shows where it really leads."""
    if target[0] in "@#!":
        name = names.get(target[1:], label or target[1:])
        return f'<span class="mention">{"#" if target[0] == "#" else "@"}{escape(name)}</span>'
    shown = f"{label} ({target})" if label else target
    return f'<span class="link">{_unescaped(shown)}</span>'


def _unescaped(source: str) -> str:
    """Slack escapes three signs in what it is told, and HTML some more."""
    return escape(source.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def _lines(source: str) -> str:
    return escape(source).replace("\n", "<br>")


def _emoji(name: str) -> str:
    drawn = EMOJI.get(name)
    return (
        f'<svg class="emoji" viewBox="0 0 16 16" role="img" aria-label="{name}">{drawn}</svg>'
        if drawn
        else f":{name}:"
    )
