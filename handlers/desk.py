"""What every handler is given: the parts of the desk, and how its operator has set it up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.adapters.accounts import Directory
from bot.adapters.clamd import Clamd
from bot.adapters.rendering import Letters
from bot.adapters.signatures import Signatures
from bot.domain.jurisdiction import Applicable, applicable
from bot.domain.laws import APPEAL, ClockFacts, Deadlines, LawPack, Wait, deadlines
from bot.domain.policy import Policy
from bot.domain.ticket import Waited
from bot.domain.understanding import Understanding
from bot.domain.vocabulary import RequestType
from bot.store.taught import Taught
from bot.store.work import Store

UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The parts, as arguments; ``staff_channel`` is None where there is no Slack, as ``accounts`` may be."""

    store: Store
    accounts: Directory | None = None
    letters: Letters
    policy: Policy
    laws: LawPack
    now: Callable[[], datetime]
    organisation: str
    address: str
    addresses: frozenset[str]
    default_law: str = "gdpr"
    holidays: tuple[str, ...] = ()
    timezone: ZoneInfo = UTC
    four_eyes: frozenset[RequestType] = frozenset()
    auto_answer: float | None = 0.8
    trusted_authserv_id: str | None = None
    signatures: Signatures | None = None  # None: the desk checks none by itself
    authority: str | None = None
    public_url: str = ""  # without a slash at its end; empty: codes only
    staff_channel: str | None = None
    alert_address: str | None = None
    taught: Taught | None = None  # None: the operator has not switched learning on
    staff_language: str = "en"
    support_channels: frozenset[str] = frozenset()
    webhooks: tuple[str, ...] = field(default=(), repr=False)  # addresses of the operator's own systems
    callback_url: str = ""  # where they answer
    scanner: Clamd | None = None  # of files that staff give
    retention_months: int = 24

    @property
    def domain(self) -> str:
        """Of our Message-IDs."""
        return self.address.rpartition("@")[2]

    @property
    def listened_to(self) -> frozenset[str]:
        """The channels in which the desk hears what is said: those of customers, and the one of the staff."""
        return self.support_channels | ({self.staff_channel} if self.staff_channel else set())

    def day(self, at: datetime) -> date:
        """The day on which something happened, for the controller."""
        return at.astimezone(self.timezone).date()

    def applicable(self, understood: Understanding, country: str, time_zone: str = "") -> Applicable:
        """The laws that a matter may be under, and what says so."""
        return applicable(
            self.laws,
            self.default_law,
            named=understood.laws,
            country=country,
            time_zone=time_zone,
            language=understood.language,
        )

    def deadlines(
        self,
        law: str,
        request_type: RequestType,
        received_at: datetime,
        *,
        verified_at: datetime | None = None,
        extended: bool = False,
        waits: Sequence[Waited] = (),
        appeal: bool = False,
    ) -> Deadlines:
        """The dates of a request; of an appeal those of a complaint, where the law has no appeals."""
        facts = ClockFacts(
            received=self.day(received_at),
            verified=self.day(verified_at) if verified_at else None,
            extended=extended,
            waits=tuple(Wait(self.day(each.asked_at), self.day(each.answered_at)) for each in waits),
        )
        counted = APPEAL if appeal and self.laws[law].has_appeals else request_type
        return deadlines(self.laws[law], facts, request_type=counted, holidays=self.holidays)
