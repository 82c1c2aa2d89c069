"""Checks the DKIM signatures of a mail (RFC 6376), for a mailbox whose server tells nobody what it found.

Needs the extra `dkim`. Every check asks DNS for a name that the sender chose, so that it is off until an operator
wants it; what it finds is shown to staff and proves nothing by itself, since a signature says neither who wrote a
mail nor to whom it was sent.
"""

import asyncio
import logging
from collections.abc import Callable

Ask = Callable[..., bytes | None]
"""Asks DNS for the text at a name (bytes, with a dot at its end); None where there is none."""

MOST = 3
"""Signatures of a mail that are checked: a sender, a mailing service, and one more."""
_LEAST_BITS = 1024  # of an RSA key (RFC 8301, 3.2)
_PATIENCE = 3  # seconds for one question; a thread cannot be stopped, so that it must end by itself

_silent = logging.Logger("dkim", level=logging.CRITICAL + 1)  # dkimpy logs headers


class Signatures:
    """The check. Raises ModuleNotFoundError where the extra is not installed."""

    def __init__(self, ask: Ask | None = None) -> None:
        try:  # only where it is wanted: it is a tenth of the time that a desk takes to start
            from dkim import DKIM
            from dkim.dnsplug import get_txt
        except ImportError:
            raise ModuleNotFoundError("dkimpy is not installed: pip install 'privacy-desk[dkim]'") from None
        self._check, self._ask = DKIM, ask or get_txt

    async def whole(self, raw: bytes) -> tuple[str, ...]:
        """The domains whose signatures are whole and cover the entire body, in the order of the mail's headers."""
        return await asyncio.to_thread(self._whole, raw)

    def _whole(self, raw: bytes) -> tuple[str, ...]:
        return tuple(domain for place in range(MOST) if (domain := self._signer(raw, place)))

    def _signer(self, raw: bytes, place: int) -> str | None:
        try:
            check = self._check(raw, logger=_silent, minkey=_LEAST_BITS, timeout=_PATIENCE)
            if not check.verify(place, dnsfunc=self._ask) or b"l" in check.signature_fields:
                return None
            return str(check.domain.decode("ascii").lower())
        except Exception:  # noqa: BLE001 (a header of a stranger's making; dkimpy lets several kinds of error out)
            return None
