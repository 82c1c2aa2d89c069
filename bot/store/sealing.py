"""Sealing: what is personal rests encrypted under a key of its ticket or item.

AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D), stored as nonce followed by ciphertext and tag. The
label, such as ``message.text``, is authenticated with it, so that a value cannot be moved to another column.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12


class CannotOpen(Exception):
    """A sealed value that the given key does not open: another key, or changed bytes."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """The key of one ticket or item: its public name and its secret."""

    id: str
    secret: bytes = field(repr=False)

    def seal(self, plain: bytes, label: str) -> bytes:
        return _seal(self.secret, plain, f"{self.id}:{label}")

    def open(self, sealed: bytes, label: str) -> bytes:
        return _open(self.secret, sealed, f"{self.id}:{label}")


@dataclass(frozen=True, slots=True)
class MasterKeys:
    """SECRET_KEYS, newest first: the newest wraps, any of them unwraps."""

    secrets: Sequence[bytes] = field(repr=False)

    def newest(self) -> str:
        return fingerprint(self.secrets[0])

    def can_open(self, wrapped_by: str) -> bool:
        return any(fingerprint(each) == wrapped_by for each in self.secrets)

    def wrap(self, secret: bytes, name: str) -> tuple[bytes, str]:
        """The wrapped key and the fingerprint of the master key that wraps it."""
        return _seal(self.secrets[0], secret, name), self.newest()

    def unwrap(self, wrapped: bytes, wrapped_by: str, name: str) -> bytes:
        for secret in self.secrets:
            if fingerprint(secret) == wrapped_by:
                return _open(secret, wrapped, name)
        raise CannotOpen(f"no key of SECRET_KEYS has the fingerprint {wrapped_by}")


def fingerprint(secret: bytes) -> str:
    """Names a master key without telling anything of it."""
    return hashlib.sha256(b"privacy-desk master key" + secret).hexdigest()[:16]


def _seal(secret: bytes, plain: bytes, label: str) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(secret).encrypt(nonce, plain, label.encode())


def _open(secret: bytes, sealed: bytes, label: str) -> bytes:
    try:
        return AESGCM(secret).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], label.encode())
    except (InvalidTag, ValueError):
        raise CannotOpen(f"a sealed {label.rpartition(':')[2]} does not open with its key") from None
