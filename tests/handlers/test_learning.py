"""Learning from what staff decide: through the real actions, from the stored letters, and off by default."""

import secrets
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from io import BytesIO
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from sqlmodel import select

from bot.domain.events import Closed
from bot.domain.learned.grams import PLACES
from bot.domain.learned.own import Own, packaged_digest
from bot.domain.understanding import classify
from bot.domain.vocabulary import Outcome, RequestType, Status
from bot.store.desk_tables import TaughtModel
from bot.store.examples import Decided, decided
from bot.store.sealing import DataKey
from bot.store.tables import InboxItem, MessageRow
from bot.store.taught import Taught, keep
from handlers import actions, learning
from tests.handlers.conftest import ADA, ERASE, LUNCH, Bench, bench_on, new_store

OPENINGS = ("I want", "I ask that", "Kindly see that", "It is my wish that", "Today I ask:", "My wish:")
WIPE = ("all about my Larkspur pass gone from your records", "my name off the Larkspur pass records")
LOOK = ("my Larkspur drawer opened for me to read", "the Larkspur drawer with my things opened to me")
UNCLEAR = "Please, let all about my Larkspur pass gone from your records."
WORDS = ("larkspur", "pass", "record", "drawer", "wish", "kindly")


@pytest.fixture(scope="module")
async def school(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bench]:
    """A desk whose staff have said of 24 letters what they ask for."""
    folder: Path = tmp_path_factory.mktemp("school")
    async with new_store(f"sqlite+aiosqlite:///{folder / 'desk.db'}") as store:
        bench = bench_on(store, folder)
        await decide(bench)
        yield bench


@pytest.fixture
def taught(school: Bench) -> Bench:
    """With learning switched on, and nothing kept of it before the model is first looked for."""
    return replace(school, desk=replace(school.desk, taught=Taught()))


async def decide(bench: Bench) -> None:
    for number, (opening, (type_, asked)) in enumerate(
        product(OPENINGS, [("deletion", each) for each in WIPE] + [("access", each) for each in LOOK])
    ):
        item = await bench.write(f"{opening} {asked}.", sender=f"p{number}@letters.example", subject="Larkspur")
        await actions.set_types(bench.desk, (await bench.case(item)).reference, ADA, [type_])


async def stored(bench: Bench) -> list[tuple[TaughtModel, DataKey, bytes]]:
    async with bench.desk.store.reading() as work:
        rows = (await work.session.exec(select(TaughtModel))).all()
        keys = [await work.keys.get(each.key_id) for each in rows]
    return [
        (row, key, key.open(row.content or b"", "taught.content")) for row, key in zip(rows, keys, strict=True)
    ]


async def understood(bench: Bench) -> tuple[str, list[str], list[str]]:
    """Status and types of a ticket that an unclear letter opens, and why, as the journal has it."""
    somebody = f"{secrets.token_hex(4)}@letters.example"
    case = await bench.case(await bench.write(UNCLEAR, sender=somebody, subject="Larkspur"))
    opened = (await bench.journal(case))[0].detail
    return case.row.status, [each.type for each in case.requests], opened["why"]


async def test_a_letter_like_those_that_staff_decided_about_is_understood(taught):
    assert classify(UNCLEAR, "Larkspur").abstain
    assert (await understood(taught))[0] == Status.TRIAGE

    lesson = await learning.train(taught.desk)

    assert lesson.why_not == ""
    assert lesson.before
    assert lesson.after
    assert lesson.after.right > lesson.before.right
    assert lesson.after.wrong <= lesson.before.wrong
    status, types, why = await understood(taught)
    assert (status, types) == (Status.VERIFYING, ["deletion"])
    assert "as staff decided" in why


async def test_a_desk_that_runs_takes_up_a_new_model_and_lets_go_of_one_that_is_forgotten(taught):
    await learning.train(taught.desk)
    assert (await understood(taught))[0] == Status.VERIFYING

    assert await learning.forget(taught.desk)

    assert (await understood(taught))[0] == Status.TRIAGE
    assert not await learning.forget(taught.desk)


async def test_switched_off_a_stored_model_is_not_used(school, taught):
    await learning.train(taught.desk)
    assert school.desk.taught is None
    assert (await understood(school))[0] == Status.TRIAGE


async def test_the_same_decisions_make_the_same_bytes(taught):
    await learning.train(taught.desk)
    ((_, _, once),) = await stored(taught)
    await learning.train(taught.desk)
    ((_, _, again),) = await stored(taught)
    assert once == again


async def test_the_model_holds_no_word_of_the_letters_and_rests_sealed(taught):
    await learning.train(taught.desk)
    ((row, _, plain),) = await stored(taught)
    with zipfile.ZipFile(BytesIO(plain)) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist()).lower()
    assert [
        word for word in WORDS for form in ("utf-8", "utf-16-le", "utf-32-le") if word.encode(form) in content
    ] == []
    assert plain not in (row.content or b"")


async def test_a_model_that_is_forgotten_cannot_be_opened_from_an_old_copy(taught):
    await learning.train(taught.desk)
    ((_, key, _),) = await stored(taught)
    await learning.forget(taught.desk)
    with pytest.raises(LookupError):
        await taught.desk.store.keys.get(key.id)


@pytest.mark.parametrize("how", ["message", "source", "key"])
async def test_what_is_erased_teaches_nothing(bench, how):
    for text in (f"I want {WIPE[0]}.", f"I ask that {LOOK[0]}."):
        item = await bench.write(text)
        await actions.set_types(bench.desk, (await bench.case(item)).reference, ADA, ["deletion"])
    assert (await learning.train(bench.desk)).used == 2

    async with bench.desk.store.transaction() as work:
        current = await work.session.get(InboxItem, item.id)
        message = (await work.session.exec(select(MessageRow).where(MessageRow.inbox_id == item.id))).first()
        assert current
        assert message
        if how == "message":
            message.content = None
        elif how == "source":
            current.raw = None
        else:
            await work.keys.destroy(current.key_id)
        work.session.add_all([current, message])

    lesson = await learning.train(bench.desk)
    assert (lesson.used, lesson.skipped) == (1, {learning.ERASED: 1})


async def test_the_last_word_on_a_letter_counts_and_so_does_a_correction_of_what_was_sure(bench):
    item = await bench.write(ERASE)
    case = await bench.case(item)
    assert case.row.status == Status.VERIFYING
    await actions.set_types(bench.desk, case.reference, ADA, ["complaint"])
    await actions.set_types(bench.desk, case.reference, ADA, ["access", "portability"])
    assert [each.types for each in await references(bench)] == [(RequestType.ACCESS, RequestType.PORTABILITY)]


async def test_on_postgresql_a_decision_finds_its_letter_and_a_model_is_kept_and_forgotten(bench_on_postgres):
    bench = bench_on_postgres
    item = await bench.write(UNCLEAR)
    await actions.set_types(bench.desk, (await bench.case(item)).reference, ADA, ["deletion"])
    (found,) = await references(bench)
    assert await item_of(bench, found) == item.id
    own = Own(np.ones((PLACES, len(RequestType)), np.float32), packaged_digest())
    async with bench.desk.store.transaction() as work:
        await keep(work, own, examples=30, now=bench.clock())
    async with bench.desk.store.reading() as work:
        assert await Taught().current(work)
    assert await learning.forget(bench.desk)


async def test_closing_in_triage_says_that_it_is_no_matter_of_privacy(bench):
    case = await bench.case(await bench.write(LUNCH))
    await actions.close(bench.desk, case.reference, ADA, "a menu")
    assert [each.types for each in await references(bench)] == [(RequestType.NOT_PRIVACY,)]


async def test_of_a_ticket_that_was_opened_again_each_letter_has_its_own_decision(bench):
    first = await bench.write(UNCLEAR)
    case = await bench.case(first)
    await actions.set_types(bench.desk, case.reference, ADA, ["policy_question"])
    await bench.happen(case.reference, Closed(bench.clock(), Outcome.ANSWERED))
    bench.clock.forward(days=1)
    second = await bench.write("There is one more thing to say.", answers=(await bench.letters())[0])
    assert (await bench.case(first)).row.status == Status.TRIAGE
    await actions.set_types(bench.desk, case.reference, ADA, ["complaint"])
    found = await references(bench)
    assert [each.types for each in found] == [(RequestType.POLICY_QUESTION,), (RequestType.COMPLAINT,)]
    assert [await item_of(bench, each) for each in found] == [first.id, second.id]


async def test_after_a_further_right_a_decision_teaches_nothing_about_the_first_letter(bench):
    case = await bench.proven()
    answers = (await bench.letters())[-1]
    await bench.write("Please also send me a copy of all personal data that you hold about me.", answers=answers)
    await actions.set_types(bench.desk, case.reference, ADA, ["access"])
    assert await references(bench) == []


async def test_a_decision_about_what_is_not_stored_as_a_letter_is_skipped(bench):
    item = await bench.write(UNCLEAR)
    await actions.set_types(bench.desk, (await bench.case(item)).reference, ADA, ["deletion"])
    async with bench.desk.store.transaction() as work:
        (message,) = (await work.session.exec(select(MessageRow).where(MessageRow.direction == "in"))).all()
        message.inbox_id = None
        work.session.add(message)
    assert (await learning.train(bench.desk)).skipped == {learning.NO_LETTER: 1}


async def test_with_few_decisions_no_model_is_kept_and_one_from_before_goes(bench):
    async with bench.desk.store.transaction() as work:
        own = Own(np.zeros((PLACES, len(RequestType)), np.float32), packaged_digest())
        await keep(work, own, examples=30, now=bench.clock())
    lesson = await learning.train(bench.desk)
    assert "too few" in lesson.why_not
    assert await stored(bench) == []


async def test_a_model_that_belongs_to_another_version_rests(bench, caplog):
    taught = replace(bench.desk, taught=Taught())
    async with bench.desk.store.transaction() as work:
        weights = np.ones((PLACES, len(RequestType)), np.float32)
        await keep(work, Own(weights, "of another version"), examples=30, now=bench.clock())
        assert taught.taught
        assert await taught.taught.current(work) is None
    assert "run `train` again" in caplog.text


async def references(bench: Bench) -> list[Decided]:
    async with bench.desk.store.reading() as work:
        return await decided(work, 100)


async def item_of(bench: Bench, example: Decided) -> int | None:
    async with bench.desk.store.reading() as work:
        row = await work.session.get(MessageRow, example.message_id)
    return row.inbox_id if row else None
