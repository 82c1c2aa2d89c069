"""The letters of a sentence, four at a time, each run of four in one of a fixed number of places.

They hear stems and spellings that no lexicon has, in languages that the encoder does not know, too.
"""

import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

PLACES = 8192
"""In how many places the runs are kept: two may share one."""

_RUN = 4
_DENSE_RUN = 2  # of signs that each say a syllable or a word
_DENSE = "\u2e80"


def places(tokens: Sequence[str]) -> npt.NDArray[np.int64]:
    """The places of the runs of a sentence's folded words, each once, in order."""
    text = f" {' '.join(tokens)} "
    size = _DENSE_RUN if max(text) >= _DENSE else _RUN
    runs = {text[at : at + size] for at in range(len(text) - size + 1)}
    return np.array(sorted({zlib.crc32(run.encode("utf-8", "ignore")) % PLACES for run in runs}), np.int64)
