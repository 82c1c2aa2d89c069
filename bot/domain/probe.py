"""A letter that the desk writes to itself, to see that whatever reaches its mailbox is read and understood.

What makes it one is its Message-ID, ``<probe.NONCE.MAC@domain>``, which only the desk's key can make: whoever else
writes “this is a probe” has written a letter like any other.
"""

import base64
import hashlib
import hmac
import re
import secrets

SUBJECT = "Probe of the privacy desk"
TEXT = "Please delete my account and all personal data you hold about me.\n"
_OURS = re.compile(r"probe\.([a-z2-7]{16})\.([a-z2-7]{26})@[^@\s]+")


def new_probe_id(domain: str, secret: bytes) -> str:
    """A Message-ID, without angle brackets."""
    nonce = _base32(secrets.token_bytes(10))
    return f"probe.{nonce}.{_mac(nonce, secret)}@{domain}"


def is_probe(message_id: str, secret: bytes) -> bool:
    """Whether this Message-ID is of our making."""
    found = _OURS.fullmatch(message_id)
    return bool(found and hmac.compare_digest(found[2], _mac(found[1], secret)))


def _mac(nonce: str, secret: bytes) -> str:
    return _base32(hmac.digest(secret, f"probe:{nonce}".encode(), hashlib.sha256)[:16])


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=").lower()
