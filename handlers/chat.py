"""What people say to each other in a support channel: the desk reads along.

Nothing of a matter is ever said there but to its writer alone, and nothing at all where it is not surely one.
Whatever is understood is opened, proven and answered as a mail is.
"""

from bot.domain.chat import in_sentences
from bot.domain.codes import without_codes
from bot.domain.courtesies import is_thanks
from bot.domain.events import Heard, Repeated
from bot.domain.understanding import classify
from bot.domain.vocabulary import Channel, RequestType, Status
from bot.failpoints import passing
from bot.store import cases, chats, inbox
from bot.store.cases import Case
from bot.store.tables import InboxItem
from bot.store.work import Work
from bot.telemetry import READINGS
from handlers import direct, talks
from handlers.casework import happen
from handlers.front import Front
from handlers.hearing import Hearing
from handlers.talks import CONTEXT, Talk


async def handle(front: Front, item: InboxItem) -> None:
    """Turns what was said, with all that belongs to it, into a ticket, a word in one, or nothing."""
    talk = await talks.read(front, item)
    passing("chat.read")
    async with front.desk.store.transaction() as work:
        items = await _claimed(work, item, talk)
        if items and talk:
            key = await work.keys.get(items[0].key_id)
            hearing = Hearing(front.desk, work, talk, tuple(items), key)
            await (direct.answer if talk.last.direct else _overheard)(hearing)
            work.count(READINGS, Channel.SLACK, talk.sense.result)
        passing("chat.decided")
    passing("chat.committed")


async def _claimed(work: Work, item: InboxItem, talk: Talk | None) -> list[InboxItem]:
    """The items, locked; none where there is nothing to do, or another replica is at one of them."""
    wanted = [*talk.earlier, *talk.items] if talk else [item.id or 0]
    found = [each for number in wanted if (each := await inbox.load(work, number, for_update=True))]
    if talk is None:
        for each in found:
            if each.state == "new":
                inbox.finish(work, each)
        return []
    return found if all(each.state == "new" for each in found if each.id in talk.items) else []


async def _overheard(hearing: Hearing) -> None:
    desk, work, talk = hearing.desk, hearing.work, hearing.talk
    if case := await _said_before(hearing):
        await _go_on(hearing, case)
        return
    if not talk.is_chatter and await direct.appeal(hearing, ()):
        return
    if not talk.is_private_matter:
        hearing.finish()
        return
    mine = await chats.of_user(work, talk.user, for_update=True)
    if talk.types == (RequestType.STATUS_INQUIRY,):
        await direct.tell_status(hearing, mine)
        return
    mine = [each for each in mine if hearing.goes_on(each)]
    same = next((each for each in mine if set(talk.types) <= set(each.ticket().open_types)), None)
    if same:
        row = await hearing.hear(same)
        if not same.row.unconfirmed_since:
            await happen(desk, work, same, Repeated(), actor="requester", heard=row, detail=talk.sense.findings)
        return
    answered = talk.types == (RequestType.POLICY_QUESTION,) and talk.sense.answerable
    await hearing.open(sure=True, answerable=answered, unconfirmed=not answered)


async def _said_before(hearing: Hearing) -> Case | None:
    """The ticket that it goes on with: what was changed belongs to it, or was asked about a moment ago."""
    work, talk = hearing.work, hearing.talk
    for place in talk.edited:
        item = await inbox.at(work, place)
        case = await cases.by_id(work, item.ticket_id, for_update=True) if item and item.ticket_id else None
        if case and case.row.slack_user == talk.user:
            return case
    for case in await chats.of_user(work, talk.user, for_update=True):
        recent = talk.received_at - case.row.received_at < CONTEXT
        if not recent or case.row.heard_in != talk.last.place:
            continue
        if case.row.unconfirmed_since or await _completes(hearing, case):
            return case
    return None


async def _completes(hearing: Hearing, case: Case) -> bool:
    """Whether it only ends a sentence that is on record: read with what was said before, it asks for no more."""
    heard = [each.text for row, each in await cases.messages(hearing.work, case) if row.direction == "in"]
    before, text = heard[-1].rpartition("\n")[2], hearing.talk.text
    if not text or "\n" in in_sentences(f"{before}\n{text.splitlines()[0]}"):
        return False
    whole = classify(in_sentences(without_codes("\n".join([*heard, text]))))
    return not whole.abstain and set(whole.request_types) <= set(case.ticket().types)


async def _go_on(hearing: Hearing, case: Case) -> None:
    """A further word, a changed one, or one that was taken away: what is on record stays there."""
    desk, work, talk = hearing.desk, hearing.work, hearing.talk
    if not talk.kept:
        hearing.finish(case)
        await cases.note(work, case, at=desk.now(), actor="requester", event="deleted")
        return
    row = await hearing.hear(case)
    if case.row.unconfirmed_since or case.row.status == Status.CLOSED:
        await cases.note(work, case, at=desk.now(), actor="requester", event="heard", **talk.sense.findings)
        return
    event = Heard(talk.received_at, thanks=is_thanks(talk.text))
    await happen(desk, work, case, event, actor="requester", heard=row, detail=talk.sense.findings)
