"""What can happen to a ticket, and what is to be done about it: both as data."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.domain.identity import Proof
from bot.domain.ticket import Request
from bot.domain.vocabulary import Outcome, RequestType

# ---- events: what can happen -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody wrote. ``sure``: the letter was understood; ``answerable``: the policy answers its question.

    ``unconfirmed``: it was said to others, and its writer is asked whether it is a request.
    """

    at: datetime
    types: tuple[RequestType, ...]
    sure: bool
    mailbox_proven: bool = False
    answerable: bool = False
    unconfirmed: bool = False


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Who said it confirms that it is a request; ``types``: all that they have asked for by now."""

    at: datetime
    types: tuple[RequestType, ...]


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """Who said it was asked whether it is a request, and did not answer for a day."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The requester takes it back, or says that it never was a request."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Repeated:
    """The requester asked once more for what is under way already."""


@dataclass(frozen=True, slots=True)
class Added:
    """The requester asks for a further right in the same thread, or complains; its clock is its own.

    ``appeal``: the complaint speaks against a refusal.
    """

    at: datetime
    types: tuple[RequestType, ...]
    mailbox_proven: bool = False
    answerable: bool = False
    appeal: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """The requester wrote in the thread; ``asks_status`` and ``asks_code`` say what is wanted."""

    at: datetime
    asks_status: bool = False
    asks_code: bool = False
    thanks: bool = False


@dataclass(frozen=True, slots=True)
class Proven:
    """A right code came from the address that it was mailed to; ``upto``: what that is worth."""

    at: datetime
    upto: Proof = Proof.ON_FILE


@dataclass(frozen=True, slots=True)
class Doubted:
    """What was proven holds for the mailbox alone: it is about somebody else's account, or its owner says no."""


@dataclass(frozen=True, slots=True)
class Mistried:
    """A wrong, old or used code came."""


@dataclass(frozen=True, slots=True)
class Vouched:
    """A member of staff has verified the requester by other means, or that they may act for somebody else.

    ``mailbox_proven``: a code came back from the mailbox that wrote.
    """

    at: datetime
    mailbox_proven: bool = False


@dataclass(frozen=True, slots=True)
class Typed:
    """Staff said what it is."""

    at: datetime
    types: tuple[RequestType, ...]


@dataclass(frozen=True, slots=True)
class Transferred:
    """Staff say who the requester is, where that is not who wrote: what was proven was proven by another."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Joined:
    """Another ticket of the same requester is the same matter: its open ``requests`` go on in this one."""

    at: datetime
    requests: tuple[Request, ...] = ()


@dataclass(frozen=True, slots=True)
class Reopened:
    """Staff take the closing of these requests back."""

    at: datetime
    types: tuple[RequestType, ...]


@dataclass(frozen=True, slots=True)
class Linked:
    """Staff say that another ticket has to do with it; ``to`` is its reference."""

    to: str


@dataclass(frozen=True, slots=True)
class Asked:
    """An approved question to the requester leaves."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Extended:
    """An approved notice leaves that the answer takes longer, as the law allows it once."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Reminded:
    """The requester let time pass, and is reminded of the code; ``asked``: of what staff asked."""

    at: datetime
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The requester has not answered what staff asked: staff go on with what is there."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Hushed:
    """Its requester had so many automatic answers that a machine must be reading them."""


@dataclass(frozen=True, slots=True)
class Released:
    """An operator lets mail leave for a ticket that was kept quiet: its letter was old, or machines wrote."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An approved reply leaves that settles these requests."""

    at: datetime
    types: tuple[RequestType, ...]
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Closed:
    """Staff close what is open without a letter of substance."""

    at: datetime
    outcome: Outcome


Event: TypeAlias = (
    Opened
    | Confirmed
    | Unconfirmed
    | Withdrawn
    | Repeated
    | Added
    | Heard
    | Proven
    | Doubted
    | Mistried
    | Vouched
    | Typed
    | Transferred
    | Joined
    | Reopened
    | Linked
    | Asked
    | Extended
    | Reminded
    | Unanswered
    | Hushed
    | Released
    | Answered
    | Closed
)

# ---- effects: what is to be done --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Write:
    """An automatic letter to the requester, with a fresh code where one is asked for."""

    letter: str
    code: bool = False


@dataclass(frozen=True, slots=True)
class Propose:
    """A draft of the final reply to these requests, for staff to approve."""

    letter: str
    types: tuple[RequestType, ...]


Effect: TypeAlias = Write | Propose
