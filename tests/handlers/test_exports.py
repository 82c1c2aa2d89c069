"""An export: given by staff, bound to an approval, offered to the proven requester, fetched with link and code."""

import asyncio
import io
import re
import zipfile
from dataclasses import replace

import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry
from sqlmodel import select

from bot.adapters import web
from bot.adapters.clamd import Clamd
from bot.domain.lifecycle import Refused
from bot.domain.vocabulary import Outcome
from bot.housekeeping import Housekeeping
from bot.store import exports as stored
from bot.store.export_tables import ExportPiece, ExportRow
from bot.store.sealing import CannotOpen
from handlers import actions, exports
from handlers.approvals import approve_draft, edit_draft
from handlers.linked import linked_pages
from tests.handlers.conftest import ADA, BEN, FOUR_EYES, ROBIN, UNSUBSCRIBE, Bench, text_of

PUBLIC = "https://desk.linden.example"
COPY = "Please send me a copy of all personal data that you hold about me."
MOVE = "Please give me my data in a machine-readable format so that I can take it to another service."
ROWS = b'{"books": ["Under the lime tree"]}'


@pytest.fixture
def offering(bench):
    """A desk that can be reached from outside, where one person approves."""
    return replace(bench, desk=replace(bench.desk, public_url=PUBLIC, four_eyes=frozenset()))


@pytest.fixture
async def browser(offering):
    async with browsing(offering) as client:
        yield client


def browsing(bench: Bench) -> TestClient:
    async def nothing(*_given):
        return {}

    pages = web.Pages(
        readiness=nothing,
        refresh=nothing,
        registry=CollectorRegistry(),
        policy=nothing,
        slack=nothing,
        linked=linked_pages(bench.desk),
    )
    return TestClient(TestServer(web.application(pages)))


async def chunks(*parts: bytes):
    for each in parts:
        yield each


async def give(bench: Bench, case, content: bytes = ROWS, name: str = "data.json", actor: str = ADA):
    return await exports.attach(bench.desk, case.reference, actor, name, chunks(content))


async def approve(bench: Bench, who: str = ADA) -> str:
    draft = (await bench.drafts())[-1]
    return await approve_draft(bench.desk, draft.id, who, draft.digest)


async def offered(bench: Bench, content: bytes = ROWS, name: str = "data.json"):
    """A ticket whose export has been offered, the path of its link, and the code."""
    case = await bench.proven(COPY)
    await give(bench, case, content, name)
    await approve(bench)
    *_, answer, ready, code = await bench.letters()
    assert answer["To"] == ready["To"] == code["To"] == ROBIN
    found = re.search(rf"{PUBLIC}(/download/[\w-]+)", text_of(ready))
    digits = re.search(r"(?m)^(\d{8})$", text_of(code))
    assert found
    assert digits
    return case, found[1], digits[1]


async def rows_of(bench: Bench, table=ExportRow):
    async with bench.desk.store.reading() as work:
        return list((await work.session.exec(select(table))).all())


# ---- the way of a file -------------------------------------------------------------------------------------


async def test_the_requester_fetches_the_file_with_the_code(offering, browser):
    case, path, code = await offered(offering)
    answer = await browser.post(path, data={"code": f" {code[:4]} {code[4:]} "})
    assert (answer.status, await answer.read()) == (200, ROWS)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="data.json"')
    entries = [each for each in await offering.journal(case) if each.event == "downloaded"]
    assert [(each.actor, each.detail["left"]) for each in entries] == [("link", 2)]


async def test_link_and_code_go_by_letters_of_their_own_once_and_after_the_answer(offering):
    await offered(offering)
    rows = (await offering.queued())[-3:]
    assert [each.kind for each in rows] == ["fulfilled", "export_ready", "export_code"]
    assert {each.promise for each in rows} == {"once"}
    *_, ready, code = await offering.letters()
    assert not re.search(r"(?m)^\d{8}$", text_of(ready))
    assert "/download/" not in text_of(code)


async def test_a_large_file_arrives_whole_in_sealed_pieces(offering, browser):
    content = bytes(range(256)) * 6000
    _, path, code = await offered(offering, content, "all.bin")
    pieces = await rows_of(offering, ExportPiece)
    assert len(pieces) == -(-len(content) // stored.PIECE)
    assert not any(content[:64] in each.content for each in pieces)
    assert await (await browser.post(path, data={"code": code})).read() == content


async def test_pieces_cannot_change_places(offering):
    await offered(offering, b"ab" * stored.PIECE)
    async with offering.desk.store.transaction() as work:
        first, second = [await work.session.get(ExportPiece, (1, seq)) for seq in (0, 1)]
        first.content, second.content = second.content, first.content
    async with offering.desk.store.reading() as work:
        row = await stored.load(work, 1)
        with pytest.raises(CannotOpen):
            await stored.piece(work, row, 0)


async def test_with_the_key_of_the_ticket_the_file_is_gone(offering, browser):
    case, path, code = await offered(offering)
    await offering.desk.store.keys.destroy(case.key.id)
    assert (await browser.get(path)).status == 410
    assert (await browser.post(path, data={"code": code})).status == 410


async def test_staff_see_neither_link_nor_code_in_what_is_kept(offering):
    case, path, code = await offered(offering)
    kept = "\n".join(await offering.heard(case, "out"))
    assert "/download/********" in kept
    assert path not in kept
    assert code not in kept


# ---- the approval ------------------------------------------------------------------------------------------


async def test_a_draft_approved_before_the_file_came_does_not_let_it_leave(offering):
    case = await offering.proven(COPY)
    await approve(offering)
    with pytest.raises(Refused, match="closed"):
        await give(offering, case)
    assert "export_ready" not in await offering.kinds()


async def test_a_file_that_comes_between_two_approvals_voids_the_first(offering):
    strict = replace(offering, desk=replace(offering.desk, four_eyes=FOUR_EYES))
    case = await strict.proven(COPY)
    seen = (await strict.drafts())[-1]
    await approve(strict, ADA)
    await give(strict, case)
    with pytest.raises(Refused, match="has changed since"):
        await approve_draft(strict.desk, seen.id, BEN, seen.digest)
    assert (await strict.drafts())[-1].approvals == []
    await approve(strict, ADA)
    await approve(strict, BEN)
    assert (await strict.kinds())[-2:] == ["export_ready", "export_code"]


async def test_an_edit_keeps_what_the_draft_carries(offering):
    case = await offering.proven(COPY)
    await give(offering, case)
    draft = (await offering.drafts())[-1]
    text = await offering.draft_text(draft) + "\nAda"
    await edit_draft(offering.desk, draft.id, ADA, draft.digest, text)
    await approve(offering, BEN)
    assert (await offering.kinds())[-2:] == ["export_ready", "export_code"]


async def test_a_second_file_takes_the_place_of_the_first(offering, browser):
    case = await offering.proven(COPY)
    await give(offering, case, b'{"draft": 1}')
    _, path, code = await _offer(offering, case, b'{"final": 2}')
    assert [each.state for each in await rows_of(offering)] == ["withdrawn", "offered"]
    assert await (await browser.post(path, data={"code": code})).read() == b'{"final": 2}'


async def _offer(bench: Bench, case, content: bytes):
    await give(bench, case, content)
    await approve(bench)
    *_, ready, code = await bench.letters()
    path = text_of(ready).partition(PUBLIC)[2].split()[0]
    return case, path, re.search(r"(?m)^\d{8}$", text_of(code))[0]


async def test_a_refusal_carries_no_file(offering):
    case = await offering.proven(COPY)
    await give(offering, case)
    await actions.propose(offering.desk, case.reference, ADA, Outcome.DENIED, "You are not a customer.")
    await approve(offering, BEN)
    assert (await offering.kinds())[-1] == "denied"


async def test_what_staff_take_back_is_destroyed_at_once(offering, browser):
    case, path, code = await offered(offering)
    assert await exports.withdraw(offering.desk, case.reference, ADA) == 1
    assert (await browser.post(path, data={"code": code})).status == 410
    assert await rows_of(offering, ExportPiece) == []


async def test_doubt_about_the_requester_closes_the_link(offering, browser):
    case = await offering.proven(f"{COPY} {UNSUBSCRIBE}")
    await give(offering, case)
    draft = next(each for each in await offering.drafts() if "access" in each.request_types)
    await approve_draft(offering.desk, draft.id, ADA, draft.digest)
    ready = next(each for each in await offering.letters() if "/download/" in text_of(each))
    path = text_of(ready).partition(PUBLIC)[2].split()[0]
    assert (await browser.get(path)).status == 200
    async with offering.desk.store.transaction() as work:
        row = await work.session.get(type(case.requests[0]), case.requests[0].id)
        row.verified_at = None
    assert (await browser.get(path)).status == 410


# ---- who may give what -------------------------------------------------------------------------------------


async def test_without_a_public_url_nothing_is_taken_and_staff_record_how_it_was_handed_over(bench):
    case = await bench.proven(COPY)
    with pytest.raises(Refused, match="--handed-over"):
        await give(bench, case)
    await exports.handed_over(bench.desk, case.reference, ADA, "By registered post to Robin Reed")
    assert (await bench.events(case))[-1] == "export_handed_over"
    assert "Robin" not in str((await bench.journal(case))[-1].detail)
    assert "By registered post to Robin Reed" in await bench.heard(case, "note")


async def test_nothing_is_handed_over_to_somebody_unproven(bench):
    case = await bench.case(await bench.write(COPY))
    with pytest.raises(Refused, match="not proven"):
        await exports.handed_over(bench.desk, case.reference, ADA, "At the counter")


async def test_a_ticket_without_a_wish_for_data_takes_no_file(offering):
    case = await offering.case(await offering.write(UNSUBSCRIBE))
    with pytest.raises(Refused, match="Nobody asks for a copy"):
        await give(offering, case)


@pytest.mark.parametrize(("content", "why"), [(b"", "empty"), (b"x" * 2001, "larger than")])
async def test_nothing_and_too_much_are_refused(offering, monkeypatch, content, why):
    monkeypatch.setattr(exports, "LARGEST", 2000)
    case = await offering.proven(COPY)
    with pytest.raises(Refused, match=why):
        await give(offering, case, content)
    assert await rows_of(offering, ExportPiece) == []
    assert (await offering.events(case))[-1] == "export_refused"


async def test_a_portability_export_that_no_machine_reads_is_warned_of(offering):
    case = await offering.proven(MOVE)
    assert "portability" in {each.type for each in case.requests}
    assert "another service" in (await give(offering, case, b"%PDF-1.7 \xff", "data.pdf")).warning
    for content in (ROWS, b"id;title\n1;Lime\n", _zip("a.csv", "b/c.json")):
        assert (await give(offering, case, content)).warning == ""
    assert (await give(offering, case, _zip("a.csv", "b.exe"))).warning


def _zip(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for each in names:
            archive.writestr(each, "{}")
    return held.getvalue()


# ---- the page for staff ------------------------------------------------------------------------------------


async def hand_in(browser, path: str, content: bytes = ROWS, name: str = "data.json", **more):
    form = FormData()
    form.add_field("file", content, filename=name)
    return await browser.post(path, data=form, **more)


async def test_staff_give_a_file_on_a_page_once(offering, browser):
    case = await offering.proven(COPY)
    address = await exports.page_for(offering.desk, case.reference, BEN)
    path = address.removeprefix(PUBLIC)
    assert case.reference in await (await browser.get(path)).text()
    answer = await hand_in(browser, path)
    assert (answer.status, "It is taken" in await answer.text()) == (200, True)
    (row,) = await rows_of(offering)
    assert (row.state, row.actor, row.size) == ("waiting", BEN, len(ROWS))
    assert (await hand_in(browser, path)).status == 410
    assert (await browser.get(path)).status == 410


async def test_the_page_for_staff_lasts_an_hour_and_no_token_is_guessed(offering, browser):
    case = await offering.proven(COPY)
    path = (await exports.page_for(offering.desk, case.reference, BEN)).removeprefix(PUBLIC)
    assert (await hand_in(browser, "/hand-in/" + "x" * 43)).status == 410
    offering.clock.forward(minutes=61)
    assert (await hand_in(browser, path)).status == 410
    assert await rows_of(offering) == []


async def test_a_form_without_a_file_from_elsewhere_or_in_pieces_gives_nothing(offering, browser):
    case = await offering.proven(COPY)
    path = (await exports.page_for(offering.desk, case.reference, BEN)).removeprefix(PUBLIC)
    assert (await browser.post(path, data={"file": "text"})).status == 422
    assert (await hand_in(browser, path, headers={"Sec-Fetch-Site": "cross-site"})).status == 403
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    assert (await browser.post(path, data=b"--y\r\n", headers=broken)).status == 422
    assert (await browser.post(path, data=b"", headers={"Content-Type": "multipart/form-data"})).status == 422
    assert await rows_of(offering) == []


# ---- time --------------------------------------------------------------------------------------------------


async def test_after_seven_days_the_link_is_dead_and_the_file_is_gone(offering, browser):
    _, path, code = await offered(offering)
    offering.clock.forward(days=6, hours=23)
    assert (await browser.get(path)).status == 200
    offering.clock.forward(hours=2)
    assert (await browser.post(path, data={"code": code})).status == 410
    await Housekeeping(offering.desk, "here").tidy()
    assert await rows_of(offering, ExportPiece) == []
    assert [each.state for each in await rows_of(offering)] == ["gone"]


async def test_what_nobody_finished_to_give_is_cleared_away(offering):
    case = await offering.proven(COPY)

    async def broken():
        yield b"x" * stored.PIECE
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await exports.attach(offering.desk, case.reference, ADA, "a", broken())
    assert len(await rows_of(offering, ExportPiece)) == 1
    offering.clock.forward(hours=3)
    await Housekeeping(offering.desk, "here").tidy()
    assert await rows_of(offering, ExportPiece) == []


# ---- the virus scanner -------------------------------------------------------------------------------------


@pytest.fixture
async def scanner(tmp_path):
    """A daemon that speaks INSTREAM, finds "worm" in a file, and takes no more than 5000 bytes."""

    async def serve(reader, writer):
        await reader.readuntil(b"\0")
        seen = b""
        while size := int.from_bytes(await reader.readexactly(4), "big"):
            seen += await reader.readexactly(size)
            if len(seen) > 5000:
                writer.write(b"INSTREAM size limit exceeded. ERROR\0")
                writer.close()
                return
        writer.write(b"stream: Test.Worm FOUND\0" if b"worm" in seen else b"stream: OK\0")
        writer.close()

    path = tmp_path / "clamd"
    server = await asyncio.start_unix_server(serve, path)
    yield Clamd(path)
    server.close()


async def test_a_file_with_a_virus_is_refused_in_one_line_and_not_kept(offering, scanner):
    bench = replace(offering, desk=replace(offering.desk, scanner=scanner))
    case = await bench.proven(COPY)
    with pytest.raises(Refused, match=r"^The virus scanner found Test\.Worm in it: it is not taken\.$"):
        await give(bench, case, b"a worm in it")
    assert await rows_of(bench, ExportPiece) == []
    assert (await give(bench, case)).size == len(ROWS)
    await scanner.ping()


@pytest.mark.parametrize("content", [b"x" * 6000, b"x"])
async def test_what_the_scanner_did_not_look_at_is_not_taken(offering, scanner, tmp_path, content):
    absent = Clamd(tmp_path / "nobody")
    bench = replace(offering, desk=replace(offering.desk, scanner=scanner if len(content) > 1 else absent))
    case = await bench.proven(COPY)
    with pytest.raises(Refused, match="virus scanner"):
        await give(bench, case, content)
    assert [each.state for each in await rows_of(bench)] == ["withdrawn"]
