"""The key store: made once, opened by the right SECRET_KEYS only, and a destroyed key is gone."""

import asyncio
import base64
import secrets
import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.store import inbox
from bot.store.faults import StoreFault
from bot.store.keys import KeyDestroyed, KeyStore
from bot.store.schema import migrate
from bot.store.sealing import MasterKeys
from bot.store.secret_keys import master_keys
from bot.store.work import Store
from tests.store.conftest import NOW


async def _execute(keys: KeyStore, statement: str, **values: str) -> None:
    async with keys._engine.begin() as connection:
        where = f"{keys._schema}.data_key" if keys._schema else "data_key"
        await connection.execute(text(statement.format(data_key=where)), values)


async def _opened(url: str, master: MasterKeys, *, fresh: bool = False) -> KeyStore:
    keys = KeyStore(url, master)
    try:
        await keys.prepare(fresh=fresh)
    finally:
        await keys.close()
    return keys


async def test_a_key_is_found_again_by_another_process(store: Store, url: str, master: MasterKeys) -> None:
    made = await store.keys.new()
    elsewhere = await _opened(url, master)
    assert await elsewhere.get(made.id) == made
    await elsewhere.close()


async def test_keys_are_all_different(store: Store) -> None:
    made = await asyncio.gather(*(store.keys.new() for _ in range(80)))
    assert len({each.id for each in made}) == len({each.secret for each in made}) == 80


async def test_named_keys_are_the_same_in_every_process(store: Store, url: str, master: MasterKeys) -> None:
    elsewhere = await _opened(url, master)
    assert elsewhere.index("ida@example.org") == store.keys.index("ida@example.org")
    assert elsewhere.token_secret == store.keys.token_secret
    assert elsewhere.signer.public_key() == store.keys.signer.public_key()


async def test_an_index_tells_values_apart_and_does_not_hold_them(store: Store) -> None:
    assert store.keys.index("ida@example.org") != store.keys.index("ida@example.com")
    assert "ida" not in store.keys.index("ida@example.org")


async def test_two_desks_that_start_together_share_their_keys(url: str, master: MasterKeys) -> None:
    first, second = await asyncio.gather(*(_opened(url, master, fresh=True) for _ in range(2)))
    for keys in (first, second):
        await keys.prepare(fresh=False)
    assert first.token_secret == second.token_secret
    for keys in (first, second):
        await keys.close()


async def test_after_a_rotation_the_newest_key_seals_and_the_older_still_opens(
    store: Store, url: str, master: MasterKeys
) -> None:
    made = await store.keys.new()
    rotated = MasterKeys([secrets.token_bytes(32), *master.secrets])
    later = await _opened(url, rotated)
    assert await later.get(made.id) == made
    fresh = await later.new()
    await later.close()
    only_newest = KeyStore(url, MasterKeys(rotated.secrets[:1]))
    assert await only_newest.get(fresh.id) == fresh
    await only_newest.close()


async def test_secret_keys_that_do_not_fit_are_a_fault(store: Store, url: str, master: MasterKeys) -> None:
    with pytest.raises(StoreFault, match=f"SECRET_KEYS: none of them opens.*{master.newest()}"):
        await _opened(url, MasterKeys([secrets.token_bytes(32)]))


async def test_data_without_their_key_store_are_a_fault(store: Store, url: str, master: MasterKeys) -> None:
    async with store.transaction() as work:
        await inbox.put(work, source="imap", origin="a", raw=b"mail", received_at=NOW, now=NOW)
    await _execute(store.keys, "DELETE FROM {data_key}")
    again = Store(url, master)
    with pytest.raises(StoreFault, match="key store is empty or missing"):
        await again.open()
    await again.close()


async def test_what_a_destroyed_key_sealed_is_gone(store: Store, url: str, master: MasterKeys) -> None:
    async with store.transaction() as work:
        item = await inbox.put(work, source="imap", origin="a", raw=b"mail", received_at=NOW, now=NOW)
    await store.keys.destroy(item.key_id)
    with pytest.raises(KeyDestroyed):
        await store.keys.get(item.key_id)
    again = Store(url, master)
    await again.open()
    async with again.reading() as work:
        kept = await inbox.load(work, item.id or 0)
        assert kept is not None
        with pytest.raises(KeyDestroyed):
            await inbox.raw_of(work, kept)
    await again.close()


async def test_named_keys_are_never_forgotten(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.keys._REMEMBERED", 8)
    made = [await store.keys.new() for _ in range(40)]
    assert store.keys.index("ida@example.org")
    assert await store.keys.get(made[0].id) == made[0]


async def test_no_secret_rests_in_the_clear(tmp_path: Path, master: MasterKeys) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}"
    await migrate(url)
    store = Store(url, master)
    await store.open()
    async with store.transaction() as work:
        item = await inbox.put(
            work, source="imap", origin="a", raw=b"Dear desk, I am Ida", received_at=NOW, now=NOW
        )
    made = await store.keys.get(item.key_id)
    await store.close()
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert item.key_id.encode() in kept
    assert made.secret not in kept
    assert b"I am Ida" not in kept


# ---- where SECRET_KEYS come from ---------------------------------------------------------------------------


def test_keys_that_are_given_are_taken(tmp_path: Path) -> None:
    given = [secrets.token_bytes(32)]
    assert (
        master_keys(given, "postgresql+asyncpg://localhost/desk", tmp_path).newest() == MasterKeys(given).newest()
    )
    assert not list(tmp_path.iterdir())


def test_a_desk_on_sqlite_makes_its_keys_once_for_itself_alone(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'var' / 'desk.db'}"
    made = master_keys([], url, tmp_path)
    file = tmp_path / "var" / "secret.keys"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert base64.urlsafe_b64decode(file.read_text()) == made.secrets[0]
    assert master_keys([], url, tmp_path).newest() == made.newest()


def test_a_desk_on_postgresql_needs_keys(tmp_path: Path) -> None:
    with pytest.raises(StoreFault, match="SECRET_KEYS: is missing"):
        master_keys([], "postgresql+asyncpg://localhost/desk", tmp_path)


async def test_no_keys_are_made_over_sealed_rows(tmp_path: Path, master: MasterKeys) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}"
    await migrate(url)
    store = Store(url, master)
    await store.open()
    async with store.transaction() as work:
        await inbox.put(work, source="imap", origin="a", raw=b"mail", received_at=NOW, now=NOW)
    await store.close()
    with pytest.raises(StoreFault, match="holds sealed rows"):
        master_keys([], url, tmp_path)
    assert not (tmp_path / "var").exists()


async def test_keys_are_made_beside_a_database_that_is_still_empty(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}"
    await migrate(url)
    assert master_keys([], url, tmp_path).secrets


# ---- rotation ----------------------------------------------------------------------------------------------


async def test_after_everything_is_sealed_anew_the_older_key_may_go(
    store: Store, url: str, master: MasterKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.keys._BATCH", 10)
    made = await store.keys.new()
    rotated = MasterKeys([secrets.token_bytes(32), *master.secrets])
    later = await _opened(url, rotated)
    assert await later.older() > 30
    assert await later.rotate() > 30
    assert (await later.older(), await later.rotate()) == (0, 0)
    await later.close()
    only_newest = await _opened(url, MasterKeys(rotated.secrets[:1]))
    assert await only_newest.get(made.id) == made
    assert only_newest.token_secret == store.keys.token_secret
    await only_newest.close()


async def test_a_desk_with_both_keys_goes_on_while_everything_is_sealed_anew(
    store: Store, url: str, master: MasterKeys
) -> None:
    newer = secrets.token_bytes(32)
    running = await _opened(url, MasterKeys([*master.secrets, newer]))
    made = await store.keys.new()
    rotating = await _opened(url, MasterKeys([newer, *master.secrets]))
    await rotating.rotate()
    assert await running.get(made.id) == made
    assert (await rotating.get((await running.new()).id)).secret
    for keys in (running, rotating):
        await keys.close()
