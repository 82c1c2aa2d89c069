"""Directories of accounts: a file that changes or breaks, a table that is only read, a service that misbehaves."""

import hashlib
import hmac
import os
import sqlite3

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.adapters.accounts import DirectoryDown, directory
from bot.adapters.accounts.sql_view import SqlDirectory

HEADER = "id,email,name,aliases,born\n"
IDA = "A-17,ida@berg.example,Ida Berg,ida.b@work.example i@berg.example,1990-05-04\n"
KAI = "A-18,kai@berg.example,Kai Berg,,\n"


def write(path, text):
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(0, path.stat().st_mtime_ns + len(text)))


async def ids(found, **wanted):
    return [each.id for each in await found.find(**wanted)]


# ---- a file -----------------------------------------------------------------------------------------------


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "people.csv"
    write(path, HEADER + IDA + KAI)
    return path


async def test_a_file_is_searched_by_address_alias_id_and_name(book):
    found = directory(f"csv:{book}", b"")
    assert await ids(found, address="IDA@berg.example") == ["A-17"]
    assert await ids(found, address="i@berg.example") == ["A-17"]
    assert await ids(found, account_id="A-18") == ["A-18"]
    assert await ids(found, name="ida  berg") == ["A-17"]
    assert await ids(found, address="eve@berg.example") == []
    (ida,) = await found.find(account_id="A-17")
    assert ida.data == {"born": "1990-05-04"}


async def test_a_file_is_read_anew_when_it_has_changed(book):
    found = directory(f"csv:{book}", b"")
    assert await ids(found, account_id="A-19") == []
    write(book, HEADER + IDA + KAI + "A-19,eva@berg.example,Eva,,\n")
    assert await ids(found, account_id="A-19") == ["A-19"]


@pytest.mark.parametrize(
    "broken",
    ["", "id,email\n1,a@b.example\n", HEADER + "A-17,,Ida,,\n", HEADER + 'A-17,"ida', HEADER + "a,b\n", "\udcff"],
)
async def test_while_a_file_is_broken_the_last_good_one_counts_and_the_log_says_so_once(book, caplog, broken):
    found = directory(f"csv:{book}", b"")
    await found.examine()
    book.write_bytes(broken.encode("utf-8", "surrogateescape"))
    for _ in range(3):
        assert await ids(found, address="ida@berg.example") == ["A-17"]
    assert len(caplog.records) == 1
    assert "ida" not in caplog.text.lower().replace(str(book), "")
    with pytest.raises(DirectoryDown):
        await found.examine()


async def test_without_any_good_file_the_directory_is_down(tmp_path):
    with pytest.raises(DirectoryDown):
        await directory(f"csv:{tmp_path / 'none.csv'}", b"").find(address="a@b.example")


# ---- a table ----------------------------------------------------------------------------------------------


@pytest.fixture
def crm(tmp_path):
    path = tmp_path / "crm.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE people (id INTEGER, email TEXT, name TEXT, aliases TEXT, plan TEXT)")
        database.execute(
            "INSERT INTO people VALUES (17, 'Ida@berg.example', 'Ida Berg', 'i_b@berg.example', 'gold')"
        )
        database.execute("INSERT INTO people VALUES (18, 'kai@berg.example', 'Kai Berg', NULL, NULL)")
    database.close()
    return path


@pytest.fixture
async def table(crm):
    found = directory(f"sql:sqlite+aiosqlite:///{crm}#people", b"")
    yield found
    await found.close()


async def test_a_table_is_searched_by_address_alias_id_and_name(table):
    assert await ids(table, address="ida@berg.example") == ["17"]
    assert await ids(table, address="i_b@berg.example") == ["17"]
    assert await ids(table, address="ixb@berg.example") == []
    assert await ids(table, account_id="18") == ["18"]
    assert await ids(table, name="ida berg") == ["17"]
    (ida,) = await table.find(account_id="17")
    assert ida.data == {"plan": "gold"}


@pytest.mark.parametrize("hostile", ["' OR '1'='1", "%", "_", "'; DROP TABLE people; --", "x\x00", "%@%"])
async def test_t25_look_ups_are_parameters(table, crm, hostile):
    for wanted in ("address", "account_id", "name"):
        assert await ids(table, **{wanted: hostile}) == []
    assert await ids(table, account_id="17") == ["17"]


async def test_a_table_is_opened_for_reading_only(table):
    await table.examine()
    from sqlalchemy import text
    from sqlalchemy.exc import OperationalError

    async with table._engine.connect() as connection:
        with pytest.raises(OperationalError, match=r"readonly|read-only"):
            await connection.execute(text("DELETE FROM people"))


async def test_a_view_that_is_not_there_is_a_directory_that_is_down(crm, tmp_path):
    for url in (f"{crm}#nobody", f"{tmp_path / 'none.db'}#people"):
        found = directory(f"sql:sqlite+aiosqlite:///{url}", b"")
        with pytest.raises(DirectoryDown):
            await found.find(address="a@b.example")
        await found.close()
    assert not (tmp_path / "none.db").exists()


def test_the_name_of_a_view_is_a_name():
    with pytest.raises(ValueError, match="name"):
        SqlDirectory("sqlite+aiosqlite:///x.db", "people; DROP TABLE people")


async def test_a_view_in_postgresql_is_read_in_a_transaction_that_cannot_write(postgres_url):
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.ext.asyncio import create_async_engine

    from bot.adapters.accounts.sql_view import _forbid_writing

    url = postgres_url.replace("postgresql://", "postgresql+asyncpg://")
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE folk (id int, email text, name text)"))
        await connection.execute(text("INSERT INTO folk VALUES (1, 'ida@berg.example', 'Ida Berg')"))
        await connection.execute(text("CREATE VIEW people AS SELECT * FROM folk"))
    await engine.dispose()
    found = directory(f"sql:{url}#public.people", b"")
    assert await ids(found, address="IDA@berg.example") == ["1"]
    async with found._engine.connect() as connection:
        await _forbid_writing(connection)
        with pytest.raises(DBAPIError, match="read-only"):
            await connection.execute(text("DELETE FROM folk"))
    await found.close()


# ---- a service --------------------------------------------------------------------------------------------

SECRET = b"a-long-random-word"


class Service:
    """Answers as it is told, and remembers what it was asked."""

    def __init__(self):
        self.asked, self.status, self.body = [], 200, '[{"id": 17, "email": "ida@berg.example", "name": "Ida"}]'
        self.headers = {"Content-Type": "application/json"}

    async def answer(self, request):
        self.asked.append(request)
        return web.Response(status=self.status, text=self.body, headers=self.headers)


@pytest.fixture
async def service():
    made = Service()
    application = web.Application()
    application.router.add_get("/people", made.answer)
    async with TestServer(application) as server:
        made.url = str(server.make_url("/people"))
        yield made


@pytest.fixture
async def remote(service):
    found = directory(service.url, SECRET)
    yield found
    await found.close()


async def test_a_service_is_asked_with_a_signature_over_time_and_question(service, remote):
    assert await ids(remote, address="ida@berg.example") == ["17"]
    assert await ids(remote, account_id="17") == ["17"]
    for request in service.asked:
        ((name, value),) = request.query.items()
        at = request.headers["X-Privacy-Desk-Timestamp"]
        expected = hmac.digest(SECRET, f"{at}.{name}.{value}".encode(), hashlib.sha256).hex()
        assert request.headers["X-Privacy-Desk-Signature"] == f"v1={expected}"
    assert [dict(each.query) for each in service.asked] == [{"email": "ida@berg.example"}, {"id": "17"}]


async def test_t25_an_address_is_one_value_of_the_query(service, remote):
    await remote.find(address="eve(&email=ida@berg.example&)@evil.example")
    assert dict(service.asked[0].query) == {"email": "eve(&email=ida@berg.example&)@evil.example"}


async def test_an_answer_is_remembered_and_a_failure_is_not(service, remote):
    service.status = 503
    with pytest.raises(DirectoryDown):
        await remote.find(account_id="17")
    service.status = 200
    for _ in range(3):
        assert await ids(remote, account_id="17") == ["17"]
    assert len(service.asked) == 2


async def test_whoever_a_service_names_must_be_what_was_asked_for(service, remote):
    assert await ids(remote, address="eve@evil.example") == []


async def test_no_redirection_is_followed(service, remote):
    service.status, service.headers = 302, {"Location": service.url}
    with pytest.raises(DirectoryDown, match="302"):
        await remote.find(account_id="17")
    assert len(service.asked) == 1


@pytest.mark.parametrize("body", ["", "{}", "[1]", "null", "[" * 100_000, '[{"id": 1}]', "x" * 1_100_000])
async def test_an_answer_that_is_no_list_of_accounts_is_a_failure(service, remote, body):
    service.body = body
    with pytest.raises(DirectoryDown):
        await remote.find(account_id="17")


async def test_a_service_that_is_gone_is_a_failure_without_the_question_in_its_words():
    found = directory("http://127.0.0.1:9/people", SECRET)
    with pytest.raises(DirectoryDown) as caught:
        await found.find(address="ida@berg.example")
    assert "ida" not in str(caught.value)
    await found.close()


async def test_without_a_secret_nothing_is_signed(service):
    found = directory(service.url, b"")
    await found.find(account_id="17")
    assert "X-Privacy-Desk-Signature" not in service.asked[0].headers
    await found.close()


def test_without_a_setting_there_is_no_directory():
    assert directory("", b"") is None
