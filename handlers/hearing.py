"""What somebody has said in Slack, on its way into the desk: as a ticket of its own, or as a word in one."""

import secrets
from dataclasses import dataclass, field

from bot.domain.events import Opened
from bot.domain.letters import ChatText, LetterContext
from bot.domain.vocabulary import Channel, RequestType
from bot.store import inbox, parties, readings
from bot.store.cases import Case, Message, Requester
from bot.store.sealing import DataKey
from bot.store.tables import InboxItem, MessageRow
from bot.store.work import Work
from handlers import accounts, changes, conversation, correspondence, watching
from handlers.casework import hear, open_case
from handlers.desk import Desk
from handlers.talks import Talk


@dataclass(frozen=True, slots=True)
class Hearing:
    """In the transaction that decides what becomes of it."""

    desk: Desk
    work: Work
    talk: Talk
    items: tuple[InboxItem, ...]  # those that were read together, the earliest first
    key: DataKey
    heard: dict[int, MessageRow] = field(default_factory=dict)  # by ticket

    def finish(self, case: Case | None = None) -> None:
        """The inbox is done with it. What belongs to no ticket is cleared away after a day."""
        for item in self.items:
            if case or item.state == "new":
                inbox.finish(self.work, item, ticket_id=case.id if case else None)

    async def hear(self, case: Case) -> MessageRow:
        """As a message of a ticket, once."""
        if case.id not in self.heard:
            self.finish(case)
            message, first = Message("", self.talk.kept), self.items[0].id
            self.heard[case.id] = await hear(
                self.work,
                case,
                message,
                at=self.talk.received_at,
                channel=Channel.SLACK,
                key=self.key,
                inbox_id=first,
            )
            later = self.talk.sense.later_concerns(parties.capacity(case), attached=False)
            parties.concern(self.work, case, *later)
            await self._look_out(case)
            await self._keep_reading(case)
        return self.heard[case.id]

    async def open(self, *, sure: bool, answerable: bool = False, unconfirmed: bool = False) -> Case:
        """A matter of its own; ``unconfirmed``: its writer is asked first whether it is one."""
        talk, understood, item = self.talk, self.talk.sense.understood, self.items[0]
        about = parties.columns(self.work, self.key, talk.found)
        about["concerns"] += talk.sense.opening_concerns(attached=False)
        await accounts.tell_if_down(self.desk, self.work, talk.found)
        case = await open_case(
            self.desk,
            self.work,
            Opened(talk.received_at, talk.types, sure, answerable=answerable, unconfirmed=unconfirmed),
            requester=Requester(accounts.requester_of(talk.found, talk.person.address), talk.person.name),
            message=Message("", talk.kept),
            key=self.key,
            inbox_id=item.id,
            channel=Channel.SLACK,
            language=understood.language,
            under=self.desk.applicable(understood, accounts.lives_in(talk.found), talk.person.time_zone),
            agent=talk.sense.is_by_agent,
            slack_user=talk.user,
            heard_in=None if talk.last.direct else talk.last.place,
            excerpts=talk.sense.excerpts,
            detail=talk.sense.findings | {"item": item.id},
            **about,
        )
        await watching.account_asked(self.desk, self.work, case, case.row.account_index)
        await self._look_out(case)
        await self._keep_reading(case)
        self.finish(case)
        if unconfirmed:
            await conversation.ask(self.desk, self.work, case, correspondence.context(self.desk, case))
        return case

    async def tell(self, name: ChatText, *, reference: str = "", reason: str = "") -> None:
        """A word to whoever said it, which changes nothing."""
        await tell(self.desk, self.work, self.talk.user, name, reference=reference, reason=reason)

    def goes_on(self, case: Case) -> bool:
        """Whether it may be one more word of what a ticket asks for.

        A ticket is one person's matter: what is asked for somebody else joins none, but the one that it was
        asked about a moment ago; and nothing else joins that.
        """
        capacity = self.talk.sense.capacity
        asked = capacity is None or case.row.unconfirmed_since is not None
        return asked and parties.capacity(case) == capacity

    @property
    def further(self) -> tuple[RequestType, ...]:
        """What may be asked for in a ticket that is open already."""
        return tuple(each for each in self.talk.types if each not in _NO_REQUEST)

    async def _look_out(self, case: Case) -> None:
        """For a change of the address that somebody is known by; files count for nothing, they stay in Slack."""
        talk, sender = self.talk, case.requester.address
        await changes.spoken_of(self.desk, self.work, case, talk.sense, talk.text, sender, talk.found)

    async def _keep_reading(self, case: Case) -> None:
        """The sentences that show what was understood, sealed as the words themselves are."""
        if reading := self.talk.sense.kept():
            at, item = self.talk.received_at, self.items[0].id
            await readings.keep(
                self.work, case, reading, at=at, channel=Channel.SLACK, key=self.key, inbox_id=item
            )


_NO_REQUEST = (RequestType.NOT_PRIVACY, RequestType.STATUS_INQUIRY)


async def tell(
    desk: Desk, work: Work, user: str, name: ChatText, *, reference: str = "", reason: str = ""
) -> None:
    """A word to a user that belongs to no ticket."""
    about = LetterContext(
        organisation=desk.organisation, reference=reference, privacy_address=desk.address, reason=reason
    )
    await conversation.tell(desk, work, user, name, about, secrets.token_hex(8))
