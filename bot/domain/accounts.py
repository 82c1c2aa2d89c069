"""Whose account is it? What a letter claims, held against what the directory of accounts knows.

A match by address or by account id is exact but for the case of ASCII letters: nothing else is folded, so that a
look-alike never passes for the original (Unicode TR 39). A name proves nothing and is only shown to staff.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.identity import Proof
from bot.domain.mime.addresses import parse_mailboxes

MATCHES, DIFFERS, NOT_GIVEN = "matches", "differs", "not given"

_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_TELEPHONE = 7  # digits at the end that two spellings of a number share, with and without its country


@dataclass(frozen=True, slots=True)
class Account:
    """An entry of the directory; ``data`` are its further columns, by name."""

    id: str = field(repr=False)
    email: str = field(repr=False)
    name: str = field(default="", repr=False)
    aliases: tuple[str, ...] = field(default=(), repr=False)
    data: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def addresses(self) -> tuple[str, ...]:
        return (self.email, *self.aliases)

    def spelled(self, address: str) -> str | None:
        """How the directory spells this address of the account; None where it is none of its addresses."""
        wanted = folded(address)
        return next((each for each in self.addresses if each and folded(each) == wanted), None)

    def is_called(self, name: str) -> bool:
        return bool(name_key(name)) and name_key(name) == name_key(self.name)


@dataclass(frozen=True, slots=True)
class Claims:
    """What a letter says of who its writer is. ``given`` holds identification data by kind."""

    addresses: tuple[str, ...] = field(default=(), repr=False)
    ids: tuple[str, ...] = field(default=(), repr=False)
    name: str = field(default="", repr=False)
    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    too_many: bool = False  # more than anybody would name for one person


class Standing(StrEnum):
    """How a letter's sender stands to the account that the letter is about; most values are concerns, too."""

    NO_DIRECTORY = "no_directory"
    OWN = "own_account"  # the sender's address is on file
    UNKNOWN = "no_account"
    ELSEWHERE = "account_elsewhere"  # the letter claims an account of which the sender is no address
    SEVERAL = "several_accounts"
    SHARED = "shared_address"  # several accounts have the sender's address, and the letter names none of them
    NAMESAKE = "name_elsewhere"  # somebody of the sender's name is on file at another address
    DOWN = "directory_down"


DENIED = "denied_by_owner"
"""The concern where somebody whom we mailed a code says that they did not ask."""

DISPUTED = "address_disputed"
"""The concern where the address that wrote may be what a change of address is to put on file."""

DOUBTS = frozenset(
    {Standing.ELSEWHERE, Standing.SEVERAL, Standing.SHARED, Standing.NAMESAKE, Standing.DOWN, DENIED, DISPUTED}
)
"""Concerns under which a code from the address that wrote is worth no more than that mailbox."""

NOTED = DOUBTS | {Standing.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Finding:
    """What the directory says of a letter; ``account`` is the one that it is about, where there is exactly one."""

    standing: Standing = Standing.NO_DIRECTORY
    account: Account | None = None
    data_points: Mapping[str, str] = field(default_factory=dict)

    @property
    def on_file(self) -> str | None:
        """Another address than the sender's that has to confirm."""
        elsewhere = self.standing is Standing.ELSEWHERE and self.account is not None
        return self.account.email if elsewhere and self.account and is_mailable(self.account.email) else None


def weigh(
    sender: str, claims: Claims, own: Sequence[Account], claimed: Sequence[Account], namesakes: Sequence[Account]
) -> Finding:
    """How the sender stands to what the letter claims; a claim of somebody else's account outweighs an own one."""
    elsewhere = {each.id: each for each in claimed if each.spelled(sender) is None}
    if len(elsewhere) > 1 or claims.too_many:
        return Finding(Standing.SEVERAL)
    for account in elsewhere.values():
        return Finding(Standing.ELSEWHERE, account, compare(account, claims.given))
    chosen = [each for each in claimed if each.id in {one.id for one in own}]
    if len(own) > 1 and not chosen:
        return Finding(Standing.SHARED)
    for account in (*chosen, *own):
        return Finding(Standing.OWN, account, compare(account, claims.given))
    return Finding(Standing.NAMESAKE if namesakes else Standing.UNKNOWN)


def worth(concerns: Iterable[str]) -> Proof:
    """What a code proves that comes back from the address that wrote."""
    return Proof.ON_FILE if DOUBTS.isdisjoint(concerns) else Proof.MAILBOX


def folded(address: str) -> str:
    """An address as it is compared: ASCII letters in lower case, everything else as it is."""
    return address.translate(_LOWER)


def name_key(name: str) -> str:
    """A name as it is compared: composed, in lower case, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def is_mailable(address: str) -> bool:
    """Whether the desk can write to an address of the directory: exactly one mailbox, and no doubt about it."""
    found, fault = parse_mailboxes(address)
    return not fault and len(found) == 1 and folded(found[0].address) == folded(address)


# ---- data points ------------------------------------------------------------------------------------------


def compare(account: Account, given: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """For each column of the account whether what the letter gives is the same; no value stands in the answer."""
    columns = {"name": account.name, **account.data}
    return {kind: _compared(kind, value, given.get(_kind(kind), ())) for kind, value in columns.items() if value}


def _compared(kind: str, on_file: str, given: Sequence[str]) -> str:
    """What cannot be compared counts as not given."""
    answers = [_same(on_file, each) for each in given]
    if True in answers:
        return MATCHES
    return DIFFERS if False in answers else NOT_GIVEN


def _same(on_file: str, given: str) -> bool | None:
    if (day := _day(on_file)) is not None:
        other = _day(given)
        return None if other is None else day == other
    one, other_one = _plain(on_file), _plain(given)
    if not one or not other_one:
        return None
    return one == other_one or _is_one_telephone(on_file, given)


def _kind(column: str) -> str:
    return re.sub(r"[\W_]+", "_", column.strip().lower())


def _plain(value: str) -> str:
    """Letters and digits alone."""
    composed = unicodedata.normalize("NFKC", value).casefold()
    return "".join(char for char in composed if char.isalnum())


def _day(value: str) -> tuple[int, ...] | None:
    """A day in figures, in any order: its year and the two other numbers."""
    numbers = re.findall(r"\d+", value[:40])
    if not re.fullmatch(r"\s*\d{1,4}\s*[./-]\s*\d{1,2}\s*[./-]\s*\d{1,4}\s*", value[:40]):
        return None
    years = [each for each in numbers if len(each) == 4]
    return tuple(sorted(int(each) for each in numbers)) if len(years) == 1 else None


def _is_one_telephone(one: str, other: str) -> bool:
    """Whether both are the same number, with and without its country."""
    if re.search(r"[^\W\d_]", one + other):
        return False
    ends = [re.sub(r"\D", "", each).lstrip("0") for each in (one, other)]
    shorter, longer = sorted(ends, key=len)
    return len(shorter) >= _TELEPHONE and longer.endswith(shorter) and len(longer) - len(shorter) <= 3
