"""Small things that a requester says in a thread: thanks, and the wish for a new code."""

import re

_THANKS = re.compile(
    r"\b(thanks?|thank you|thx|cheers|many thanks|danke|vielen dank|merci|gracias|grazie|bedankt|dank je|dank u"
    r"|obrigad[oa]|dzięki|dziękuję|tack|tak|děkuji|díky|mulțumesc|multumesc)\b",
    re.IGNORECASE,
)
_NEW_CODE = re.compile(
    r"\b(new|another|fresh|neue[nr]?|nouveau|nuevo|otro|nuovo|nieuwe|novo|nowy|ny)"
    r" (code|código|codigo|codice|kod|kode)\b",
    re.IGNORECASE,
)
_SHORT = 20  # words


def is_thanks(text: str) -> bool:
    """A short word of thanks that asks for nothing more."""
    words = text.split()
    return 0 < len(words) <= _SHORT and "?" not in text and "but" not in words and bool(_THANKS.search(text))


def asks_for_code(text: str) -> bool:
    return len(text.split()) <= 3 * _SHORT and bool(_NEW_CODE.search(text))


def is_little_more_than_a_code(text: str) -> bool:
    """Whether the eight digits in a text are what it is about, and not an order number in a longer letter."""
    return len(re.sub(r"\d|\s", "", text)) <= 120
