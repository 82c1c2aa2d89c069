"""Attacks that would make the desk a weapon: floods, and loops."""

from datetime import timedelta
from itertools import count

import pytest

from bot.delivery import MAILED
from bot.domain.limits import LIMITS, LOOP, Scope
from bot.domain.vocabulary import Outcome
from bot.store.desk_tables import Sighting
from handlers import actions
from handlers.approvals import approve_draft
from tests.attacks.directories import ABOUT_IDA, IDA, book, listed, to
from tests.handlers.conftest import ADA, BEN, ERASE, EVE, ROBIN, Bench, bench
from tests.handlers.test_delivery import delivery, send_all, sink, states

FIXTURES = (bench, sink, delivery, book, listed)
MOST = {(each.scope, each.letter): each.most for each in LIMITS}
AGENTS = "agents.example"
ODD = "There is something odd with my personal data."


async def full(bench: Bench, name: str, most: int) -> None:
    """So many automatic mails have left within the last half an hour."""
    async with bench.desk.store.transaction() as work:
        since = bench.clock() - timedelta(minutes=30)
        before = ((f"before-{place}", since + timedelta(seconds=place)) for place in range(most))
        work.session.add_all([Sighting(kind=MAILED, subject=name, object=each, at=at) for each, at in before])


def domain(bench: Bench) -> str:
    return f"{Scope.DOMAIN}:{bench.desk.store.keys.index(f'domain:{AGENTS}')}"


# ---- floods ------------------------------------------------------------------------------------------------


@pytest.mark.timeout(600)
@pytest.mark.parametrize("many", [13, pytest.param(200, marks=pytest.mark.slow)])
async def test_t08_many_requests_of_one_domain_are_as_many_tickets_and_their_answers_are_throttled(
    bench, sink, delivery, many
):
    await full(bench, domain(bench), MOST[Scope.DOMAIN, ""] - 10)
    for place in range(many):
        await bench.write(ERASE, sender=f"client-{place}@{AGENTS}")
    rows = [each.row for each in await bench.cases()]
    assert [(each.status, str(each.due_at)) for each in rows] == [("verifying", "2026-04-02")] * many
    await send_all(delivery)
    assert len(sink.messages) == 10
    for _ in range(3):
        bench.clock.forward(hours=1)
        await send_all(delivery)
    assert {each.recipients for each in sink.messages} == {(f"client-{n}@{AGENTS}",) for n in range(many)}
    assert len(sink.messages) == many


async def test_t76_a_flood_of_one_domain_keeps_nobody_else_waiting(bench, sink, delivery):
    await full(bench, domain(bench), MOST[Scope.DOMAIN, ""])
    for place in range(5):
        await bench.write(ERASE, sender=f"client-{place}@{AGENTS}")
    await bench.write(ERASE)
    await send_all(delivery)
    assert [each.recipients for each in sink.messages] == [(ROBIN,)]


async def test_t76_in_all_no_more_leaves_than_a_mail_server_bears_and_those_who_wait_are_spread(
    bench, sink, delivery
):
    await full(bench, f"{Scope.ALL}:", MOST[Scope.ALL, ""])
    for place in range(5):
        await bench.write(ERASE, sender=f"client-{place}@town-{place}.example")
    await send_all(delivery)
    assert sink.messages == []
    assert len({each.due_at for each in await bench.queued()}) == 5
    bench.clock.forward(hours=2)
    await send_all(delivery)
    assert len(sink.messages) == 5


async def test_t14_one_ticket_writes_no_more_than_its_share(bench, sink, delivery):
    case = await bench.case(await bench.write(ERASE))
    await full(bench, f"{Scope.TICKET}:{case.id}", MOST[Scope.TICKET, ""])
    await bench.write(ERASE, sender=EVE)
    await send_all(delivery)
    assert [each.recipients for each in sink.messages] == [(EVE,)]
    bench.clock.forward(hours=1)
    await send_all(delivery)
    assert [each.recipients for each in sink.messages] == [(EVE,), (ROBIN,)]


async def test_t76_what_a_person_has_approved_is_never_held_back(bench, sink, delivery):
    await full(bench, f"{Scope.ALL}:", MOST[Scope.ALL, ""])
    case = await bench.case(await bench.write(ERASE))
    await actions.propose(bench.desk, case.reference, ADA, Outcome.DENIED, "You never were a customer.")
    (draft,) = await bench.drafts()
    await approve_draft(bench.desk, draft.id, BEN, draft.digest)
    await send_all(delivery)
    assert await states(bench) == [("acknowledgement", "ready"), ("denied", "sent")]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("many", [LOOP.most + 3, pytest.param(1_000, marks=pytest.mark.slow)])
async def test_t14_one_victims_name_forged_many_times_gets_the_first_answers_alone(bench, sink, delivery, many):
    for _ in range(many):
        await bench.write(ERASE)
    for _ in range(30):
        await send_all(delivery)
        bench.clock.forward(hours=1)
    assert [each.recipients for each in sink.messages] == [(ROBIN,)] * 2
    (case,) = await bench.cases()
    assert len(await bench.heard(case)) == many
    assert [each for each in await bench.alerts() if "a machine" in each] != []


@pytest.mark.timeout(900)
@pytest.mark.parametrize("many", [LOOP.most + 3, pytest.param(1_000, marks=pytest.mark.slow)])
async def test_t14_letters_that_are_no_repetition_are_recorded_quietly_after_the_first(
    bench, sink, delivery, many
):
    for place in range(many):
        await bench.write(ODD, subject=f"My data, part {place}")
    for _ in range(30):
        await send_all(delivery)
        bench.clock.forward(hours=1)
    assert len(sink.messages) == MOST[Scope.ADDRESS, ""] + 1
    rows = [each.row for each in await bench.cases()]
    assert len(rows) == many
    assert {each.status for each in rows} == {"triage"}
    assert [each.automatic for each in rows] == [True] * LOOP.most + [False] * (many - LOOP.most)
    assert len([each for each in await bench.alerts() if "a machine" in each]) == 1


async def test_t14_an_account_that_many_strangers_name_does_not_have_its_owner_flooded(listed, sink):
    for place in range(LOOP.most + 5):
        await listed.write(ABOUT_IDA, sender=f"eve-{place}@elsewhere.example")
    letters = await listed.letters()
    assert len(to(letters, IDA)) == LOOP.most
    assert len(letters) - len(to(letters, IDA)) == LOOP.most + 5, "who wrote hears the same as ever"


# ---- loops -------------------------------------------------------------------------------------------------


async def _talk(bench: Bench, sink, delivery, hours: int, *, in_thread: bool) -> int:
    """A machine answers every mail of ours at once and marks none; how many letters it got in so many hours."""
    numbers, answered = count(), 0
    for _ in range(hours):
        await send_all(delivery)
        for accepted in sink.messages[answered:]:
            how = {"answers": accepted.mail} if in_thread else {"subject": f"My data, case {next(numbers)}"}
            await bench.write("What is the status of my request?" if in_thread else ODD, **how)
        answered = len(sink.messages)
        bench.clock.forward(hours=1)
    return answered


@pytest.mark.parametrize("in_thread", [False, True])
async def test_t18_two_machines_that_answer_each_other_are_stopped_and_staff_are_told_once(
    bench, sink, delivery, in_thread
):
    await bench.write(ERASE)
    got = await _talk(bench, sink, delivery, 24, in_thread=in_thread)
    assert got <= LOOP.most
    quiet = [each for each in await bench.cases() if not each.row.automatic]
    assert quiet
    assert all("loop" in each.row.concerns for each in quiet)
    assert len([each for each in await bench.alerts() if "a machine" in each]) == 1
    assert sum([len(await bench.heard(each)) for each in await bench.cases()]) == 1 + got, "nothing is lost"


async def test_t18_a_person_who_has_looked_opens_the_ticket_again(bench):
    for place in range(LOOP.most + 1):
        await bench.write(ODD, subject=f"My data, part {place}")
    reference = (await bench.cases())[-1].reference
    before = len(await bench.letters())
    await actions.set_types(bench.desk, reference, ADA, ["deletion"])
    row = (await bench.case(reference)).row
    assert (row.automatic, row.held, row.concerns) == (True, False, [])
    assert (await bench.kinds())[before:] == ["acknowledgement"]


async def test_t18_a_question_that_the_policy_answers_is_not_closed_without_an_answer(bench):
    for place in range(LOOP.most):
        await bench.write(ODD, subject=f"My data, part {place}")
    case = await bench.case(await bench.write("How long do you keep security logs?"))
    assert (case.row.status, case.row.automatic) == ("open", False)
