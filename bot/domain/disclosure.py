"""What a reply would give away: numbers and secrets that thieves look for, found before anybody lets it leave.

What may be found is a table. A number counts only with the check digits that its issuer gave it, or beside a word
that names it, so that references and dates do not cry wolf.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

EXAMINED = 200_000
"""Characters of a text that are read; a reply is a hundredth of it."""


class Kind(StrEnum):
    """What was found, as the journal keeps it."""

    CARD = "payment_card"
    IBAN = "iban"
    NATIONAL_ID = "national_id"
    PASSWORD = "password_or_key"  # noqa: S105 (the name of one)
    STRANGER = "somebody_elses_address"


WORDS: dict[Kind, str] = {
    Kind.CARD: "a payment card number",
    Kind.IBAN: "a bank account number",
    Kind.NATIONAL_ID: "a number that a state gave a person",
    Kind.PASSWORD: "a password or key",
    Kind.STRANGER: "an e-mail address that is not the requester's",
}
"""For staff."""

NEVER: dict[str, frozenset[Kind]] = {
    # 11 CCR 7024(d): a business shall not disclose these in response to a request to know
    "ccpa": frozenset({Kind.CARD, Kind.IBAN, Kind.NATIONAL_ID, Kind.PASSWORD}),
}
"""By law: what no approval lets out."""


def found(text: str, known: Collection[str]) -> tuple[Kind, ...]:
    """The kinds that the text holds, in the order of `Kind`. ``known``: addresses that may stand in it."""
    text = text[:EXAMINED]
    welcome = {each.lower() for each in known}
    seen = {sign.kind for sign in _SIGNS if sign.stands_in(text)}
    if any(each.lower().rstrip(".") not in welcome for each in ADDRESS.findall(text)):
        seen.add(Kind.STRANGER)
    return tuple(kind for kind in Kind if kind in seen)


def forbidden(kinds: Collection[Kind], law: str) -> tuple[Kind, ...]:
    """Those of the kinds that this law keeps in whoever approves."""
    return tuple(kind for kind in kinds if kind in NEVER.get(law, frozenset()))


def in_words(kinds: Collection[Kind]) -> str:
    return ", ".join(WORDS[kind] for kind in kinds)


# ---- check digits ------------------------------------------------------------------------------------------


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    doubled = (int(sign) * (1 + at % 2) for at, sign in enumerate(reversed(digits)))
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def _card(digits: str) -> bool:
    return len(set(digits)) > 1 and luhn(digits)


def _iban(text: str) -> bool:
    """ISO 13616: country and check digits moved to the end, letters as numbers, modulo 97."""
    number = text[: _IBAN_LENGTHS.get(text[:2].upper(), 0)]
    moved = number[4:] + number[:4]
    return bool(moved) and int("".join(str(int(sign, 36)) for sign in moved)) % 97 == 1


def _weighted(weights: str, modulus: int, digits: str) -> int:
    return sum(int(weight, 16) * int(digit) for weight, digit in zip(weights, digits, strict=False)) % modulus


def _pesel(digits: str) -> bool:
    """Poland, ustawa o ewidencji ludności Art. 15."""
    return (10 - _weighted("1379137913", 10, digits)) % 10 == int(digits[10]) and _is_date(
        digits[2:4], digits[4:6]
    )


def _cnp(digits: str) -> bool:
    """Romania, cod numeric personal."""
    rest = _weighted("279146358279", 11, digits)
    return int(digits[12]) == (1 if rest == 10 else rest) and _is_date(digits[3:5], digits[5:7])


def _steuer_id(digits: str) -> bool:
    """Germany, Identifikationsnummer (§ 139b AO): ISO 7064, MOD 11,10."""
    product = 10
    for sign in digits[:10]:
        product = ((int(sign) + product) % 10 or 10) * 2 % 11
    repeated = max(digits[:10].count(sign) for sign in digits[:10])
    return digits[0] != "0" and repeated in (2, 3) and (11 - product) % 10 == int(digits[10])


def _cpf(digits: str) -> bool:
    """Brazil, Cadastro de Pessoas Físicas; the same digit eleven times is no number."""

    def check(length: int) -> int:
        total = sum(int(sign) * (length + 1 - at) for at, sign in enumerate(digits[:length]))
        return total * 10 % 11 % 10

    return len(set(digits)) > 1 and (check(9), check(10)) == (int(digits[9]), int(digits[10]))


def _nir(text: str) -> bool:
    """France, numéro de sécurité sociale; Corsica's departments 2A and 2B count as 19 and 18."""
    number = text.upper().replace("2A", "19").replace("2B", "18")
    return 97 - int(number[:13]) % 97 == int(number[13:])


def _dni(text: str) -> bool:
    """Spain, DNI and NIE (Real Decreto 1553/2005): the letter is the number modulo 23."""
    number = text[0].upper().translate(str.maketrans("XYZ", "012")) + text[1:8]
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23] == text[8].upper()


def _personnummer(digits: str) -> bool:
    """Sweden, personnummer: Luhn over the last ten digits."""
    ten = digits[-10:]
    return luhn(ten) and _is_date(ten[2:4], ten[4:6])


def _rodne_cislo(digits: str) -> bool:
    """The Czech and Slovak lands: a date, women's months 50 higher; the rest modulo 11."""
    month = int(digits[2:4]) % 50
    return int(digits[:9]) % 11 % 10 == int(digits[9]) and _is_date(f"{month % 20:02d}", digits[4:6])


def _is_date(month: str, day: str) -> bool:
    return 1 <= int(month) % 20 <= 12 and 1 <= int(day) <= 31


# ---- the table ---------------------------------------------------------------------------------------------

ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_GAPS = re.compile(r"[ .\-/\u00a0]")
_NAMED = r"(?:\W{1,4}|\W{1,3}(?:is|ist|est|es|è|é|number|nr|no|nummer|numer|numéro|número|numero)\W{1,3})"
_PASSWORD_WORDS = (
    *("password", "passwort", "kennwort", "mot de passe", "contraseña", "wachtwoord", "hasło", "palavra-passe"),
    *("senha", "lösenord", "adgangskode", "heslo", "parola", "pin", "api[ _-]key", "secret"),
)
_IBAN_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO", 16: "BE", 18: "DK FI FO GL NL", 19: "MK SI", 20: "AT BA EE KZ LT LU XK", 21: "CH HR LI LV",
        22: "BG BH DE GB GE IE ME RS", 23: "AE GI IL", 24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "PT",
        26: "IS TR", 27: "FR GR IT MC SM", 28: "AL AZ CY HU LB PL", 29: "BR", 30: "KW MU", 31: "MT",
    }.items()
    for country in countries.split()
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Sign:
    """What a number of this kind looks like, gaps allowed, and what its check digits must bear out."""

    kind: Kind
    pattern: str
    check: Callable[[str], bool] | None = None

    def stands_in(self, text: str) -> bool:
        return any(self.check is None or self.check(_GAPS.sub("", each)) for each in self._numbers(text))

    def _numbers(self, text: str) -> Iterator[str]:
        for match in _compiled(self.pattern).finditer(text):
            yield match[match.lastindex or 0]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_SIGNS = (
    _Sign(Kind.CARD, r"(?<![\w.])(?:2[2-7]|[3-6]\d)(?:[ -]?\d){11,17}(?!\w)", _card),
    _Sign(Kind.IBAN, r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}", _iban),
    # United States: social security number, with its dashes or its name (SSA POMS RM 10201.035)
    _Sign(Kind.NATIONAL_ID, r"(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])"),
    _Sign(Kind.NATIONAL_ID, rf"\bssn{_NAMED}(\d{{3}} ?\d{{2}} ?\d{{4}})\b"),
    # United Kingdom: National Insurance number (HMRC NIM39110)
    _Sign(
        Kind.NATIONAL_ID, r"\b(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?(?:\d{2} ?){3}[A-D]\b"
    ),
    _Sign(Kind.NATIONAL_ID, r"(?<!\w)\d{2} ?\d{3} ?\d{3} ?\d{3}(?!\w)", _steuer_id),
    _Sign(Kind.NATIONAL_ID, r"(?<!\w)\d{11}(?!\w)", _pesel),
    _Sign(Kind.NATIONAL_ID, r"(?<!\w)[1-8]\d{12}(?!\w)", _cnp),
    _Sign(Kind.NATIONAL_ID, r"(?<!\w)\d{3}\.\d{3}\.\d{3}-\d{2}(?!\w)", _cpf),
    _Sign(Kind.NATIONAL_ID, rf"\bcpf{_NAMED}(\d{{11}})\b", _cpf),
    _Sign(
        Kind.NATIONAL_ID,
        r"(?<!\w)[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}(?!\w)",
        _nir,
    ),
    _Sign(Kind.NATIONAL_ID, r"(?<!\w)(?:\d{8}|[XYZ]-?\d{7})-?[A-Z](?!\w)", _dni),
    # Italy: codice fiscale (DM 23/12/1976); its shape is telling enough
    _Sign(Kind.NATIONAL_ID, r"\b[A-Z]{6}\d{2}[ABCDEHLMPRST](?:[04][1-9]|[1256]\d|[37][01])[A-Z]\d{3}[A-Z]\b"),
    _Sign(Kind.NATIONAL_ID, r"(?<!\w)(?:19|20)?\d{6}[-+]\d{4}(?!\w)", _personnummer),
    _Sign(Kind.NATIONAL_ID, r"(?<!\w)\d{6}/\d{4}(?!\w)", _rodne_cislo),
    # Denmark, the Netherlands, Portugal, Canada: only beside their names
    _Sign(Kind.NATIONAL_ID, rf"\bcpr{_NAMED}(\d{{6}}-?\d{{4}})\b"),
    _Sign(Kind.NATIONAL_ID, rf"\b(?:bsn|burgerservicenummer|nif|sin){_NAMED}(\d{{9}})\b"),
    _Sign(Kind.PASSWORD, rf"\b(?:{'|'.join(_PASSWORD_WORDS)})\s{{0,2}}[:=]\s{{0,2}}(\S{{4,}})"),
    _Sign(
        Kind.PASSWORD,
        r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----|\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_\w{30,}|xox[abprs]-[\w-]{10,}"
        r"|sk_live_\w{10,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,})",
    ),
)
