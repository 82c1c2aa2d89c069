"""Anchors: what is done to the journal behind the desk's back shows."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import text

from bot.store import anchors, cases
from bot.store.engine import is_sqlite, sqlite_path
from bot.store.work import Store, Work
from tests.store.conftest import NOW
from tests.store.matters import open_matter


async def _matter(store: Store, entries: int = 3) -> str:
    async with store.transaction() as work:
        case = await open_matter(work)
        for place in range(entries):
            await cases.note(work, case, at=NOW, actor="desk", event="heard", n=place)
        return case.reference


async def _drop(store: Store) -> list[tuple[str, int]] | None:
    async with store.transaction() as work:
        anchor = await anchors.drop(work, NOW)
    return [(reference, length) for reference, length, _ in anchor.chains] if anchor else None


async def _fault(store: Store) -> str | None:
    async with store.reading() as work:
        return (await anchors.verify(work))[2]


async def _tamper(store: Store, *statements: str) -> None:
    async with store.transaction() as work:
        for each in statements:
            await (await work.session.connection()).execute(text(each))


async def test_an_untouched_journal_holds(store: Store) -> None:
    await _matter(store)
    await _drop(store)
    await _matter(store, 2)
    async with store.reading() as work:
        assert await anchors.verify(work) == (2, 5, None)


async def test_an_empty_desk_holds_and_drops_no_anchor(store: Store) -> None:
    assert await _drop(store) is None
    assert await _fault(store) is None


async def test_an_anchor_names_the_chains_that_grew_since_the_last(store: Store) -> None:
    first, second = await _matter(store), await _matter(store)
    assert await _drop(store) == [(first, 3), (second, 3)]
    assert await _drop(store) is None
    async with store.transaction() as work:
        case = await cases.load(work, second)
        assert case is not None
        await cases.note(work, case, at=NOW, actor="desk", event="heard")
    assert await _drop(store) == [(second, 4)]
    assert await _fault(store) is None


_CUT = ("DELETE FROM journal WHERE seq = 3",)
_COVERED_UP = (
    "UPDATE ticket SET journal_length = 2, journal_head = (SELECT digest FROM journal WHERE seq = 2)",
    *_CUT,
)


@pytest.mark.parametrize(
    ("statements", "fault"),
    [
        (("UPDATE journal SET actor = 'U0EVE' WHERE seq = 2",), "entry 2 was changed"),
        (("UPDATE journal SET detail = '{\"n\": 7}' WHERE seq = 2",), "entry 2 was changed"),
        (("DELETE FROM journal WHERE seq = 2",), "entry 2 is missing"),
        (("UPDATE journal SET seq = 4 WHERE seq = 2",), "entry 2 is missing"),
        (_CUT, "2 entries where 3 were written"),
        (_COVERED_UP, "entry 3, anchored as number 1, is gone"),
        (("DELETE FROM journal", "DELETE FROM request", "DELETE FROM ticket"), "entry 3, anchored as number 1"),
        (("DELETE FROM anchor",), "an anchor over it is gone"),
        (("UPDATE anchor SET chains = '[]'",), "anchor 1 is missing or was changed"),
        (("UPDATE anchor SET seq = 2",), "anchor 1 is missing or was changed"),
        (("UPDATE anchor SET signature = 'no hex'",), "anchor 1 bears a wrong signature"),
        (("UPDATE anchor SET signature = '00'",), "anchor 1 bears a wrong signature"),
    ],
)
async def test_whatever_is_done_behind_the_desks_back_shows(
    store: Store, statements: tuple[str, ...], fault: str
) -> None:
    await _matter(store)
    await _drop(store)
    assert await _fault(store) is None
    await _tamper(store, *statements)
    assert fault in (await _fault(store) or "")


async def test_entries_whose_ticket_is_gone_show_even_before_an_anchor(store: Store, url: str) -> None:
    await _matter(store)
    if is_sqlite(url):
        with closing(sqlite3.connect(sqlite_path(url))) as connection, connection:  # without foreign keys
            connection.execute("DELETE FROM ticket")
    else:
        await _tamper(store, "SET LOCAL session_replication_role = replica", "DELETE FROM ticket")
    assert await _fault(store) == "3 entries belong to a ticket that is gone"


async def test_an_anchor_in_the_middle_that_is_gone_shows(store: Store) -> None:
    for _ in range(3):
        await _matter(store)
        await _drop(store)
    await _tamper(store, "DELETE FROM anchor WHERE seq = 2")
    assert await _fault(store) == "anchor 2 is missing or was changed"


async def test_a_last_anchor_that_is_gone_shows(store: Store) -> None:
    reference = await _matter(store)
    await _drop(store)
    async with store.transaction() as work:
        case = await cases.load(work, reference)
        assert case is not None
        await cases.note(work, case, at=NOW, actor="desk", event="heard")
    await _drop(store)
    await _tamper(store, "DELETE FROM anchor WHERE seq = 2")
    assert await _fault(store) == f"{reference}: an anchor over it is gone"


async def test_more_tickets_than_a_page_are_all_looked_at(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anchors, "_PAGE", 2)
    references = [await _matter(store, 1) for _ in range(5)]
    await _tamper(store, "UPDATE journal SET actor = 'U0EVE' WHERE ticket_id = 5")
    assert await _fault(store) == f"{references[4]}: entry 1 was changed"


async def test_a_check_beside_desks_that_go_on_finds_no_fault_of_theirs(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _matter(store)
    await _drop(store)
    chains = anchors._chains

    async def meanwhile(work: Work) -> AsyncIterator[Any]:
        await _matter(store)
        await _drop(store)
        async for each in chains(work):
            yield each

    monkeypatch.setattr(anchors, "_chains", meanwhile)
    assert await _fault(store) is None
