"""Where settings come from: the environment, and below it a file `.env` in the working directory."""

import io
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from bot.settings.faults import SettingsFault


def variables(environ: Mapping[str, str], directory: Path) -> dict[str, str]:
    """Every variable that is set; the environment wins over the file.

    Raises SettingsFault where the file cannot be read or a line of it is no assignment.
    """
    path = directory / ".env"
    return {**(_file(path) if path.exists() else {}), **environ}


def _file(path: Path) -> dict[str, str]:
    from dotenv.parser import parse_stream  # a start without the file does without the library

    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else "it is not UTF-8 text"
        raise SettingsFault([f".env: cannot be read: {why}"]) from None
    bindings = list(parse_stream(io.StringIO(text)))
    broken = [binding.original.line for binding in bindings if binding.error]
    if broken:
        raise SettingsFault(f".env: line {number} is not NAME=value" for number in broken)
    return {binding.key: binding.value for binding in bindings if binding.key and binding.value is not None}


def strangers(names: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    """A line for each unknown name that begins like ours, or is nearly one of ours."""
    ours = tuple(known)
    beginnings = tuple({name.partition("_")[0] + "_" for name in ours if "_" in name})
    for name in sorted(set(names) - set(ours)):
        near = get_close_matches(name, ours, n=1, cutoff=0.85)
        if near:
            yield f"{name}: is not a setting; did you mean {near[0]}?"
        elif name.startswith(beginnings):
            yield f"{name}: begins like a setting and is none; it is not used"
