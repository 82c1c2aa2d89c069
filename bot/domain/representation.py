"""People who write for others, or about others: in what capacity, and what that does to proof.

A code proves who reads a mailbox. Where the data are somebody else's that is not the question, so no code of the
writer's own proves anything then: the person confirms at the address on file, or staff record what they have seen.
"""

from collections.abc import Iterable
from enum import StrEnum

from bot.domain.particulars import Particulars

NO_AUTHORITY = "no_authority"
"""The concern while nobody has shown that the writer may act: neither the person themselves nor staff."""

AUTHORITY_SENT = "authority_sent"
"""The concern where something came along with such a letter that may be the authority."""

ANOTHER = "another_person"
"""The concern where a later letter, in a matter of the writer's own, speaks as one for or about somebody else."""

CHILD = "child"


class Capacity(StrEnum):
    """As what somebody writes who does not write for themselves; each value is a concern, too."""

    AGENT = (
        "agent"  # a lawyer, a company, anybody with a mandate: 11 CCR 7063; EDPB Guidelines 01/2022 para. 80-81
    )
    GUARDIAN = "guardian"
    PARENT = "parent"
    HEIR = "heir"  # GDPR Recital 27: the dead have no rights under it; national law may give some
    THIRD_PARTY = "third_party"  # for nobody: they want to know or to change what is somebody else's


_CAPACITIES = {
    "lawyer": Capacity.AGENT,
    "company": Capacity.AGENT,
    "other": Capacity.AGENT,
    "guardian": Capacity.GUARDIAN,
    "parent": Capacity.PARENT,
    "heir": Capacity.HEIR,
}
"""By what `Particulars.agent` says."""


def capacity_of(says: Particulars) -> Capacity | None:
    """As what a letter's writer writes; None for themselves. Who acts for somebody asks about nobody else."""
    if says.agent:
        return _CAPACITIES[says.agent.code]
    return Capacity.THIRD_PARTY if says.about_other else None


def concerns_of(says: Particulars, *, attached: bool) -> tuple[str, ...]:
    """What a letter that opens a ticket gives staff to look at; ``attached``: something came along with it."""
    capacity = capacity_of(says)
    child = (CHILD,) if says.child or capacity is Capacity.PARENT else ()
    if capacity is None:
        return child
    return (capacity, *child, NO_AUTHORITY, *([AUTHORITY_SENT] if attached else []))


def concerns_later(says: Particulars, capacity: Capacity | None, *, attached: bool) -> tuple[str, ...]:
    """The same of a later letter in the thread; ``capacity``: as what its writer writes in this matter."""
    if capacity:
        return (AUTHORITY_SENT,) if attached else ()
    return (ANOTHER,) if capacity_of(says) else ()


def capacity_in(concerns: Iterable[str]) -> Capacity | None:
    """As what the writer of a ticket's first letter wrote, by the ticket's concerns."""
    held = set(concerns)
    return next((each for each in Capacity if each in held), None)


def ended_by_owner(concerns: Iterable[str]) -> tuple[str, ...]:
    """The concerns that fall when the address on file confirms; none where the person is said to be dead.

    Whoever reads that mailbox then is not the person, and staff look at what shows who speaks for the estate.
    """
    return () if capacity_in(concerns) is Capacity.HEIR else (NO_AUTHORITY, AUTHORITY_SENT)


def unauthorised(concerns: Iterable[str]) -> Capacity | None:
    """The same, while nobody has shown that they may."""
    held = set(concerns)
    return capacity_in(held) if NO_AUTHORITY in held else None
