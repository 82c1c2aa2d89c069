"""A ticket and its requests: facts, and what follows from them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.identity import Proof, proof_needed
from bot.domain.representation import Capacity
from bot.domain.vocabulary import Outcome, RequestType, Status

_REFUSED = frozenset({Outcome.DENIED, Outcome.PARTLY_FULFILLED, Outcome.UNVERIFIED})


@dataclass(frozen=True, slots=True)
class Request:
    """One right asked for, with proof and outcome of its own."""

    type: RequestType
    received_at: datetime
    verified_at: datetime | None = None
    outcome: Outcome | None = None
    closed_at: datetime | None = None
    appeal: bool = False  # of a complaint: it speaks against a refusal

    @property
    def is_open(self) -> bool:
        return self.outcome is None

    @property
    def is_proven(self) -> bool:
        """Whether it need not wait for proof (any longer)."""
        return self.verified_at is not None or proof_needed(self.type) is Proof.NONE


@dataclass(frozen=True, slots=True)
class Waited:
    """A time in which the requester was asked something, until they answered."""

    asked_at: datetime
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Ticket:
    """One person's matter. ``status``, ``outcome`` and ``verified`` follow from the facts."""

    requests: tuple[Request, ...] = ()
    automatic: bool = True  # whether mail may leave that no person approved
    held: bool = False  # quiet until an operator releases it: an old letter, or machines that answer each other
    untriaged: bool = False  # a person must still say what it is
    unconfirmed_since: datetime | None = None  # it was overheard, and that person is who said it, for a day
    reopened_at: datetime | None = None  # when a further word came after everything was closed
    asked_at: datetime | None = None  # staff asked the requester something that is not answered yet
    extended_at: datetime | None = None
    acting: Capacity | None = None  # for or about somebody else, and nobody has shown yet that they may
    cooling_until: datetime | None = None  # a change of the contact address holds back what discloses or erases
    waits: tuple[Waited, ...] = ()  # what was asked and answered: some laws leave these days out

    @property
    def status(self) -> Status:
        if self.untriaged:
            return Status.TRIAGE
        if not self.open_types:
            return Status.CLOSED
        if self.asked_at:
            return Status.WAITING
        if any(each.is_open and each.is_proven for each in self.requests):
            return Status.OPEN
        return Status.VERIFYING

    @property
    def outcome(self) -> Outcome | None:
        """Of a closed ticket: the one that its requests share, else the part that was done.

        A question that was answered on the way says nothing about how the rest ended.
        """
        if self.status is not Status.CLOSED:
            return None
        outcomes = [each.outcome for each in self.requests if each.outcome]
        outcomes = [each for each in outcomes if each is not Outcome.ANSWERED] or outcomes
        if len(set(outcomes)) == 1:
            return outcomes[0]
        done = {Outcome.FULFILLED, Outcome.PARTLY_FULFILLED}
        return Outcome.PARTLY_FULFILLED if done & set(outcomes) else outcomes[0]

    @property
    def types(self) -> tuple[RequestType, ...]:
        return tuple(dict.fromkeys(each.type for each in self.requests))

    @property
    def open_types(self) -> tuple[RequestType, ...]:
        return tuple(dict.fromkeys(each.type for each in self.requests if each.is_open))

    @property
    def ready_types(self) -> tuple[RequestType, ...]:
        """What staff can act on: open and not waiting for proof."""
        return tuple(dict.fromkeys(each.type for each in self.requests if each.is_open and each.is_proven))

    @property
    def unproven_types(self) -> tuple[RequestType, ...]:
        return tuple(dict.fromkeys(each.type for each in self.requests if each.is_open and not each.is_proven))

    @property
    def verified(self) -> bool:
        """Whether somebody proved who they are, and no request still waits for that."""
        return not self.unproven_types and any(each.verified_at for each in self.requests)

    @property
    def refused_types(self) -> tuple[RequestType, ...]:
        """What was not done, or not wholly: what an appeal can speak against."""
        latest = {each.type: each for each in self.requests}
        return tuple(
            each.type
            for each in latest.values()
            if each.outcome in _REFUSED and each.type is not RequestType.COMPLAINT
        )

    @property
    def appealed(self) -> bool:
        """Whether the complaint that is open speaks against a refusal."""
        return any(each.is_open and each.appeal for each in self.requests)

    def with_requests(
        self, types: Iterable[RequestType], received_at: datetime, *, appeal: bool = False
    ) -> "Ticket":
        added = tuple(
            Request(each, received_at, appeal=appeal and each is RequestType.COMPLAINT)
            for each in dict.fromkeys(types)
            if each not in self.open_types
        )
        return replace(self, requests=self.requests + added)

    def with_refusals_undone(self, at: datetime) -> "Ticket":
        """What was refused is open again, with a clock of its own and the proof that it had."""
        undone = [each for each in self.requests if not each.is_open and each.type in self.refused_types]
        latest = {each.type: replace(each, received_at=at, outcome=None, closed_at=None) for each in undone}
        return replace(self, requests=(*self.requests, *latest.values()))

    def with_closing_undone(self, types: Iterable[RequestType]) -> "Ticket":
        """The latest request of each of these types is open again, as if it had not been closed."""
        latest = {each.type: place for place, each in enumerate(self.requests)}
        undone = {latest[each] for each in types}
        return replace(
            self,
            requests=tuple(
                replace(each, outcome=None, closed_at=None) if place in undone else each
                for place, each in enumerate(self.requests)
            ),
        )

    def with_joined(self, others: Iterable["Request"]) -> "Ticket":
        """With what another ticket asks for: in addition, or where it is the same by the earlier clock."""
        theirs = {each.type: each for each in others}
        mine = tuple(
            replace(each, received_at=min(each.received_at, theirs[each.type].received_at))
            if each.is_open and each.type in theirs
            else each
            for each in self.requests
        )
        more = tuple(
            replace(each, verified_at=None) for each in theirs.values() if each.type not in self.open_types
        )
        return replace(self, requests=(*mine, *more))

    def with_proof(self, at: datetime, upto: Proof = Proof.ON_FILE) -> "Ticket":
        """All open requests that wait for no more than this proof have it.

        None has, while the requester acts for somebody else: whatever they prove is about themselves.
        """
        if self.acting:
            return self
        return replace(
            self,
            requests=tuple(
                replace(each, verified_at=at)
                if each.is_open and not each.is_proven and proof_needed(each.type) <= upto
                else each
                for each in self.requests
            ),
        )

    def without_proof(self, above: Proof) -> "Ticket":
        """What is open and needs more than this has to be proven anew."""
        return replace(
            self,
            requests=tuple(
                replace(each, verified_at=None) if each.is_open and proof_needed(each.type) > above else each
                for each in self.requests
            ),
        )

    def with_answer(self, at: datetime) -> "Ticket":
        """What staff asked is answered."""
        if self.asked_at is None:
            return self
        return replace(self, asked_at=None, waits=(*self.waits, Waited(self.asked_at, at)))

    def with_outcome(self, types: Iterable[RequestType], outcome: Outcome, at: datetime) -> "Ticket":
        chosen = frozenset(types)
        return replace(
            self,
            requests=tuple(
                replace(each, outcome=outcome, closed_at=at) if each.is_open and each.type in chosen else each
                for each in self.requests
            ),
        )
