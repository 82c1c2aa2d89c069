"""How much automatic mail may leave, as a table; and from when on two machines are taken to answer each other.

Whoever can forge a sender could otherwise have this desk write to a victim as often as they like (RFC 3834, 4).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Scope(StrEnum):
    """What is counted together."""

    ADDRESS = "address"
    TICKET = "ticket"
    DOMAIN = "domain"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Limit:
    """So many mails within a window; of one letter alone where ``letter`` names it."""

    scope: Scope
    most: int
    window: timedelta
    why: str
    letter: str = ""
    spread: bool = False  # many wait at once: they must not all be tried again at the same moment

    def name(self, what: str) -> str:
        """What one mail counts as, for an address, ticket or domain."""
        return f"{self.scope}:{what}:{self.letter}" if self.letter else f"{self.scope}:{what}"

    def free_at(self, filled: datetime | None, now: datetime, number: int) -> datetime | None:
        """When a mail may leave that may not leave now; None where it may.

        ``filled``: when the oldest of the latest ``most`` left. ``number``: any that tells those who wait apart.
        """
        if filled is None or filled + self.window <= now:
            return None
        later = self.window * (number % self.most) / self.most if self.spread else timedelta(0)
        return filled + self.window + later


LIMITS = (
    Limit(Scope.ADDRESS, 5, HOUR, "A person needs no more; a victim of forged senders is not flooded."),
    Limit(
        Scope.ADDRESS,
        1,
        DAY,
        "The first answer to a repeated request says it all, however often a name is forged.",
        letter="acknowledgement_joined",
    ),
    Limit(
        Scope.ADDRESS,
        10,
        DAY,
        "Two codes' tries with an answer to each; a machine that echoes codes gets no more.",
        letter="wrong_code",
    ),
    Limit(
        Scope.TICKET,
        10,
        HOUR,
        "A ticket writes to three addresses at most: who wrote, the requester, the address on file.",
    ),
    Limit(
        Scope.DOMAIN,
        1_000,
        HOUR,
        "Far above what customers at one provider ask on a busy day, far below what harms its mailboxes or has "
        "it list us as a sender of spam; other domains are served meanwhile.",
        spread=True,
    ),
    Limit(
        Scope.ALL,
        5_000,
        HOUR,
        "What a small mail server or a provider's ordinary account sends without being cut off; a backlog of "
        "10,000 is worked off in two hours, long before any legal date.",
        spread=True,
    ),
)

LOOP = Limit(
    Scope.ADDRESS,
    20,
    DAY,
    "Four times what leaves in an hour: nobody reads that many, but a machine that answers us does.",
)
BOUNDED = frozenset({"new_code", "verified", "wrong_code", "merged"})
"""Letters that cannot go round: codes bound them, or they hold others that were counted."""


def limits_of(letter: str) -> Iterator[Limit]:
    """The limits that an automatic letter of this name falls under."""
    return (each for each in LIMITS if each.letter in ("", letter))
