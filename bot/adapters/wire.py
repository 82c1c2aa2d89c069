"""A letter as it crosses the wire (RFC 5321)."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property

MayGo = Callable[[], Awaitable[bool]]


async def always() -> bool:
    return True


@dataclass(frozen=True)
class Letter:
    """Ready-made bytes for one recipient, and who is asked whether they may go."""

    sender: str
    recipient: str
    raw: bytes
    may_go: MayGo = always

    @cached_property
    def content(self) -> bytes:
        """With CRLF alone as line ending: a bare CR or LF may end the letter early elsewhere (RFC 5321 2.3.8)."""
        lines = re.sub(rb"\r\n|\r|\n", b"\r\n", self.raw)
        return lines if lines.endswith(b"\r\n") else lines + b"\r\n"

    @property
    def stuffed(self) -> bytes:
        """As it crosses the wire, without the final dot (RFC 5321 4.5.2)."""
        return re.sub(rb"(?m)^\.", b"..", self.content)

    @property
    def options(self) -> list[str]:
        """The words of the MAIL command that ask for an extension (RFC 6531 3.4, RFC 6152)."""
        header = self.content.partition(b"\r\n\r\n")[0]
        plain = self.sender.isascii() and self.recipient.isascii() and header.isascii()
        wanted = {"SMTPUTF8": not plain, "BODY=8BITMIME": not self.content.isascii()}
        return [word for word, is_wanted in wanted.items() if is_wanted]


def is_mailbox(address: str) -> bool:
    return _MAILBOX.fullmatch(address) is not None


# A mailbox as it may stand between angle brackets: nothing that ends it, adds a parameter or a second one.
_MAILBOX = re.compile(
    r"""(?:"(?:[^"\\\x00-\x1f\x7f\ud800-\udfff]|\\[\x20-\x7e])+"|[^\s\x00-\x1f\x7f\ud800-\udfff"\\()<>\[\]@,;:]+)"""
    r"""@[^\s\x00-\x1f\x7f\ud800-\udfff"\\()<>@,;]+"""
)
