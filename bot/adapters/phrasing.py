"""How one language says dates, and the sentences of law pack and policy that letters are given in English.

A language's own sentences stand in `letters/<language>/phrases.po`, by their English (the format of gettext); an
operator's own book comes before the packaged one, so that the words of an own policy can be said, too.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

_LOCALES = {"en": "en_GB"}  # the day before the month, as everywhere else here
_FIRST = {"fr": "1er", "it": "1º"}  # the first of a month, where it is written unlike the other days


class Phrasing:
    """One language. Raises babel's errors where a book is no catalogue."""

    def __init__(self, language: str, folders: Sequence[Path]) -> None:
        self._locale = _locale(_LOCALES.get(language, language))
        self._first = _FIRST.get(language, "1")
        self._book = _book(language, folders)

    def day(self, on: date) -> str:
        """A date as letters say it: 7 April 2026, 7. April 2026, 7 de abril de 2026, 1er avril 2026."""
        said = format_date(on, "long", locale=self._locale)
        return self._first + said[1:] if on.day == 1 and said.startswith("1 ") else said

    def here(self, text: str) -> str:
        """A sentence in this language, or as it came, in English, where the language has none."""
        return self._book.get(text, text)

    def lacking(self, texts: Iterable[str]) -> list[str]:
        """Those that this language has no words for."""
        return [text for text in texts if text not in self._book]


def phrase_book(language: str, folders: Sequence[Path], wanted: Iterable[str]) -> str:
    """The source of a language's book with these sentences: those that it has words for, and the others empty."""
    phrasing = Phrasing(language, folders)
    catalogue = Catalog()
    for text in wanted:
        catalogue.add(text, "" if phrasing.lacking([text]) else phrasing.here(text))
    lines = BytesIO()
    write_po(lines, catalogue, width=0, omit_header=True)
    return lines.getvalue().decode()


def _locale(language: str) -> Locale:
    """The habits of a language, or those of English where nobody has written them down."""
    try:
        return Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return Locale.parse(_LOCALES["en"])


def _book(language: str, folders: Sequence[Path]) -> Mapping[str, str]:
    """The sentences of all folders, of which the first come first."""
    book: dict[str, str] = {}
    for folder in reversed(folders):
        path = folder / "letters" / language / "phrases.po"
        if path.is_file():
            with path.open("rb") as lines:
                catalogue = read_po(lines, locale=language, abort_invalid=True)
            book |= {
                str(each.id): str(each.string) for each in catalogue if each.id and each.string and not each.fuzzy
            }
    return book
