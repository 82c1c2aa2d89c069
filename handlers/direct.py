"""Direct messages to the desk: a table of what somebody may want, asked in order until one of them is it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeAlias

from bot.domain.appeals import appeals, asked_anew
from bot.domain.chat import address_in, agrees, asks_status, greets, withdraws
from bot.domain.codes import code_in
from bot.domain.correlation import REFERENCE
from bot.domain.courtesies import asks_for_code, is_thanks
from bot.domain.events import Added, Heard, Repeated, Write
from bot.domain.identity import needs_code
from bot.domain.letters import ChatText
from bot.domain.vocabulary import RequestType, Status
from bot.store import address_changes, cases, chats, parties
from bot.store.cases import Case, Requester
from handlers import accounts, confirming, notices
from handlers.casework import happen
from handlers.hearing import Hearing
from handlers.verification import attempt, mistry, prove

# How long a word is about the matter that was closed last; one that surely asks for nothing is so only at once.
_AFTERWARDS, _AT_ONCE = timedelta(days=30), timedelta(days=1)
_MOST_TOLD = 5
Mine: TypeAlias = Sequence[Case]
Step: TypeAlias = Callable[[Hearing, Mine], Awaitable[bool]]


async def answer(hearing: Hearing) -> None:
    """``mine`` are the writer's own open tickets, newest first, or the one that they name."""
    mine: list[Case] = await chats.of_user(hearing.work, hearing.talk.user, for_update=True)
    if named := REFERENCE.search(hearing.talk.text.upper()):
        every = await chats.of_user(hearing.work, hearing.talk.user, closed=True, for_update=True)
        mine = [each for each in every if each.reference == named[0]] or mine
    for step in _STEPS:
        if await step(hearing, mine):
            return


async def tell_status(hearing: Hearing, mine: Mine) -> None:
    """Where the writer's own tickets stand; where there are none, the same words as for somebody else's."""
    hearing.finish(mine[0] if mine else None)
    for case in mine[:_MOST_TOLD]:
        await notices.write(hearing.desk, hearing.work, case, Write("status"))
    if not mine and hearing.talk.last.direct:
        await hearing.tell(ChatText.NO_TICKET)


async def _nothing(hearing: Hearing, mine: Mine) -> bool:
    """All of it was deleted again before it was read."""
    if hearing.talk.kept:
        return False
    hearing.finish()
    return True


async def _greeting(hearing: Hearing, mine: Mine) -> bool:
    if not greets(hearing.talk.text) or hearing.talk.files:
        return False
    hearing.finish()
    await hearing.tell(ChatText.HELP)
    return True


async def _answered(hearing: Hearing, mine: Mine) -> bool:
    """Yes or no, where the desk has asked."""
    case = next((each for each in mine if each.row.unconfirmed_since), None)
    agreed = agrees(hearing.talk.text)
    if case is None or agreed is None:
        return False
    hearing.finish(case)
    await (confirming.confirm if agreed else confirming.withdraw)(hearing.desk, hearing.work, case)
    return True


async def _withdrawal(hearing: Hearing, mine: Mine) -> bool:
    if not withdraws(hearing.talk.text):
        return False
    still_open = [each for each in mine if each.row.status != Status.CLOSED]
    if len(still_open) != 1:
        await hearing.tell(ChatText.WHICH_TICKET if still_open else ChatText.NO_TICKET)
        if still_open:
            await tell_status(hearing, still_open)
        hearing.finish()
        return True
    await hearing.hear(still_open[0])
    await confirming.withdraw(hearing.desk, hearing.work, still_open[0])
    return True


async def _code(hearing: Hearing, mine: Mine) -> bool:
    """A code is tried among those that were mailed for the writer's own tickets, and for no other."""
    desk, work, talk = hearing.desk, hearing.work, hearing.talk
    if code_in(talk.text) is None:
        return False
    every = {each.id: each for each in await chats.of_user(work, talk.user, closed=True, for_update=True)}
    wrong = None
    typists = (chats.typist(work, talk.user, each.requester.address) for each in every.values())
    for index in dict.fromkeys(typists):
        tried = await attempt(desk, work, talk.text, index)
        live = tuple(each for each in tried.live if each.ticket_id in every)
        fitting = tried.fitting if tried.fitting in live else None
        tried = replace(tried, live=live, fitting=fitting)
        if fitting:
            case = every[fitting.ticket_id]
            await hearing.hear(case)
            await prove(desk, work, case, fitting, talk.late.get(case.id))
            return tried.bare
        if tried.code:
            wrong = wrong or (tried, every[live[0].ticket_id] if live else (mine or [*every.values()])[0])
    if wrong is None:
        return False
    tried, case = wrong
    if tried.bare or tried.live:
        await hearing.hear(case)
    return await mistry(desk, work, case, tried)


async def _address(hearing: Hearing, mine: Mine) -> bool:
    """Where the code may go, of somebody of whom Slack does not tell."""
    desk, work, talk = hearing.desk, hearing.work, hearing.talk
    case = next((each for each in mine if not each.requester.address and each.ticket().unproven_types), None)
    if case is None or "@" not in talk.text:
        return False
    address = address_in(talk.text)
    await hearing.hear(case)
    if address is None or address.lower() in desk.addresses:
        await hearing.tell(ChatText.WRONG_ADDRESS, reference=case.reference)
        return True
    case.row.requester = cases.sealed(case.key, Requester(address, case.requester.name))
    case.row.requester_index = work.keys.address_index(address)
    parties.record(work, case, talk.found)
    await address_changes.cool(work, case, desk.now())
    await cases.note(work, case, at=desk.now(), actor="requester", event="addressed")
    await notices.write(desk, work, case, Write("new_code", code=True))
    await notices.ask_owner(desk, work, case)
    return True


async def _status(hearing: Hearing, mine: Mine) -> bool:
    talk = hearing.talk
    if not asks_status(talk.text) and not (talk.sure and talk.types == (RequestType.STATUS_INQUIRY,)):
        return False
    await tell_status(hearing, mine)
    return True


async def _new_code(hearing: Hearing, mine: Mine) -> bool:
    waiting = [each for each in mine if needs_code(each.ticket().open_types) and not each.row.untriaged]
    if not asks_for_code(hearing.talk.text) or not waiting:
        return False
    case, event = waiting[0], Heard(hearing.talk.received_at, asks_code=True)
    await happen(hearing.desk, hearing.work, case, event, actor="requester", heard=await hearing.hear(case))
    return True


async def _thanks(hearing: Hearing, mine: Mine) -> bool:
    if not is_thanks(hearing.talk.text):
        return False
    hearing.finish(mine[0] if mine else None)
    return True


async def appeal(hearing: Hearing, mine: Mine) -> bool:
    """What speaks against a refusal belongs to the matter that was refused, open or closed."""
    talk, sure = hearing.talk, hearing.talk.types if hearing.talk.sure else ()
    if not appeals(talk.text):
        return False
    for case in [*mine, *await chats.of_user(hearing.work, talk.user, closed=True, for_update=True)]:
        types, is_appeal = asked_anew(case.ticket(), sure, talk.text)
        if types and is_appeal and hearing.goes_on(case):
            await _more(hearing, case, Added(talk.received_at, types, appeal=True))
            return True
    return False


async def _request(hearing: Hearing, mine: Mine) -> bool:
    """Something is surely asked for: once more, in addition, or as a matter of its own."""
    desk, work, talk = hearing.desk, hearing.work, hearing.talk
    if not talk.is_private_matter:
        return False
    types = hearing.further
    mine = [each for each in mine if hearing.goes_on(each)]
    same = next((each for each in mine if types and set(types) <= set(each.ticket().open_types)), None)
    if same and same.row.unconfirmed_since:
        await hearing.hear(same)
        await confirming.confirm(desk, work, same)
        return True
    question = types == (RequestType.POLICY_QUESTION,) and talk.sense.answerable
    going_on = [each for each in mine if each.row.status in (Status.VERIFYING, Status.OPEN, Status.WAITING)]
    if same:
        event: Added | Repeated = Repeated()
    elif going_on and not question:
        same, new = going_on[0], set(types) - set(going_on[0].ticket().open_types)
        event = Added(talk.received_at, tuple(each for each in types if each in new))
    else:
        await hearing.open(sure=True, answerable=question)
        return True
    await _more(hearing, same, event)
    return True


async def _more(hearing: Hearing, case: Case, event: Added | Repeated) -> None:
    desk, work, talk = hearing.desk, hearing.work, hearing.talk
    row, excerpts, findings = await hearing.hear(case), talk.sense.excerpts, talk.sense.findings
    await accounts.reconsider(desk, work, case, talk.found, only_code=False)
    await happen(desk, work, case, event, actor="requester", heard=row, excerpts=excerpts, detail=findings)


async def _word(hearing: Hearing, mine: Mine) -> bool:
    """Something for staff to read, in the matter that it is about, or as a new one where a person must say."""
    desk, work, talk = hearing.desk, hearing.work, hearing.talk
    case = next(iter(sorted(mine, key=lambda each: each.row.unconfirmed_since is not None)), None)
    if case is None:
        closed = await chats.of_user(work, talk.user, closed=True, for_update=True, most=1)
        since = desk.now() - (_AT_ONCE if talk.sure else _AFTERWARDS)
        case = next((each for each in closed if each.row.closed_at and each.row.closed_at > since), None)
    if case is None and not talk.sure and talk.text:
        await hearing.open(sure=False)
    elif case is None:
        hearing.finish()
        await hearing.tell(ChatText.HELP)
    else:
        was_closed, row = case.row.status == Status.CLOSED, await hearing.hear(case)
        findings = talk.sense.findings
        await happen(desk, work, case, Heard(talk.received_at), actor="requester", heard=row, detail=findings)
        if not was_closed:
            await hearing.tell(ChatText.NOTED, reference=case.reference, reason=_of_files(hearing))
    return True


def _of_files(hearing: Hearing) -> str:
    """Files do not leave Slack by the desk: they may hold anything."""
    if not hearing.talk.files:
        return ""
    return f"Files that you send here do not reach our team. Please mail them to {hearing.desk.address}."


_STEPS: tuple[Step, ...] = (
    _nothing,
    _greeting,
    _answered,
    _withdrawal,
    _code,
    _address,
    _status,
    _new_code,
    _thanks,
    appeal,
    _request,
    _word,
)
