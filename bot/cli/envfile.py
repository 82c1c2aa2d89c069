"""The file `.env`, written so that python-dotenv reads back exactly what was meant."""

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

_PLAIN = re.compile(r"[\w@%+=:,./?&-]*", re.ASCII)
_HEAD = "# The settings of Privacy Desk; docs/operating.md says what each means. Keep this file to yourself.\n"


def write_settings(path: Path, settings: Mapping[str, str]) -> None:
    """Replaces the file as a whole, readable by its owner alone; who interrupts this leaves the old one."""
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    text = _HEAD + "".join(f"{name}={quoted(value)}\n" for name, value in settings.items() if value)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def quoted(value: str) -> str:
    """A value as it may stand behind the equals sign."""
    if _PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
