"""JSON Lines from standard input, answered one by one and in order, whatever is wrong with a line."""

import json
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn

from bot.cli.output import Failure, misuse, write_json
from bot.logs import described

Given = Mapping[str, Any]
LONGEST_LINE = 96 * 1024 * 1024  # a mail of 64 MB in base64, and some

log = logging.getLogger(__name__)


def answer_lines(answer: Callable[[Given], Mapping[str, Any]]) -> None:
    """Answers each object on standard input with a line: its `id` and the answer, or its `id` and an `error`."""
    for raw in _lines():
        write_json(_answered(raw, answer))


def text_of(given: Given, name: str, default: str | None = None) -> str:
    """A text of the object. Raises Failure where it is missing without a default, or no text."""
    value = given.get(name)
    value = default if value is None else value
    if not isinstance(value, str):
        raise misuse(f"{name} is missing" if value is None else f"{name} is not a text")
    return value


def _lines() -> Iterator[bytes | None]:
    """Lines that are not blank; None stands for one that is too long to be held."""
    stream = sys.stdin.buffer
    while raw := stream.readline(LONGEST_LINE):
        if len(raw) == LONGEST_LINE and not raw.endswith(b"\n"):
            while (rest := stream.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
            yield None
        elif raw.strip():
            yield raw


def _answered(raw: bytes | None, answer: Callable[[Given], Mapping[str, Any]]) -> Mapping[str, Any]:
    key = None
    try:
        given = _object(raw)
        key = given.get("id")
        return {"id": key, **answer(given)}
    except Failure as failure:
        return {"id": key, "error": str(failure)}
    except Exception as error:  # noqa: BLE001  one line's fault must not end the lines behind it
        log.error("a line could not be answered: %s", described(error))
        return {"id": key, "error": f"could not be answered ({type(error).__name__})"}


def _object(raw: bytes | None) -> Given:
    if raw is None:
        raise misuse("the line is too long")
    try:
        value = json.loads(raw.decode("utf-8-sig", "replace"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise misuse("the line is not JSON") from None
    if not isinstance(value, dict):
        raise misuse("the line is not a JSON object")
    return value


def _no_constant(name: str) -> NoReturn:
    """JSON has no NaN and no infinity, though Python reads them."""
    raise ValueError(name)
