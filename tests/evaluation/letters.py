"""Letters made of the corpus: a line alone as in chat, or with subject, surroundings and further rights."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from tests.evaluation.corpus import ORDINARY, Family, families, sentences

T = TypeVar("T")
BY_THEMSELVES = {"policy_question", "status_inquiry"}  # what nobody asks for beside a right
OVER_ALL = {"complaint"}  # what leads a letter whatever else it asks for, and often before it
REMINDERS = {"status_inquiry"}  # beside which people ask for nothing anew, but may well complain
FURTHER_RIGHTS = 0.3  # of letters; of complaints twice as many
IN_SUBJECT = 0.15  # of requests say what they want in the subject alone
SHORT_SUBJECT = 60
LINES = 2  # that stand alone, of each family: half of what comes is one line
MUCH = 40  # sentences
MUCH_OFTEN = 0.5  # of longer ordinary mail has up to so many: each is one more that may sound like a request
LONG = 4  # lines
BULK = 0.4  # of longer ordinary mail ends as newsletters do
FOOTERS = {
    "cs": ("Odhlásit", "Odhlásit se z odběru | Zobrazit v prohlížeči"),
    "da": ("Afmeld", "Afmeld nyhedsbrevet | Se i browser"),
    "de": (
        "Abmelden",
        "Newsletter abbestellen | Im Browser ansehen",
        "Sie wollen keine Mails mehr? Hier abmelden.",
    ),
    "en": (
        "Unsubscribe",
        "Unsubscribe | Preferences | Privacy policy",
        "Don't want these emails any more? Unsubscribe here.",
        "To stop receiving this newsletter, follow the link below.",
        "You can opt out at any time.",
        "We never sell or share your personal information.",
    ),
    "es": (
        "Darse de baja",
        "Cancelar suscripción | Ver en el navegador",
        "Si no quiere recibir más correos, pulse aquí.",
    ),
    "fr": ("Se désabonner", "Se désinscrire | Voir en ligne", "Pour ne plus recevoir nos messages, cliquez ici."),
    "it": ("Disiscriviti", "Annulla iscrizione | Vedi nel browser"),
    "nl": ("Uitschrijven", "Afmelden voor deze nieuwsbrief | Bekijk online"),
    "pl": ("Wypisz się", "Zrezygnuj z newslettera | Zobacz w przeglądarce"),
    "pt": ("Cancelar inscrição", "Cancelar a subscrição | Ver no navegador"),
    "ro": ("Dezabonare", "Dezabonați-vă | Vedeți în browser"),
    "sv": ("Avregistrera", "Avsluta prenumerationen | Visa i webbläsaren"),
}


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of one fold: none of its families is in another fold."""

    text: str
    labels: tuple[str, ...]
    language: str
    fold: int
    hard: bool
    subject: str = ""


def letters() -> list[Letter]:
    """Every letter, the same ones at every call."""
    groups: defaultdict[tuple[str, int], list[Family]] = defaultdict(list)
    for family in families():
        groups[family.language, family.fold].append(family)
    return [letter for key in sorted(groups) for letter in _Fold(groups[key]).letters()]


def surroundings(language: str) -> list[str]:
    """What stands around a request in this language."""
    return [
        text
        for family in families()
        if family.language == language and family.section == "around"
        for text in family.variants(2)
    ]


class _Fold:
    """The families of one language in one fold, and the letters that they make."""

    def __init__(self, group: list[Family]) -> None:
        self._draw = random.Random(f"{group[0].language} {group[0].fold}")
        self._around = [text for family in group if family.section == "around" for text in family.variants(3)]
        self._everywhere = surroundings(group[0].language)
        self._asking = [family for family in group if family.label != ORDINARY]
        self._mail = [family for family in group if family.section in ("lookalike", "ordinary")]

    def letters(self) -> Iterator[Letter]:
        for family in self._asking:
            *lines, short, long, named = self._some(family, LINES + 3)
            yield from (self._letter(family, [line], []) for line in lines)
            yield self._mail_with(family, short, further=1, around=3)
            yield self._mail_with(family, long, further=3, around=8)
            if len(named) < SHORT_SUBJECT and self._around and self._draw.random() < IN_SUBJECT:
                yield self._letter(family, self._draw.sample(self._around, 1), [], named)
        for family in self._mail:
            *lines, short, long = self._some(family, LINES + 2)
            yield from (self._letter(family, [line], []) for line in lines)
            yield self._ordinary(family, short, most=2)
            yield self._ordinary(family, long, most=MUCH if self._draw.random() < MUCH_OFTEN else 10)

    def _mail_with(self, family: Family, text: str, further: int, around: int) -> Letter:
        """A request, maybe what else belongs to it, maybe another right, among what surrounds it."""
        others = [one for one in self._asking if one.label == family.label]
        told = [self._draw.choice(self._some(one, 1)) for one in self._few(others, further)]
        rights = self._further(family, further)
        asked = [text, *told, *(one.variants(1)[0] for one in rights)]
        if family.label in OVER_ALL:
            self._draw.shuffle(asked)
        before = self._few(self._around, around // 2)
        after = self._few(self._around, around - around // 2)
        labels = [one.label for one in rights]
        return self._letter(family, [*before, *asked, *after], labels, self._subject(family))

    def _further(self, family: Family, most: int) -> list[Family]:
        """What else is asked for, after what comes first."""
        often = FURTHER_RIGHTS * (1 + (family.label in OVER_ALL))
        if family.label in BY_THEMSELVES - REMINDERS or self._draw.random() >= often:
            return []
        if family.label in REMINDERS:
            return [self._draw.choice([one for one in self._asking if one.label in OVER_ALL])]
        rights = [one for one in self._asking if one.label not in BY_THEMSELVES | OVER_ALL]
        return self._draw.sample(rights, self._draw.randint(1, min(most, 3)))

    def _ordinary(self, family: Family, text: str, most: int) -> Letter:
        others = [one.variants(1)[0] for one in self._few(self._mail, most)]
        lines = [text, *others, *self._few(self._around, 3)]
        self._draw.shuffle(lines)
        if len(lines) >= LONG and self._draw.random() < BULK:
            lines.append(self._draw.choice(FOOTERS.get(family.language, FOOTERS["en"])))
        return self._letter(family, lines, [], self._subject(family))

    def _subject(self, family: Family) -> str:
        """In every other mail, what it is about, where somebody says that in a few words."""
        if self._draw.random() < 0.5:
            return ""
        alike = self._asking if family.label != ORDINARY else self._mail
        texts = [one.variants(1)[0] for one in alike if one.label == family.label]
        return next((text for text in self._few(texts, 5) if len(text) < SHORT_SUBJECT), "")

    def _letter(self, family: Family, lines: list[str], rights: list[str], subject: str = "") -> Letter:
        glue = "\n\n" if self._draw.random() < 0.5 else " "
        labels = tuple(dict.fromkeys((family.label, *rights)))
        return Letter(
            glue.join(lines), labels, family.language, family.fold, family.section == "lookalike", subject
        )

    def _some(self, family: Family, number: int) -> list[str]:
        """So many ways of writing it down, some again where there are too few."""
        texts = list(sentences(family, self._everywhere))
        return [self._draw.choice(texts) for _ in range(number)]

    def _few(self, pool: list[T], most: int) -> list[T]:
        return self._draw.sample(pool, self._draw.randint(0, min(most, len(pool))))
