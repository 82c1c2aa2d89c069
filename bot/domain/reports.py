"""What reports of mail systems say: deliveries that failed (RFC 3464) and complaints (RFC 5965)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import takewhile

from bot.domain.habits import CAUSE, SMTP_REPLY
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
_STATUS = re.compile(r"(?<![\w./-])[45]\.\d{1,3}\.\d{1,3}(?![\w.])")
_STAFF = re.compile(r"(?:post-?master|abuse|help-?desk|support|mailer-daemon|mail-?admin)@", re.IGNORECASE)
_HEADER_LINE = re.compile(
    r"\s*(?!reason|error|diagnos|status|cause|explan|remote|action|smtp|\d)[a-z-]{2,30}:\s", re.IGNORECASE
)
_REASON = 300  # characters
_CODE = 15


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
        original_recipient=_addressed(groups, originals),
    )


def told_in(report: Report, text: str, own: frozenset[str]) -> Report:
    """What a bounce tells people and not machines: who was not reached, not counting ``own``, and why."""
    text = text[:_LIMIT]
    named = [each for each in _addresses(text) if each.lower() not in own]
    told = [*(each for each in named if not _STAFF.match(each)), report.original_recipient, *named]
    failed = report.failed_recipients or tuple([each for each in told if each][:1])
    return replace(report, failed_recipients=failed, reason=report.reason or _reason(text, failed))


def _reason(text: str, failed: tuple[str, ...]) -> str:
    """A server's answer, else a line that names a cause, else what stands beside the address; or nothing."""
    lines = [line.strip() for line in text.splitlines() if not _HEADER_LINE.match(line[:40])][:300]
    for at, line in enumerate(lines):
        if found := SMTP_REPLY.search(line[:1_000]):
            answer = found[0] if len(found[0]) > _CODE else line  # a code alone stands at the end of what it means
            return one_line(" ".join([answer, *takewhile(bool, lines[at + 1 : at + 3])]), _REASON)
    if cause := next((line for line in lines if CAUSE.search(line[:1_000])), None):
        return one_line(cause, _REASON)
    beside = next((at for at, line in enumerate(lines) if failed and failed[0] in line), len(lines))
    told = " ".join(line for line in lines[beside : beside + 3] if line)
    return one_line(told.replace(failed[0] if failed else "", " ").strip("<>:*-. "), _REASON)


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


def _addressed(groups: list[Headers], originals: list[Headers]) -> str:
    """Whom the mail that is reported was sent to: as the report says, or as its own header does."""
    said = _first(groups, "original-recipient") or _first(groups, "original-rcpt-to") or _first(originals, "to")
    return next(iter(_addresses(said)), "")


def _first(groups: list[Headers], name: str) -> str:
    return next((one_line(value, 500) for group in groups if (value := group.first(name))), "")
