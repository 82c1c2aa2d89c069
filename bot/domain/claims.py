"""What a letter says of who its writer is: addresses, account numbers, a name. None of it is believed.

The whole text is read, and not only what is new in it: whatever staff will see may lead them to an account.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from bot.domain.accounts import Claims, folded
from bot.domain.disclosure import ADDRESS
from bot.domain.mail import Attachment
from bot.domain.marked import Particular
from bot.domain.particulars import Particulars

EXAMINED = 50_000
"""Characters of a letter that are read."""

MOST = 5
"""Addresses, and account numbers, that are looked up; a letter that names more is for a person to read."""

# "account number: 77-15", "Kundennr. 4711", "numéro de client 31", "id klienta: A-9"
_OF_ACCOUNT = (
    r"(?:account|customer|client|user|member(?:ship)?|subscriber|profile|konto|kunden?|benutzer|nutzer|mitglieds?|"
    r"vertrags?|compte|utilisateur|adhérent|abonné|cuenta|cliente|usuario|socio|conto|utente|account-?|klant|"
    r"gebruikers?|rekening|conta|utilizador|usuário|klienta?|konta|użytkownika|kund|användar|medlems?|bruger|"
    r"zákazníka|zákaznické|zákaznick[ýáé]|uživatele|účtu|client(?:ului)?|contului|cont|utilizator(?:ului)?)"
)
_NUMBER = (
    r"(?:id|no|nr|n[°º]|num|number|nummer|numero|numéro|número|numer|čislo|číslo|nummer|identifier|kennung|"
    r"identifiant|identificador|identificativo|identyfikator|numărul|număr|#)"
)
_LABELLED = re.compile(
    rf"(?<!\w)(?:{_OF_ACCOUNT}[\s_-]{{0,2}}{_NUMBER}|{_NUMBER}[\s_.-]{{0,2}}(?:(?:de|del|della|di|do|da|van|von|der|"
    rf"du|af|of)[\s_-]{{1,2}})?(?:(?:my|mon|mi|mio|meu|mijn|la|le|el|il|de|the)[\s_-]{{1,2}})?{_OF_ACCOUNT})"
    r"(?!\w)\.?[\s:=#*]{0,6}(?:(?:is|ist|lautet|est|es|è|é|är|er|jest|je|este)\s{1,3})?"
    r"[\"'„“«(]?(?P<id>[\w-][\w./-]{0,39})",
    re.IGNORECASE,
)
_DOCUMENT = re.compile(
    r"(?<!\w)(?:passports?|identity (?:card|document)s?|id[ -]?(?:card|copy|document|scan)s?|copy of my id|my id|"
    r"driv(?:er['’]?s|ing) licen[cs]e|reisepass|(?:personal)?ausweis\w{0,6}|führerschein|passeport|"
    r"(?:pièce|carte)s? d['’]identité|permis de conduire|pasaporte|documento de identidad|passaporto|"
    r"carta d['’]identità|patente di guida|paspoort|identiteits(?:kaart|bewijs)|rijbewijs|passaporte|"
    r"bilhete de identidade|cartão de cidadão|paszport|dowód osobisty|dowodu|körkort|legitimation|kørekort|"
    r"cestovní pas|občansk\w{1,4} průkaz\w{0,3}|pașaport\w{0,3}|carte de identitate|buletin\w{0,3})(?!\w)",
    re.IGNORECASE,
)
_PICTURE_TYPES = ("image/", "application/pdf")
_PICTURE_NAMES = (".jpg", ".jpeg", ".png", ".heic", ".tif", ".tiff", ".webp", ".pdf")
_IDS = ("customer_number", "account_number", "username")  # by which a directory may know an account
_NOTHING = Particulars()


def claimed(sender: str, name: str, text: str, ours: Collection[str], says: Particulars = _NOTHING) -> Claims:
    """What a letter, its subject included, names besides its sender's own address and ours.

    The name is that of whom it is about: of the person that the sender acts for, else the sender's own.
    """
    found = [each for each in says.data if each.value]
    text = f"{name}\n{text[:EXAMINED]}"
    name = (says.agent.value if says.agent else "") or name
    known = {folded(each) for each in (*ours, sender)}
    addresses = _once(each.rstrip(".") for each in ADDRESS.findall(text))
    others = tuple(each for each in addresses if folded(each) not in known)
    labelled = [each.value for each in found if each.code in _IDS]
    ids = _once(each.rstrip("./-") for each in (*_ids(text), *labelled))
    return Claims(
        addresses=others[:MOST],
        ids=ids[:MOST],
        name=name,
        given=_given(name, ids, found),
        too_many=len(others) > MOST or len(ids) > MOST,
    )


def shows_identity_document(text: str, attachments: Iterable[Attachment]) -> bool:
    """Whether a picture or scan comes with words that speak of an identity document; it is not looked into."""
    pictures = [
        each.filename
        for each in attachments
        if each.content_type.lower().startswith(_PICTURE_TYPES) or each.filename.lower().endswith(_PICTURE_NAMES)
    ]
    names = " ".join(re.sub(r"[._]", " ", each) for each in pictures)
    return bool(pictures) and bool(_DOCUMENT.search(f"{names}\n{text[:EXAMINED]}"))


def _ids(text: str) -> Iterator[str]:
    for found in _LABELLED.finditer(text):
        if re.search(r"\d", found["id"]):
            yield found["id"]


def _given(name: str, ids: Iterable[str], found: Iterable[Particular]) -> dict[str, tuple[str, ...]]:
    """What is to be compared with the data on file, by kind."""
    values = defaultdict(list, {kind: list(ids) for kind in ("customer_number", "account_number")})
    values["name"] += [name]
    for each in found:
        values[each.code].append(each.value)
    return {kind: given for kind, each in values.items() if (given := _once(filter(None, each)))}


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
