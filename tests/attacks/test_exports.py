"""Attacks on the delivery of an export: guessed links and codes, scanners, replays, file names, other people."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.exports import DOWNLOADS, TRIES
from handlers import exports
from handlers.approvals import approve_draft
from tests.handlers.conftest import ADA, Bench, bench, bench_on_postgres, wrong
from tests.handlers.test_exports import (
    COPY,
    PUBLIC,
    browser,
    browsing,
    give,
    offered,
    offering,
    rows_of,
)

assert bench
assert bench_on_postgres
assert browser
assert offering


async def left(bench: Bench) -> tuple[int, int]:
    row = (await rows_of(bench))[-1]
    return row.tries_left, row.downloads_left


async def test_a_scanner_that_opens_the_link_uses_nothing_up_and_leaves_no_trace(offering, browser):
    case, path, code = await offered(offering)
    before = len(await offering.journal(case))
    for _ in range(10):
        assert (await browser.get(path)).status == 200
        assert (await browser.head(path)).status == 200
        assert (await browser.get(path, params={"code": code})).status == 200
    assert await left(offering) == (TRIES, DOWNLOADS)
    assert len(await offering.journal(case)) == before


async def test_wrong_used_old_and_withdrawn_links_get_the_same_page(offering, browser):
    case, path, code = await offered(offering)
    for _ in range(DOWNLOADS):
        assert (await browser.post(path, data={"code": code})).status == 200
    used = [(await browser.get(path)), (await browser.post(path, data={"code": code}))]
    guessed = [
        await browser.get("/download/" + "x" * 43),
        await browser.post("/download/%00'--", data={"code": code}),
    ]
    await exports.withdraw(offering.desk, case.reference, ADA)
    gone = [await browser.get(path), await browser.post(path, data={"code": wrong(code)})]
    answers = [*used, *guessed, *gone]
    assert {each.status for each in answers} == {410}
    assert len({await each.text() for each in answers}) == 1
    assert len({each.headers["Content-Security-Policy"] for each in answers}) == 1


async def test_the_fifth_wrong_code_closes_the_link_for_the_right_one_too(offering, browser):
    case, path, code = await offered(offering)
    answers = [(await browser.post(path, data={"code": wrong(code)})).status for _ in range(TRIES)]
    assert answers == [403] * (TRIES - 1) + [410]
    assert (await browser.post(path, data={"code": code})).status == 410
    tried = [each.detail["left"] for each in await offering.journal(case) if each.event == "download_refused"]
    assert tried == [4, 3, 2, 1, 0]


async def test_what_is_no_code_is_no_try(offering, browser):
    _, path, _ = await offered(offering)
    for given in ({}, {"code": ""}, {"code": "x" * 9000}, {"code": "tomorrow"}):
        assert (await browser.post(path, data=given)).status == 403
    broken = {"Content-Type": "application/x-www-form-urlencoded; charset=nonsense"}
    assert (await browser.post(path, data=b"code=\xff", headers=broken)).status == 403
    assert (await left(offering))[0] == TRIES


async def test_the_code_of_one_export_opens_no_other(offering, browser):
    _, path, _ = await offered(offering)
    _, theirs, code = await offered(offering)
    assert (await browser.post(path, data={"code": code})).status == 403
    assert (await browser.post(theirs, data={"code": code})).status == 200


async def test_the_code_of_a_download_proves_no_mailbox(offering):
    case, _, code = await offered(offering)
    entries = await offering.events(case)
    await offering.write(code, answers=(await offering.letters())[-1])
    assert (await offering.events(case)).count("proven") == entries.count("proven")


async def test_a_fourth_download_is_none_however_many_ask_at_once(bench_on_postgres):
    desk = replace(bench_on_postgres.desk, public_url=PUBLIC, four_eyes=frozenset())
    everywhere = replace(bench_on_postgres, desk=desk)
    case, path, code = await offered(everywhere, b"x" * 700_000)
    async with browsing(everywhere) as client:
        answers = await asyncio.gather(*(client.post(path, data={"code": code}) for _ in range(6)))
        assert sorted(each.status for each in answers) == [200, 200, 200, 410, 410, 410]
        assert {len(await each.read()) for each in answers if each.status == 200} == {700_000}
    assert await left(everywhere) == (TRIES, 0)
    assert (await everywhere.events(case)).count("downloaded") == 3


async def test_guesses_at_once_are_no_more_than_five(bench_on_postgres):
    desk = replace(bench_on_postgres.desk, public_url=PUBLIC, four_eyes=frozenset())
    everywhere = replace(bench_on_postgres, desk=desk)
    _, path, code = await offered(everywhere)
    async with browsing(everywhere) as client:
        answers = await asyncio.gather(*(client.post(path, data={"code": wrong(code)}) for _ in range(12)))
    assert sorted(each.status for each in answers) == [403] * 4 + [410] * 8


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site", "Origin": "null"}]
)
async def test_another_site_fetches_nothing_and_uses_nothing_up(offering, browser, headers):
    _, path, code = await offered(offering)
    assert (await browser.post(path, data={"code": code}, headers=headers)).status == 403
    assert await left(offering) == (TRIES, DOWNLOADS)


async def test_the_file_is_kept_nowhere_sniffed_nowhere_and_run_nowhere(offering, browser):
    _, path, code = await offered(offering, b"<script>alert(1)</script>", "page.html")
    page, file = await browser.get(path), await browser.post(path, data={"code": code})
    for each in (page, file):
        assert each.headers["Cache-Control"] == "no-store"
        assert each.headers["X-Content-Type-Options"] == "nosniff"
        assert each.headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in each.headers["Content-Security-Policy"]
    assert file.headers["Content-Disposition"].startswith("attachment;")
    assert file.headers["Content-Type"] == "application/octet-stream"
    assert "sandbox" in file.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\data.csv", "data.csv"),
        ('a"; filename=evil.exe; x="b.json', "a_; filename=evil.exe; x=_b.json"),
        ("a\r\nSet-Cookie: x=1.json", "aSet-Cookie_ x=1.json"),
        ("data\u202enosj.exe", "datanosj.exe"),
        ("CON.json", "_CON.json"),
        ("Ïdâ.json", "Ïdâ.json"),
        ("", "export"),
    ],
)
async def test_a_file_name_steers_nothing(offering, browser, name, safe):
    _, path, code = await offered(offering, name=name)
    answer = await browser.post(path, data={"code": code})
    assert answer.status == 200
    assert answer.content_disposition.filename == safe
    assert "Set-Cookie" not in answer.headers


async def test_the_page_names_neither_requester_nor_ticket_nor_file(offering, browser):
    case, path, _ = await offered(offering, name="Robin Reed.json")
    page = (await (await browser.get(path)).text()).lower()
    assert case.reference.lower() not in page
    assert "robin" not in page


async def test_a_file_attached_after_the_look_does_not_ride_on_an_older_digest(offering):
    case = await offering.proven(COPY)
    seen = (await offering.drafts())[-1].digest
    await give(offering, case)
    draft = (await offering.drafts())[-1]
    with pytest.raises(Exception, match="has changed since"):
        await approve_draft(offering.desk, draft.id, ADA, seen)
    assert "export_ready" not in await offering.kinds()


async def test_no_log_line_and_no_journal_holds_link_code_or_name(offering, browser, caplog):
    caplog.set_level("DEBUG")
    case, path, code = await offered(offering, name="Robin Reed.json")
    await browser.post(path, data={"code": wrong(code)})
    await browser.post(path, data={"code": code})
    ours = [each.getMessage() for each in caplog.records if each.name.startswith(("bot", "handlers"))]
    told = "\n".join(ours) + str([each.detail for each in await offering.journal(case)])
    for secret in (path.removeprefix("/download/"), code, "Robin Reed", "127.0.0.1"):
        assert secret not in told
