"""One-time codes: whose they are, how long they live, and how often they may be tried."""

from datetime import timedelta

from bot.domain.identity import CODE_LIFETIME, CODE_TRIES, CODES_A_DAY
from bot.store import cases, challenges
from bot.store.cases import Case
from bot.store.work import Store, Work
from tests.store.conftest import NOW
from tests.store.matters import open_matter

HOUR = timedelta(hours=1)


async def _matter(store: Store, address: str = "ida@example.org") -> str:
    async with store.transaction() as work:
        return (await open_matter(work, address=address)).reference


async def _case(work: Work, reference: str) -> Case:
    case = await cases.load(work, reference, for_update=True)
    assert case is not None
    return case


async def _issue(
    store: Store, reference: str, after: timedelta = timedelta(0), *, asked_for: bool = False
) -> str | None:
    async with store.transaction() as work:
        case = await _case(work, reference)
        issued = await challenges.issue(work, case, NOW + after, asked_for=asked_for)
    return issued.code if issued else None


async def _fits(
    store: Store, code: str | None, after: timedelta = timedelta(0), address: str = "ida@example.org"
) -> list[int]:
    """The tickets of which this code, coming from this address, is the right one."""
    async with store.transaction() as work:
        live = await challenges.of_address(work, work.keys.index(address), NOW + after)
        return [each.ticket_id for each in live if challenges.fits(work, each, code or "")]


def _wrong(code: str | None) -> str:
    return "00000000" if code != "00000000" else "00000001"


async def _fail(store: Store, code: str | None) -> None:
    async with store.transaction() as work:
        (live,) = await challenges.of_address(work, work.keys.index("ida@example.org"), NOW)
        assert not challenges.fits(work, live, _wrong(code))
        challenges.fail(work, live)


async def test_a_code_fits_its_ticket_and_no_other_code_does(store: Store) -> None:
    code = await _issue(store, await _matter(store))
    assert len(await _fits(store, code)) == 1
    assert await _fits(store, _wrong(code)) == []


async def test_a_code_is_kept_as_a_digest_only(store: Store) -> None:
    code = await _issue(store, await _matter(store))
    async with store.reading() as work:
        (live,) = await challenges.of_address(work, work.keys.index("ida@example.org"), NOW)
    assert code is not None
    assert code not in repr(live.model_dump())


async def test_a_code_belongs_to_one_ticket(store: Store) -> None:
    first, second = await _matter(store), await _matter(store)
    code, other = await _issue(store, first), await _issue(store, second)
    found = await _fits(store, code), await _fits(store, other)
    assert code == other or (len(found[0]), len(found[1]), found[0] != found[1]) == (1, 1, True)


async def test_a_code_serves_from_the_address_that_it_was_mailed_to_only(store: Store) -> None:
    code = await _issue(store, await _matter(store))
    await _issue(store, await _matter(store, "eve@example.net"))
    assert await _fits(store, code, address="jon@example.org") == []
    assert await _fits(store, code, address="eve@example.net") == []


async def test_a_code_lives_for_a_day(store: Store) -> None:
    code = await _issue(store, await _matter(store))
    assert timedelta(hours=24) == CODE_LIFETIME
    assert await _fits(store, code, 24 * HOUR - timedelta(seconds=1))
    assert not await _fits(store, code, 24 * HOUR)


async def test_a_new_code_kills_the_old_one(store: Store) -> None:
    reference = await _matter(store)
    old, new = await _issue(store, reference), await _issue(store, reference, HOUR)
    assert len(await _fits(store, new, HOUR)) == 1
    async with store.transaction() as work:
        assert len(await challenges.of_address(work, work.keys.index("ida@example.org"), NOW + HOUR)) == 1
    assert old == new or await _fits(store, old, HOUR) == []


async def test_a_new_code_leaves_those_of_other_tickets_alone(store: Store) -> None:
    first, second = await _matter(store), await _matter(store)
    code = await _issue(store, first)
    await _issue(store, second)
    assert await _fits(store, code)


async def test_the_fifth_wrong_try_is_the_last(store: Store) -> None:
    code = await _issue(store, await _matter(store))
    assert CODE_TRIES == 5
    for _ in range(4):
        await _fail(store, code)
    assert await _fits(store, code)
    await _fail(store, code)
    assert await _fits(store, code) == []


async def test_the_requester_can_still_verify_after_somebody_has_spent_the_tries(store: Store) -> None:
    reference = await _matter(store)
    code = await _issue(store, reference)
    for _ in range(CODE_TRIES):
        await _fail(store, code)
    assert await _fits(store, await _issue(store, reference))


async def test_a_right_code_serves_once(store: Store) -> None:
    code = await _issue(store, await _matter(store))
    async with store.transaction() as work:
        (live,) = await challenges.of_address(work, work.keys.index("ida@example.org"), NOW)
        challenges.use(work, live)
    assert await _fits(store, code) == []


async def test_a_code_whose_use_was_rolled_back_is_still_good(store: Store) -> None:
    code = await _issue(store, await _matter(store))
    try:
        async with store.transaction() as work:
            (live,) = await challenges.of_address(work, work.keys.index("ida@example.org"), NOW)
            challenges.use(work, live)
            await work.session.flush()
            raise InterruptedError
    except InterruptedError:
        assert await _fits(store, code)


async def test_three_codes_a_day_are_given_to_who_asks(store: Store) -> None:
    reference = await _matter(store)
    given = [await _issue(store, reference, place * HOUR, asked_for=True) for place in range(CODES_A_DAY)]
    assert all(given)
    assert CODES_A_DAY == 3
    assert await _issue(store, reference, 5 * HOUR, asked_for=True) is None
    assert await _fits(store, given[-1], 5 * HOUR), "a refused wish leaves the last code alive"


async def test_codes_that_come_with_an_acknowledgement_do_not_count(store: Store) -> None:
    reference = await _matter(store)
    for place in range(2 * CODES_A_DAY):
        assert await _issue(store, reference, place * HOUR)
    assert await _issue(store, reference, 7 * HOUR, asked_for=True)


async def test_whoever_has_used_up_the_days_codes_still_gets_one_with_an_acknowledgement(store: Store) -> None:
    reference = await _matter(store)
    for _ in range(CODES_A_DAY):
        await _issue(store, reference, asked_for=True)
    assert await _issue(store, reference, HOUR)


async def test_a_day_later_there_are_codes_again(store: Store) -> None:
    reference = await _matter(store)
    for _ in range(CODES_A_DAY):
        await _issue(store, reference, asked_for=True)
    assert await _issue(store, reference, 25 * HOUR, asked_for=True)


async def test_the_codes_of_one_ticket_do_not_use_up_anothers(store: Store) -> None:
    first, second = await _matter(store), await _matter(store)
    for _ in range(CODES_A_DAY):
        await _issue(store, first, asked_for=True)
    assert await _issue(store, second, asked_for=True)


async def test_a_new_code_kills_the_one_before_of_its_own_address_alone(store: Store) -> None:
    reference = await _matter(store)
    own = await _issue(store, reference)
    async with store.transaction() as work:
        case = await _case(work, reference)
        other = await challenges.issue(work, case, NOW, address_index=work.keys.address_index("ida@work.example"))
    assert other
    assert len(await _fits(store, own)) == 1
    assert len(await _fits(store, other.code, address="ida@work.example")) == 1
    assert await _fits(store, other.code) == []


async def test_all_codes_of_a_ticket_die_together_and_no_other_tickets(store: Store) -> None:
    doomed, spared = await _matter(store), await _matter(store)
    codes = [await _issue(store, each) for each in (doomed, spared)]
    async with store.transaction() as work:
        await challenges.kill(work, await _case(work, doomed), NOW)
    assert [len(await _fits(store, each)) for each in codes] == [0, 1]
