"""A backup from before a redaction, beside today's key store and with every one of SECRET_KEYS, opens nothing."""

import logging
import secrets
import shutil
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import LargeBinary
from sqlmodel import SQLModel, select

from bot.domain.events import Answered
from bot.domain.vocabulary import Outcome, RequestType
from bot.store import cases, exports
from bot.store.engine import sqlite_path
from bot.store.export_tables import ExportRow
from bot.store.keys import KeyDestroyed
from bot.store.schema import migrate
from bot.store.sealing import MasterKeys
from bot.store.work import Store
from handlers import actions, holding
from handlers.retention import sweep
from tests.handlers.conftest import ADA, ERASE, ROBIN, Bench, bench_on
from tests.servers.postgres import _programs

SECRET = "I am Robin Reed of 12 Elm Road, and my account is LB-20417."


@dataclass
class Place:
    """A desk's database, and a way to keep a copy of the data and to put it back beside today's keys."""

    bench: Bench
    master: MasterKeys
    back_up: Callable[[], Any]
    restore: Callable[[Any], str]  # the URL of the restored copy


def _run(program: str, *words: str, given: bytes = b"") -> bytes:
    programs = _programs()
    assert programs
    done = subprocess.run([programs / program, *words], input=given, capture_output=True, check=True)
    return done.stdout


@pytest.fixture(params=["sqlite", "postgresql"])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}"
    if request.param == "postgresql":
        given: str = request.getfixturevalue("postgres_url")
        url = given.replace("postgresql://", "postgresql+asyncpg://")
    master = MasterKeys([secrets.token_bytes(32), secrets.token_bytes(32)])
    async with _open(url, master) as store:
        bench = bench_on(store, tmp_path)
        if request.param == "sqlite":
            yield Place(bench, master, lambda: _copied(url, tmp_path), lambda copy: _beside(copy, url))
            return

        def restored(dump: bytes) -> str:
            """Over the tables; the schema of the keys stays as it is."""
            _run("pg_restore", "--clean", "--if-exists", f"--dbname={given}", given=dump)
            return url

        options = ("--exclude-schema=privacy_desk_keys", "--format=custom", given)
        yield Place(bench, master, lambda: _run("pg_dump", *options), restored)


def _copied(url: str, folder: Path) -> Path:
    copy = folder / "backup" / "desk.db"
    copy.parent.mkdir()
    with closing(sqlite3.connect(sqlite_path(url))) as data, closing(sqlite3.connect(copy)) as kept:
        data.backup(kept)
    return copy


def _beside(copy: Path, url: str) -> str:
    """Today's key store, with its log, goes beside the copy."""
    for each in sqlite_path(url).parent.glob("desk.keys.db*"):
        shutil.copy(each, copy.parent)
    return f"sqlite+aiosqlite:///{copy}"


@asynccontextmanager
async def _open(url: str, master: MasterKeys) -> AsyncIterator[Store]:
    await migrate(url)
    store = Store(url, master)
    await store.open()
    yield store
    await store.close()


async def opened(store: Store) -> dict[str, int]:
    """How many values of each sealed column can be opened."""
    count: dict[str, int] = {}
    async with store.reading() as work:
        session = await work.session.connection()
        for export in (await work.session.exec(select(ExportRow))).all():
            try:
                pieces = [await exports.piece(work, export, seq) for seq in range(export.pieces)]
            except (KeyDestroyed, LookupError):
                continue
            count["export_piece.content"] = count.get("export_piece.content", 0) + len(pieces)
        for table in (each for each in SQLModel.metadata.sorted_tables if each.name != "export_piece"):
            for column in (each for each in table.c if isinstance(each.type, LargeBinary)):
                for key_id, sealed in await session.execute(select(table.c.key_id, column)):
                    try:
                        key = await work.keys.get(key_id) if sealed else None
                    except KeyDestroyed:
                        continue
                    name = f"{table.name}.{column.name}"
                    if key and key.open(sealed, name):
                        count[name] = count.get(name, 0) + 1
    return count


async def _export(bench: Bench, reference: str) -> None:
    async with bench.desk.store.transaction() as work:
        case = await cases.load(work, reference, for_update=True)
        row = await exports.begin(work, case, "export.json", ADA, bench.clock())
        exports.add(work, case.key, row.id, 0, f'{{"of": "{SECRET}"}}'.encode())
        row.state, row.pieces = "waiting", 1


async def a_ticket_with_everything(bench: Bench) -> str:
    """Letters, notes, drafts, an export, a hold that was lifted; and another ticket that stays."""
    await bench.write(f"{ERASE} I am Eve.", sender="eve@elsewhere.example")
    case = await bench.proven(f"{ERASE}\n\n{SECRET}")
    await actions.vouch(bench.desk, case.reference, ADA, "She showed her passport.")
    await actions.propose(bench.desk, case.reference, ADA, Outcome.FULFILLED)
    await _export(bench, case.reference)
    await holding.hold(bench.desk, case.reference, ADA, "Robin has sued.")
    await bench.happen(case.reference, Answered(bench.clock(), (RequestType.DELETION,), Outcome.FULFILLED))
    return case.reference


async def test_an_older_backup_beside_todays_keys_opens_nothing_of_it(place: Place, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    bench, store = place.bench, place.bench.desk.store
    reference = await a_ticket_with_everything(bench)
    before = await opened(store)
    kept = place.back_up()
    await holding.lift(bench.desk, reference, ADA)
    bench.clock.forward(days=800)
    assert (await sweep(bench.desk)).redacted == [reference]
    others = await opened(store)
    async with _open(place.restore(kept), place.master) as restored:
        after = await opened(restored)
    theirs = (
        "inbox.raw",
        "message.content",
        "draft.content",
        "ticket.requester",
        "ticket.hold_reason",
        "export_piece.content",
    )
    assert all(before.get(each, 0) > after.get(each, 0) for each in theirs)
    assert after == {name: number for name, number in others.items() if number}
    assert others["ticket.requester"] == 1
    for personal in (SECRET, ROBIN, "Robin has sued", "passport"):
        assert personal not in caplog.text


async def test_the_same_backup_opens_while_the_keys_are_there(place: Place) -> None:
    await a_ticket_with_everything(place.bench)
    before = await opened(place.bench.desk.store)
    async with _open(place.restore(place.back_up()), place.master) as restored:
        assert await opened(restored) == before


async def test_no_file_of_the_key_store_holds_what_was_destroyed(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}"
    async with _open(url, MasterKeys([secrets.token_bytes(32)])) as store:
        made = await store.keys.new()
        with closing(sqlite3.connect(tmp_path / "desk.keys.db")) as keys:
            (wrapped,) = keys.execute("SELECT wrapped FROM data_key WHERE id = ?", (made.id,)).fetchone()

        def held() -> bool:
            return wrapped in b"".join(each.read_bytes() for each in tmp_path.glob("desk.keys.db*"))

        assert held()
        await store.keys.destroy(made.id)
        assert not held()
