"""Checks an evidence archive of Privacy Desk, offline: python3 verify.py [ARCHIVE.zip]

Without an argument it checks the folder in which it lies. Exit code 0: everything that could be checked holds;
1: it does not. It needs Python 3.8 or newer and nothing else; with the package `cryptography` it checks
signatures, too.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

ROOT = "0" * 64
SELF = ("manifest.json", "manifest.sig")
LARGEST = 512 * 1024 * 1024  # bytes, unpacked


class Broken(Exception):
    """What does not hold, in one line."""


def read(place: Path) -> dict[str, bytes]:
    """The files by name, of a folder or of an archive."""
    if place.is_dir():
        files = [each for each in sorted(place.rglob("*")) if each.is_file() and "__pycache__" not in each.parts]
        return {each.relative_to(place).as_posix(): each.read_bytes() for each in files if each.suffix != ".zip"}
    with zipfile.ZipFile(place) as archive:
        infos = archive.infolist()
        names = [each.filename for each in infos]
        if len(set(names)) < len(names):
            raise Broken("a file is in the archive twice")
        if sum(each.file_size for each in infos) > LARGEST:
            raise Broken("the archive unpacks to more than it should")
        return {name: archive.read(name) for name in names}


def digest(value: Any) -> str:
    """SHA-256 over the one way of writing this value."""
    written = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def check_files(files: dict[str, bytes]) -> int:
    """Every file is the one that the manifest names, and there is no other."""
    for name in SELF:
        if name not in files:
            raise Broken(f"{name} is missing")
    listed = json.loads(files["manifest.json"])["files"]
    for name in sorted(set(listed) | (set(files) - set(SELF))):
        if name not in files:
            raise Broken(f"{name} is missing")
        if name not in listed:
            raise Broken(f"{name} was added")
        if hashlib.sha256(files[name]).hexdigest() != listed[name]:
            raise Broken(f"{name} was changed")
    return len(listed)


def check_journal(files: dict[str, bytes]) -> list[dict[str, Any]]:
    """Each entry follows the one before it, and is what its digest says."""
    entries: list[dict[str, Any]] = json.loads(files["journal.json"])
    previous = ROOT
    for place, each in enumerate(entries, start=1):
        said = [each[name] for name in ("reference", "seq", "at", "actor", "event", "detail", "previous")]
        if each["seq"] != place or each["previous"] != previous:
            raise Broken(f"journal: entry {place} does not follow the one before it")
        if each["digest"] != digest(said):
            raise Broken(f"journal: entry {place} was changed")
        previous = each["digest"]
    if not entries:
        raise Broken("journal: it has no entries")
    return entries


def check_anchors(files: dict[str, bytes], entries: list[dict[str, Any]]) -> int:
    """Each anchor is what its digest says, and the chain was then as it is now; how many entries that covers."""
    covered, reference = 0, entries[0]["reference"]
    for anchor in json.loads(files["anchors.json"])["anchors"]:
        if anchor["digest"] != digest([anchor[name] for name in ("seq", "at", "chains", "previous")]):
            raise Broken(f"anchor {anchor['seq']} was changed")
        for of, length, head in anchor["chains"]:
            if of != reference:
                continue
            if not 0 < length <= len(entries) or entries[length - 1]["digest"] != head:
                raise Broken(f"anchor {anchor['seq']}: entry {length} of the journal is gone or another one")
            covered = max(covered, length)
    return covered


def check_signatures(files: dict[str, bytes]) -> bool:
    """Whether they could be checked; False where `cryptography` is not installed."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return False
    told = json.loads(files["anchors.json"])
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(told["public_key"]))
    signed = [(f"anchor {each['seq']}", each["signature"], each["digest"]) for each in told["anchors"]]
    manifest = hashlib.sha256(files["manifest.json"]).hexdigest()
    signed.append(("the manifest", files["manifest.sig"].decode("ascii").strip(), manifest))
    for what, signature, over in signed:
        try:
            key.verify(bytes.fromhex(signature), over.encode())
        except InvalidSignature:
            raise Broken(f"{what} bears a wrong signature") from None
    return True


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main(words: list[str]) -> int:
    place = Path(words[0]) if words else Path(__file__).resolve().parent
    try:
        files = read(place)
        count = check_files(files)
        entries = check_journal(files)
        covered = check_anchors(files, entries)
        signed = check_signatures(files)
        public = json.loads(files["anchors.json"])["public_key"]
    except Broken as fault:
        say(f"BROKEN: {fault}")
        return 1
    except (OSError, ValueError, KeyError, TypeError, IndexError, RecursionError, zipfile.BadZipFile) as fault:
        say(f"BROKEN: it is no evidence archive, or was cut off ({type(fault).__name__})")
        return 1
    say(f"{count} files are those of the manifest.")
    say(f"{len(entries)} entries of {entries[0]['reference']} form one chain; anchors cover {covered} of them.")
    if signed:
        say("The signatures of manifest and anchors hold for this public key; compare it with the operator's:")
    else:
        say("SIGNATURES WERE NOT CHECKED: the package `cryptography` is not installed. Up to here the archive")
        say("agrees with itself; who made it, only its signatures show. They are to be for this public key:")
    say(public)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
