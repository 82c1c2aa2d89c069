"""What staff see in a channel: a text with names, addresses and numbers covered. It opens whole in a modal."""

import re

_ADDRESS = re.compile(r"(?<![^\s<>@,;:\"()])[^\s<>@,;:\"()]+@[^\s<>@,;:\"()]+")  # whole words only: linear
_NUMBER = re.compile(r"\d(?:[\s./-]?\d){2,}")
_COVER = "•••"


def masked(text: str, *names: str) -> str:
    """``names``: what else to cover, such as the requester's name and the part of the address before the @."""
    words = {word for name in names for word in re.split(r"[\s.,_@+-]+", name) if len(word) > 1}
    text = _ADDRESS.sub(_COVER, text)
    text = _NUMBER.sub(_COVER, text)
    if words:
        covered = "|".join(re.escape(each) for each in sorted(words, key=len, reverse=True))
        text = re.sub(rf"(?<!\w)(?:{covered})(?!\w)", _COVER, text, flags=re.IGNORECASE)
    return text
