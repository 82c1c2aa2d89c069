"""What sort of mail a mail is, before anybody asks what it wants.

Standards first (RFC 3464, 3834, 5965, 2369), then the habits of programs that follow none. Each sign has a
weight; two points make a kind, so that no habit decides alone what a standard would have said.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.domain import habits
from bot.domain.mime.headers import Headers
from bot.domain.vocabulary import MailKind

ENOUGH = 2
_HEAD = 4_000  # characters of the new text that are looked at


@dataclass(frozen=True, slots=True)
class Signs:
    """What a kind is told by. ``report`` is the report-type (RFC 6522), or what stands in its place."""

    headers: Headers
    sender: str
    name: str
    return_path: str | None
    subject: str
    said: str
    report: str = ""

    @property
    def local(self) -> str:
        return self.sender.rpartition("@")[0].lower()

    @property
    def is_reply(self) -> bool:
        return habits.REPLY.match(self.subject) is not None


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that speaks for a kind."""

    kind: MailKind
    weight: int
    name: str
    shows: Callable[[Signs], bool]


_AUTO_HEADERS = (
    *("x-autoreply", "x-autorespond", "x-auto-reply", "x-autoresponder", "x-mail-autoreply", "x-autoreply-from"),
    *("x-autoreply-domain", "x-vacation", "x-auto-respond", "x-ms-oof", "x-fc-machinegenerated", "x-apple-action"),
)
_DENIED = ("", "no", "none", "false", "0")
_LIST_HEADERS = (
    *("list-id", "list-post", "list-unsubscribe", "list-owner", "list-help", "mailing-list", "x-mailing-list"),
    *("x-mailman-version", "x-beenthere", "x-campaignid", "x-csa-complaints"),
)
_NO_RESPONSE = re.compile(r"\b(?:all|autoreply|oof)\b", re.IGNORECASE)


def auto_submitted(headers: Headers) -> str:
    """The keyword of Auto-Submitted in lower case (RFC 3834, 5); empty where it is absent or ``no``."""
    keyword = re.split(r"[;\s(]", headers.first("auto-submitted").lower().strip())[0]
    return "" if keyword == "no" else keyword


def precedence(headers: Headers) -> str:
    return headers.first("precedence").lower().strip()[:40]


def is_listed(headers: Headers) -> bool:
    return precedence(headers) in ("list", "bulk", "junk") or any(headers.has(name) for name in _LIST_HEADERS)


def asks_for_no_response(headers: Headers) -> bool:
    """Exchange's wish that no automatic mail comes back ([MS-OXCMAIL] 2.2.3.2.14)."""
    return _NO_RESPONSE.search(headers.first("x-auto-response-suppress")) is not None


def _is_nobody(signs: Signs) -> bool:
    return signs.return_path == "" or signs.headers.first("from").rstrip().endswith("<>")


def _says_replied(signs: Signs) -> bool:
    keyword = auto_submitted(signs.headers)
    return keyword.startswith("auto-replied") or (bool(keyword) and not is_listed(signs.headers))


def _vendor_auto(signs: Signs) -> bool:
    return precedence(signs.headers).replace("-", "_") == "auto_reply" or any(
        signs.headers.first(name).strip().lower() not in _DENIED for name in _AUTO_HEADERS
    )


def _opening(text: str) -> str:
    return " ".join(text[:300].split())


def _unless_reply(signs: Signs, found: re.Match[str] | None) -> bool:
    """People who answer or pass on a bounce use its words, too."""
    return found is not None and not signs.is_reply


_BOUNCE, _AUTO = MailKind.BOUNCE, MailKind.AUTO_REPLY
SIGNS = (
    Sign(MailKind.SPAM_REPORT, 2, "feedback report", lambda s: s.report == "feedback-report"),
    Sign(_BOUNCE, 2, "delivery report", lambda s: s.report == "delivery-status"),
    Sign(_BOUNCE, 2, "failed recipients header", lambda s: s.headers.has("x-failed-recipients")),
    Sign(_BOUNCE, 2, "Exchange's mark", lambda s: s.headers.has("x-ms-exchange-message-is-ndr")),
    Sign(_BOUNCE, 2, "sent by a mail daemon", lambda s: habits.DAEMON.match(s.local) is not None),
    Sign(_BOUNCE, 2, "opens as a bounce", lambda s: habits.BOUNCE_OPENING.search(_opening(s.said)) is not None),
    Sign(_BOUNCE, 1, "a report of no type", lambda s: s.report == "unnamed"),
    Sign(_BOUNCE, 1, "sent by a postmaster", lambda s: habits.POSTMASTER.match(s.local) is not None),
    Sign(_BOUNCE, 1, "named as a mail system", lambda s: habits.DELIVERY_NAME.match(s.name) is not None),
    Sign(_BOUNCE, 1, "empty return path", _is_nobody),
    Sign(_BOUNCE, 1, "subject of a bounce", lambda s: _unless_reply(s, habits.BOUNCE_SUBJECT.match(s.subject))),
    Sign(_BOUNCE, 1, "words of a bounce", lambda s: _unless_reply(s, habits.BOUNCE_BODY.search(s.said[:_HEAD]))),
    Sign(_AUTO, 2, "Auto-Submitted", _says_replied),
    Sign(_AUTO, 2, "header of an answering machine", _vendor_auto),
    Sign(_AUTO, 2, "receipt", lambda s: s.report == "disposition-notification"),
    Sign(_AUTO, 2, "subject of an automatic reply", lambda s: habits.AUTO_SUBJECT.match(s.subject) is not None),
    Sign(_AUTO, 2, "calls itself automatic", lambda s: habits.AUTO_BODY.search(s.said[:600]) is not None),
    Sign(_AUTO, 1, "empty return path", _is_nobody),
    Sign(_AUTO, 1, "wants no response", lambda s: asks_for_no_response(s.headers)),
    Sign(_AUTO, 1, "words of absence", lambda s: habits.AWAY_BODY.search(s.said[:600]) is not None),
    Sign(MailKind.LIST, 2, "list or bulk", lambda s: is_listed(s.headers)),
)  # fmt: skip
_ORDER = (MailKind.SPAM_REPORT, MailKind.BOUNCE, MailKind.AUTO_REPLY, MailKind.LIST)


def kind_of(signs: Signs) -> MailKind:
    """The first kind, in the order of how much it forbids an answer, that the signs suffice for."""
    return next((kind for kind in _ORDER if _suffice(signs, kind)), MailKind.MESSAGE)


def _suffice(signs: Signs, kind: MailKind) -> bool:
    """Whether the signs of a kind reach two points; those that can no longer decide are not looked for."""
    left = [sign for sign in SIGNS if sign.kind is kind]
    points = 0
    while left and points < ENOUGH <= points + sum(sign.weight for sign in left):
        sign = left.pop(0)
        points += sign.weight if sign.shows(signs) else 0
    return points >= ENOUGH
