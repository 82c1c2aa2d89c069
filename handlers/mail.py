"""One mail's way: parse, screen, correlate, classify, advance, and one transaction for all that follows."""

from dataclasses import dataclass

from bot.domain.appeals import asked_anew
from bot.domain.codes import new_text
from bot.domain.correlation import Candidate, Match, correlate, named_in, threads_of
from bot.domain.courtesies import asks_for_code, denies, is_thanks
from bot.domain.events import Added, Heard, Mistried, Opened, Repeated
from bot.domain.replies import RIGHTS
from bot.domain.screening import Treatment
from bot.domain.vocabulary import Channel, RequestType
from bot.failpoints import passing
from bot.store import cases, inbox, parties, readings
from bot.store.cases import Case, Message, Requester
from bot.store.parties import Part
from bot.store.sealing import DataKey
from bot.store.tables import InboxItem, MessageRow
from bot.store.work import Work
from bot.telemetry import READINGS, span
from handlers import accounts, bounces, changes, probing, watching
from handlers.casework import happen, hear, open_case, show
from handlers.correspondence import Other
from handlers.desk import Desk
from handlers.quarantine import set_aside
from handlers.reading import Letter, read
from handlers.verification import Attempt, answer_other, attempt, miss, mistry, prove, take_over


@dataclass(frozen=True, slots=True)
class Arrival:
    """A letter on its way into the desk, in the transaction that decides what becomes of it."""

    desk: Desk
    work: Work
    letter: Letter
    item: InboxItem
    key: DataKey

    async def hear(self, case: Case, *, aside: bool = False) -> MessageRow:
        """The letter as a message of a ticket; with that the inbox is done with it.

        ``aside``: from somebody else than the requester, so that nothing that leaves is an answer to it.
        """
        message = self.letter.message(hide_codes=True)
        inbox.finish(self.work, self.item, ticket_id=case.id, hits=self.letter.verdict.hits)
        await self._keep_reading(case, hide_codes=True)
        return await hear(
            self.work,
            case,
            Message(message.subject, message.text) if aside else message,
            at=self.letter.received_at,
            channel=Channel.EMAIL,
            key=self.key,
            inbox_id=self.item.id,
        )

    @property
    def writer(self) -> Other:
        """Who wrote, to be answered where they are not the requester."""
        assert self.letter.mail.sender is not None, "screening quarantines a mail without one sender"
        return Other(self.letter.mail.sender.address, self.letter.message(hide_codes=True))

    async def keep(self, case: Case | None = None) -> None:
        """Kept as it is, with the reason why nothing more becomes of it."""
        verdict = self.letter.verdict
        inbox.finish(
            self.work, self.item, ticket_id=case.id if case else None, reason=verdict.reason, hits=verdict.hits
        )

    async def open(self, *, sure: bool, answerable: bool, named: tuple[str, ...]) -> None:
        """A matter of its own. ``answerable``: but for its age, automatic mail may leave for it."""
        letter, understood, sender = self.letter, self.letter.understood, self.letter.mail.sender
        assert sender is not None, "screening quarantines a mail without one sender"
        about = parties.columns(self.work, self.key, letter.found)
        about["concerns"] += letter.opening_concerns
        await accounts.tell_if_down(self.desk, self.work, letter.found)
        case = await open_case(
            self.desk,
            self.work,
            Opened(
                letter.received_at,
                understood.request_types,
                sure,
                mailbox_proven=letter.authenticated.dmarc == "pass",
                answerable=letter.answerable,
            ),
            requester=Requester(accounts.requester_of(letter.found, sender.address), sender.name),
            message=letter.message(hide_codes=bool(named)),
            key=self.key,
            inbox_id=self.item.id,
            channel=Channel.EMAIL,
            language=understood.language,
            under=self.desk.applicable(understood, accounts.lives_in(letter.found)),
            automatic=answerable and letter.automatic,
            held=answerable and not letter.automatic,
            agent=letter.sense.is_by_agent,
            excerpts=letter.excerpts,
            detail=letter.findings | {"names": list(named[:5])},
            **about,
        )
        await watching.account_asked(self.desk, self.work, case, case.row.account_index)
        await changes.noticed(self.desk, self.work, case, letter)
        await self._keep_reading(case, hide_codes=bool(named))
        inbox.finish(self.work, self.item, ticket_id=case.id, hits=letter.verdict.hits)

    async def _keep_reading(self, case: Case, *, hide_codes: bool) -> None:
        """The sentences that show what was understood, sealed under the letter's own key."""
        if reading := self.letter.kept(hide_codes=hide_codes):
            at, item = self.letter.received_at, self.item.id
            await readings.keep(
                self.work, case, reading, at=at, channel=Channel.EMAIL, key=self.key, inbox_id=item
            )


async def handle(desk: Desk, item: InboxItem) -> None:
    """Turns an inbox item into a ticket, a message of one, an event, or a quarantined item."""
    letter = await read(desk, item)
    async with desk.store.transaction() as work:
        current = await inbox.load(work, letter.item_id, for_update=True)
        if current is None or current.state != "new":
            return
        key = await work.keys.get(current.key_id)
        arrival = Arrival(desk, work, letter, current, key)
        if letter.verdict.treatment is Treatment.PROBE:
            await probing.take_back(arrival)
            return
        await watching.mail_came(desk, work, letter.item_id, letter.mail, letter.authenticated)
        with span("mail decision"):
            await _ROUTES[letter.verdict.treatment](arrival)
        work.count(READINGS, Channel.EMAIL, letter.sense.result)
        passing("mail.decided")
    passing("mail.committed")


# ---- what becomes of it -----------------------------------------------------------------------------------


async def _answer(arrival: Arrival) -> None:
    """From a person: a word in a ticket's thread, or a new matter."""
    desk, work, mail = arrival.desk, arrival.work, arrival.letter.mail
    assert mail.sender is not None, "screening quarantines a mail without one sender"
    index = work.keys.address_index(mail.sender.address)
    tried = await attempt(desk, work, new_text(mail), index)
    match = await _correlate(arrival, tried)
    passing("mail.correlated")
    if match.reference and (case := await cases.load(work, match.reference, for_update=True)):
        await _in_thread(arrival, case, tried, match)
    elif tried.code and (case := await miss(work, tried)):
        part = parties.part_of(work, case, mail.sender.address)
        aside = part is not Part.REQUESTER
        row = await arrival.hear(case, aside=aside)
        to, found = arrival.writer if aside else None, arrival.letter.findings
        await happen(desk, work, case, Mistried(), actor=part or "requester", heard=row, to=to, detail=found)
    else:
        await _new_matter(arrival, index, match)


async def _correlate(arrival: Arrival, tried: Attempt) -> Match:
    """Asks the domain which ticket the mail belongs to, among those that it names or whose code it carries."""
    work, letter, sender = arrival.work, arrival.letter, arrival.writer.address
    threads = threads_of(letter.mail, work.keys.token_secret)
    candidates = []
    for reference in threads[:5]:
        if case := await cases.load(work, reference):
            candidates.append(Candidate(reference, bool(parties.part_of(work, case, sender)), code_fits=False))
    if tried.fitting and (case := await cases.by_id(work, tried.fitting.ticket_id)):
        candidates.append(Candidate(case.reference, bool(parties.part_of(work, case, sender)), code_fits=True))
    return correlate(letter.mail, threads, candidates, contradicted=letter.authenticated.dmarc == "fail")


async def _in_thread(arrival: Arrival, case: Case, tried: Attempt, match: Match) -> None:
    """From somebody who has a part in the ticket: whose word it is, and what it does."""
    desk, work, letter = arrival.desk, arrival.work, arrival.letter
    part = parties.part_of(work, case, arrival.writer.address)
    if part is Part.OWNER and tried.fits(case):
        await take_over(desk, work, case)
        part = Part.REQUESTER
    if part in (Part.REQUESTER, Part.OWNER) and denies(letter.mail.said) and not tried.code:
        row = await arrival.hear(case, aside=part is Part.OWNER)
        await accounts.deny(desk, work, case, part, row)
    elif part is Part.REQUESTER and not (tried.code is None and _for_another(letter, case)):
        await _requester(arrival, case, tried)
    elif part in (None, Part.REQUESTER) or (not tried.code and _further(letter, case)):
        await _new_matter(arrival, work.keys.address_index(arrival.writer.address), match)
    else:
        await show(desk, work, case, heard=await arrival.hear(case, aside=True))
        to, said = arrival.writer, letter.mail.said
        await answer_other(desk, work, case, tried, said, part, to, asks_status=letter.asks_status)


async def _requester(arrival: Arrival, case: Case, tried: Attempt) -> None:
    """A proven requester's word: a code, a further right, a question, or something for staff to read."""
    desk, work, letter = arrival.desk, arrival.work, arrival.letter
    row, further = await arrival.hear(case), _further(letter, case)
    parties.concern(work, case, *letter.later_concerns(parties.capacity(case)))
    await accounts.reconsider(desk, work, case, letter.found, only_code=tried.bare)
    await changes.noticed(desk, work, case, letter)
    if fitting := tried.fits(case):
        await prove(desk, work, case, fitting, letter.late.get(case.id))
        if tried.bare and not further:
            return
    elif tried.code and await mistry(desk, work, case, tried) and not further:
        return
    event = further or Heard(
        letter.received_at,
        asks_status=letter.asks_status,
        asks_code=asks_for_code(letter.mail.said),
        thanks=is_thanks(letter.mail.said),
    )
    await happen(
        desk, work, case, event, actor="requester", heard=row, excerpts=letter.excerpts, detail=letter.findings
    )


def _for_another(letter: Letter, case: Case) -> bool:
    """Whether somebody in a matter of their own asks for somebody else's right: that is a matter of its own."""
    asks = not letter.understood.abstain and not RIGHTS.isdisjoint(letter.understood.request_types)
    return asks and letter.capacity is not None and parties.capacity(case) is None


def _further(letter: Letter, case: Case) -> Added | None:
    """Rights, complaints and questions that the letter asks for and the ticket does not hold open yet."""
    ticket, understood = case.ticket(), letter.understood
    sure = () if understood.abstain else understood.request_types
    types, appeal = asked_anew(ticket, sure, letter.mail.said)
    proven = letter.authenticated.dmarc == "pass"
    added = Added(letter.received_at, types, proven, letter.answerable, appeal)
    return added if types else None


async def _new_matter(arrival: Arrival, index: str, match: Match) -> None:
    """A letter that belongs to no ticket: one more of an open matter, or a matter of its own."""
    understood = arrival.letter.understood
    sure = not understood.abstain and not match.named and arrival.item.complete
    if sure and set(understood.request_types) <= RIGHTS:
        for case in await cases.open_of(arrival.work, index):
            elsewhere = case.row.untriaged or case.row.slack_user  # a stranger in Slack may have named the address
            if set(understood.request_types) <= set(case.ticket().open_types) and not elsewhere:
                if not accounts.joins(arrival.work, case, arrival.letter.found, arrival.letter.capacity):
                    continue
                row = await arrival.hear(case)
                await changes.noticed(arrival.desk, arrival.work, case, arrival.letter)
                found = arrival.letter.findings
                await happen(
                    arrival.desk, arrival.work, case, Repeated(), actor="requester", heard=row, detail=found
                )
                return
    await arrival.open(sure=sure, answerable=True, named=match.named)


async def _listen(arrival: Arrival) -> None:
    """Never answered automatically; what may be a privacy request goes to staff, the rest is kept."""
    passing("mail.correlated")
    letter = arrival.letter
    ordinary = letter.understood.request_types == (RequestType.NOT_PRIVACY,) and not letter.understood.abstain
    if ordinary and not {"dmarc_fail", "lost", "too_large"} & set(letter.verdict.hits):
        await arrival.keep()
        return
    merely_large = letter.verdict.hits == ("too_large",)  # a person wrote it, and is told that a person will look
    await arrival.open(sure=False, answerable=merely_large, named=named_in(letter.mail))


async def _ours(arrival: Arrival) -> None:
    await arrival.keep()


async def _quarantine(arrival: Arrival) -> None:
    verdict = arrival.letter.verdict
    await set_aside(arrival.desk, arrival.work, arrival.item, verdict.reason, verdict.hits)


_ROUTES = {
    Treatment.ANSWER: _answer,
    Treatment.LISTEN: _listen,
    Treatment.NOTE: bounces.note,
    Treatment.OURS: _ours,
    Treatment.QUARANTINE: _quarantine,
}
