"""Exports and versions of the policy at rest, on both databases."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlmodel import func, select

from bot.domain.exports import DOWNLOADS, LIFETIME, TRIES
from bot.domain.policy_changes import edition, fingerprint
from bot.store import exports, policies
from bot.store.cases import Case
from bot.store.challenges import Issued
from bot.store.export_tables import ExportPiece, ExportRow
from bot.store.keys import KeyDestroyed
from bot.store.sealing import CannotOpen
from bot.store.work import Store
from tests.store.conftest import NOW
from tests.store.matters import open_matter

HOUR = timedelta(hours=1)


async def _given(store: Store) -> tuple[Case, int]:
    """A file of three pieces that waits for an answer."""
    async with store.transaction() as work:
        case = await open_matter(work)
        row = await exports.begin(work, case, "Ida Berg.json", "U0ADA", NOW)
        for seq, plain in enumerate((b"one", b"two", b"three")):
            exports.add(work, case.key, row.id or 0, seq, plain)
        row.state, row.pieces, row.size, row.digest = "waiting", 3, 11, exports.keyed(case.key, b"sum")
        work.session.add(row)
        return case, row.id or 0


async def _offer(store: Store, number: int) -> Issued:
    async with store.transaction() as work:
        row = await exports.load(work, number, for_update=True)
        assert row is not None
        return exports.issue(work, row, None, NOW)


async def _live(store: Store, token: str, after: timedelta) -> bool:
    async with store.reading() as work:
        return await exports.of_token(work, token, NOW + after) is not None


async def _count(store: Store) -> int:
    async with store.reading() as work:
        return (await work.session.exec(select(func.count()).select_from(ExportPiece))).one()


async def test_pieces_come_back_as_they_were_and_nothing_of_them_is_readable_without_the_key(store: Store) -> None:
    case, number = await _given(store)
    async with store.reading() as work:
        row = await exports.load(work, number)
        assert row is not None
        assert [await exports.piece(work, row, seq) for seq in range(3)] == [b"one", b"two", b"three"]
        assert exports.name_of(case, row) == "Ida Berg.json"
        assert b"Ida" not in (row.name or b"")
        assert b"three" not in (await work.session.get_one(ExportPiece, (number, 2))).content
        with pytest.raises(LookupError):
            await exports.piece(work, row, 3)
    await store.keys.destroy(case.key.id)
    async with store.reading() as work:
        with pytest.raises(KeyDestroyed):
            await exports.piece(work, row, 0)


async def test_a_piece_of_another_export_of_the_same_ticket_does_not_open_in_its_place(store: Store) -> None:
    case, number = await _given(store)
    async with store.transaction() as work:
        other = await exports.begin(work, case, "b", "U0ADA", NOW)
        first = await work.session.get_one(ExportPiece, (number, 0))
        work.session.add(ExportPiece(export_id=other.id or 0, seq=0, content=first.content))
    async with store.reading() as work:
        with pytest.raises(CannotOpen):
            await exports.piece(work, other, 0)


async def test_a_link_lives_for_its_time_and_neither_it_nor_the_code_is_kept(store: Store) -> None:
    _, number = await _given(store)
    issued = await _offer(store, number)
    assert await _live(store, issued.token, LIFETIME - HOUR)
    assert not await _live(store, issued.token, LIFETIME)
    assert not await _live(store, issued.token + "x", HOUR)
    async with store.reading() as work:
        row = (await work.session.exec(select(ExportRow))).one()
        assert exports.fits(work, row, issued.code)
        assert not exports.fits(work, row, "")
        assert issued.token not in str(row)
        assert issued.code not in row.code_digest
        assert (row.tries_left, row.downloads_left) == (TRIES, DOWNLOADS)


async def test_what_is_ended_or_over_leaves_no_piece_behind(store: Store) -> None:
    _, withdrawn = await _given(store)
    _, over = await _given(store)
    _, waiting = await _given(store)
    await _offer(store, over)
    async with store.transaction() as work:
        row = await exports.load(work, withdrawn, for_update=True)
        assert row is not None
        await exports.end(work, row, "withdrawn")
    assert await _count(store) == 6
    async with store.transaction() as work:
        await exports.forget(work, NOW + LIFETIME + HOUR)
    assert await _count(store) == 3
    async with store.reading() as work:
        rows = (await work.session.exec(select(ExportRow).order_by(ExportRow.id))).all()  # type: ignore[arg-type]
    assert [each.state for each in rows] == ["withdrawn", "gone", "waiting"]
    assert waiting == rows[-1].id


async def test_a_page_for_staff_is_used_once_by_whoever_is_first(store: Store) -> None:
    case, _ = await _given(store)
    async with store.transaction() as work:
        token = await exports.open_page(work, case, "U0ADA", NOW)

    async def use() -> bool:
        async with store.transaction() as work:
            page = await exports.page_of(work, token, NOW)
            return page is not None and await exports.use_page(work, page)

    assert sorted(await asyncio.gather(use(), use(), use())) == [False, False, True]


async def test_each_version_of_the_policy_is_kept_once_whoever_starts_first(store: Store) -> None:
    one, two = edition("## A\n- b\n", "1-a", date(2026, 1, 1)), edition("## A\n- c\n", "2-b", None)

    async def keep() -> bool:
        async with store.transaction() as work:
            return await policies.keep(work, one, NOW)

    assert sorted(await asyncio.gather(keep(), keep(), keep())) == [False, False, True]
    async with store.transaction() as work:
        assert await policies.keep(work, two, NOW - HOUR)  # the clock was set back
    async with store.reading() as work:
        rows = await policies.known(work)
        assert [policies.as_policy(each) for each in rows] == [two, one]
        assert policies.named(rows, "1-a") == rows[1]
        assert policies.named(rows, fingerprint(one)[:12]) == rows[1]
        assert policies.named(rows, "") is None
        assert policies.named(rows, fingerprint(one)[:3]) is None
