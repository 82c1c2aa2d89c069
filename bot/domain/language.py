"""Which language a text is written in: the script first, then py3langid among the languages of that script."""

import re
from collections import Counter
from copy import copy
from functools import cache
from types import MappingProxyType
from typing import Any

UNKNOWN = "und"
EXAMINED = 2_000
"""Characters looked at: more does not make the answer better."""

LETTER_LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "cs", "ro", "tr")
"""Languages of the Latin script that the desk reads; a short text is one of these or unknown."""
_OTHER_LATIN = ("fi", "hu", "no", "hr", "sk", "sl", "lt", "lv", "et", "ca", "id", "vi")
_SHORT = 8  # words; below this a rare neighbour (no, sk, ca) is more often a wrong guess than a right one
_PLAUSIBLE = 0.1
_LIKELY = 0.3

_SCRIPTS = MappingProxyType(
    {
        "kana": "぀-ヿ",
        "hangul": "가-힣ᄀ-ᇿ",
        "han": "一-鿿",
        "cyrillic": "Ѐ-ӿ",
        "greek": "Ͱ-Ͽ",
        "hebrew": "֐-׿",
        "arabic": "؀-ۿ",
        "thai": "฀-๿",
        "devanagari": "ऀ-ॿ",
        "latin": "A-Za-zÀ-ɏḀ-ỿ",
    }
)
_LANGUAGES = MappingProxyType(
    {
        "kana": ("ja",),
        "hangul": ("ko",),
        "han": ("zh",),
        "cyrillic": ("ru", "uk", "bg", "sr", "mk"),
        "greek": ("el",),
        "hebrew": ("he",),
        "arabic": ("ar", "fa", "ur"),
        "thai": ("th",),
        "devanagari": ("hi", "mr", "ne"),
        "latin": LETTER_LANGUAGES + _OTHER_LATIN,
    }
)
_DENSE = frozenset({"kana", "hangul", "han"})  # one sign carries what takes Latin three letters
_LETTERS = {name: re.compile(f"[{signs}]") for name, signs in _SCRIPTS.items()}
_NOT_PROSE = re.compile(r"https?://\S{1,300}|www\.\S{1,300}|\S{0,80}@\S{1,80}|\d+|[\u200b-\u200f\u202a-\u202e]")


def detect(text: str) -> str:
    """The ISO 639-1 code of the text's language, or `und` where nothing tells."""
    best = _ranked(text)
    return best[0][0] if best and best[0][1] >= _LIKELY else UNKNOWN


def plausible(text: str) -> tuple[str, ...]:
    """Every language that the text may well be in, likeliest first; empty where nothing tells."""
    return tuple(language for language, share in _ranked(text) if share >= _PLAUSIBLE)


@cache
def _model() -> Any:
    """py3langid narrowed to the languages known here: 0.5 s, so only when first needed."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(sorted({language for group in _LANGUAGES.values() for language in group}))
    # The table of all 97 languages would stay in memory for a reset that never comes.
    identifier._full_model = identifier.nb_ptc, identifier.nb_pc, identifier.nb_classes
    return identifier


@cache
def _identifier(languages: tuple[str, ...]) -> Any:
    identifier = copy(_model())
    identifier.set_languages(list(languages))
    return identifier


def _ranked(text: str) -> list[tuple[str, float]]:
    prose = " ".join(_NOT_PROSE.sub(" ", text[:EXAMINED]).split())
    script = _script(prose)
    if script is None:
        return []
    languages = _LANGUAGES[script]
    if len(languages) == 1:
        return [(languages[0], 1.0)]
    if script == "latin" and len(prose.split()) < _SHORT:
        languages = LETTER_LANGUAGES
    ranked: list[tuple[str, float]] = _identifier(languages).rank(prose)
    return ranked


def _script(prose: str) -> str | None:
    """The script that says most of the text; Japanese shows by a few kana among its characters."""
    counts = Counter(
        {name: len(signs.findall(prose)) * (3 if name in _DENSE else 1) for name, signs in _LETTERS.items()}
    )
    if counts["kana"] * 20 > counts["han"]:
        counts["kana"] += counts["han"]
    script, count = counts.most_common(1)[0]
    return script if count > 1 else None
