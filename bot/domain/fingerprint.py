"""What makes two copies of a mail the same mail, wherever they lie and whichever way they came."""

import hashlib
import re

_IDENTIFYING = (b"message-id", b"from", b"subject", b"date")
_FOLD = re.compile(rb"\r?\n[ \t]+")


def fingerprint(raw: bytes) -> str:
    """A digest of Message-ID and content, blind to what transport adds on the way.

    Another mail under a Message-ID that was seen before has another fingerprint.
    """
    mail = raw.replace(b"\r\n", b"\n")
    head, _, body = mail.partition(b"\n\n")
    lines = _FOLD.sub(b" ", head).split(b"\n")
    named = sorted(line.strip() for line in lines if line.partition(b":")[0].strip().lower() in _IDENTIFYING)
    if not any(line.lower().startswith(b"message-id") for line in named):
        named = lines
    return hashlib.sha256(b"\n".join(named) + b"\n\n" + body.rstrip()).hexdigest()
