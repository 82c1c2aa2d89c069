"""What staff see in a channel: a text with names, addresses and numbers covered. It opens whole in a modal."""

import re
from collections.abc import Collection

_ADDRESS = re.compile(r"(?<![^\s<>@,;:\"()])[^\s<>@,;:\"()]+@[^\s<>@,;:\"()]+")  # whole words only: linear
_NUMBER = re.compile(r"\d(?:[\s./-]?\d){2,}")
_COVER = "•••"


def masked(text: str, *names: str, spared: Collection[str] = ()) -> str:
    """``names``: what else to cover, such as the requester's name and the part of the address before the @.

    ``spared``: phrases of our own that stay as they are, such as the reference of a ticket.
    """
    if kept := "|".join(re.escape(each) for each in sorted(spared, key=len, reverse=True) if each):
        parts = re.split(rf"(?<!\w)({kept})(?!\w)", text)
        return "".join(part if place % 2 else masked(part, *names) for place, part in enumerate(parts))
    words = {word for name in names for word in re.split(r"[\s.,_@+-]+", name) if len(word) > 1}
    text = _ADDRESS.sub(_COVER, text)
    text = _NUMBER.sub(_COVER, text)
    if words:
        covered = "|".join(re.escape(each) for each in sorted(words, key=len, reverse=True))
        text = re.sub(rf"(?<!\w)(?:{covered})(?!\w)", _COVER, text, flags=re.IGNORECASE)
    return text
