"""What reports of mail systems say: deliveries that failed (RFC 3464) and complaints (RFC 5965)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.mime.charsets import one_line
from bot.domain.mime.headers import Headers, message_ids, parse_headers
from bot.domain.mime.parts import Part, content

_LIMIT = 64 * 1024
_PARTS = 6  # a report has two, and its text
_TYPES = {
    "message/delivery-status": "delivery-status",
    "message/global-delivery-status": "delivery-status",
    "message/feedback-report": "feedback-report",
    "message/disposition-notification": "disposition-notification",
}
_ORIGINALS = ("message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers")
_BLANK = re.compile(rb"\n\r?\n")
_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"'@]{1,64}@[\w.-]{1,180}\w")
_NAMED_ID = re.compile(r"^\W{0,4}Message-ID:\s*(<[^<>\s]{1,400}>)", re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")


@dataclass(frozen=True, slots=True)
class Report:
    """Facts of a report; empty where it does not say. Nothing in it is proven: everybody can write one."""

    type: str = ""  # delivery-status, feedback-report, disposition-notification, or "unnamed"
    feedback_type: str = ""  # abuse, opt-out, ... (RFC 5965, 3.1)
    failed_recipients: tuple[str, ...] = ()
    status: str = ""  # RFC 3463, such as 5.1.1
    reason: str = ""
    original_ids: tuple[str, ...] = ()  # Message-IDs of the mail that is reported
    original_recipient: str = ""


def read_report(top: Part, raw: bytes, text: str) -> Report:
    """The facts of a report, from its machine-readable part and else from what it says to people."""
    parts = [part for part in top.walk() if part.content_type in _TYPES or part.content_type in _ORIGINALS][
        :_PARTS
    ]
    groups = [group for part in parts if part.content_type in _TYPES for group in _groups(part, raw)]
    originals = [_original(part, raw) for part in parts if part.content_type in _ORIGINALS and part is not top]
    ids = [each for headers in originals for each in message_ids(headers.first("message-id"))]
    named = [each for found in _NAMED_ID.findall(text[:_LIMIT]) for each in message_ids(found)]
    failed = _recipients(groups) or _addresses(top.headers.first("x-failed-recipients"))
    return Report(
        type=_type(top, parts),
        feedback_type=_first(groups, "feedback-type").lower(),
        failed_recipients=failed,
        status=_first(groups, "status") or next(iter(_STATUS.findall(text[:_LIMIT])), ""),
        reason=_first(groups, "diagnostic-code"),
        original_ids=tuple(dict.fromkeys(ids or named)),
        original_recipient=next(
            iter(_addresses(_first(groups, "original-recipient") or _first(groups, "original-rcpt-to"))), ""
        ),
    )


def failed_in(text: str, own: frozenset[str]) -> tuple[str, ...]:
    """Of a bounce without a machine-readable part: the first address that its text names, not counting ``own``."""
    named = (each for each in _addresses(text[:_LIMIT]) if each.lower() not in own)
    return tuple(each for each in named)[:1]


def _type(top: Part, parts: list[Part]) -> str:
    found = [_TYPES[part.content_type] for part in parts if part.content_type in _TYPES]
    declared = top.parameters.get("report-type", "").lower()
    if top.content_type == "multipart/report":
        return found[0] if found else declared or "unnamed"
    return found[0] if found else ""


def _groups(part: Part, raw: bytes) -> Iterator[Headers]:
    data = content(part, raw, _LIMIT)[0]
    return (parse_headers(group.strip(b"\r\n")) for group in _BLANK.split(data, maxsplit=100) if group.strip())


def _original(part: Part, raw: bytes) -> Headers:
    if part.parts:
        return part.parts[0].headers
    return parse_headers(_BLANK.split(content(part, raw, _LIMIT)[0].lstrip(), maxsplit=1)[0])


def _recipients(groups: list[Headers]) -> tuple[str, ...]:
    """Recipients of the groups that report a failure or delay (RFC 3464, 2.3.3)."""
    ill = (group for group in groups if group.first("action").lower()[:7] not in ("deliver", "relayed", "expande"))
    values = (group.first("final-recipient") or group.first("original-recipient") for group in ill)
    return tuple(dict.fromkeys(each for value in values for each in _addresses(value)))[:100]


def _addresses(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_ADDRESS.findall(text)))[:100]


def _first(groups: list[Headers], name: str) -> str:
    return next((one_line(value, 500) for group in groups if (value := group.first(name))), "")
