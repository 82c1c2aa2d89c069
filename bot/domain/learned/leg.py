"""How much of its understanding the desk uses, to see what each part is worth."""

from enum import StrEnum


class Leg(StrEnum):
    """What a letter is understood with, each with all before it."""

    RULES = "rules"
    WORDS = "words"
    MEANING = "meaning"
