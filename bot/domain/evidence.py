"""The archive for a regulator: the same records make the same bytes, and a signed manifest names every file.

Nothing is compressed, so that the bytes depend on no library's version.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.domain.journal import Anchor, Entry

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first day that an archive can name
_READABLE = 0o644 << 16
_NO_PERSON = frozenset({"desk", "requester"})


def archive(files: Mapping[str, bytes], reference: str, made_at: datetime, sign: Callable[[str], str]) -> bytes:
    """These files with their manifest; ``sign`` answers with a signature over a digest, in hexadecimal."""
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    manifest = written({"reference": reference, "made_at": instant(made_at), "files": digests})
    signature = sign(hashlib.sha256(manifest).hexdigest())
    whole = {**files, "manifest.json": manifest, "manifest.sig": f"{signature}\n".encode()}
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as packed:
        for name in sorted(whole):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system, info.external_attr = 3, _READABLE
            packed.writestr(info, whole[name])
    return held.getvalue()


def written(value: Any) -> bytes:
    """As JSON in lines, with nothing in it that a reader or a codec could change."""
    return (json.dumps(value, ensure_ascii=True, indent=1, sort_keys=True) + "\n").encode()


def instant(at: datetime) -> str:
    """As the digests of the journal have it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def journal_file(entries: Iterable[Entry]) -> bytes:
    names = ("reference", "seq", "actor", "event", "detail", "previous", "digest")
    return written([{name: getattr(each, name) for name in names} | {"at": instant(each.at)} for each in entries])


def people_file(entries: Iterable[Entry]) -> bytes:
    """What people of the staff did, from the journal: who looked, wrote, decided and approved."""
    done = [each for each in entries if each.actor not in _NO_PERSON]
    return written(
        [{"who": each.actor, "at": instant(each.at), "did": each.event, "entry": each.seq} for each in done]
    )


def anchors_file(anchors: Iterable[tuple[Anchor, str]], public_key: bytes) -> bytes:
    """Anchors with their signatures, and the public key that they are for."""
    rows = [
        {
            "seq": each.seq,
            "at": instant(each.at),
            "chains": [list(chain) for chain in each.chains],
            "previous": each.previous,
            "digest": each.digest(),
            "signature": signature,
        }
        for each, signature in anchors
    ]
    return written({"algorithm": "Ed25519 over the digest", "public_key": public_key.hex(), "anchors": rows})
