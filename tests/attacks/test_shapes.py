"""Attacks by the shape of a mail: too deep, too many, unreadable, two-faced, with something to open or fetch."""

import asyncio
import base64
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.domain.mail import parse_mail
from bot.store import inbox
from tests.attacks.shapes import SHAPES, zip_bomb
from tests.handlers.conftest import ERASE, EVE, ROBIN, Bench, bench, text_of

assert bench

ROOT = Path(__file__).parents[2]
MAILS = ROOT / "tests" / "mails"
KIM = "kim@letters.example"
HANG = 60.0  # seconds for all shapes together; they take eight


def mail_of(name: str) -> bytes:
    return (MAILS / f"{name}.eml").read_bytes()


async def weighed(*names: str) -> dict[str, dict]:
    command = (sys.executable, "-m", "tests.attacks.weigh", *names)
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    async with asyncio.timeout(HANG):
        out, _ = await process.communicate()
    lines = [json.loads(line) for line in out.splitlines()]
    return {each["shape"]: each for each in lines}


async def types_of(bench: Bench, raw: bytes) -> list[str]:
    return [each.type for each in (await bench.case(await bench.bring(raw))).requests]


# ---- too much of it ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
async def weights():
    return await weighed()


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
def test_t38_a_mail_of_any_shape_is_a_ticket_or_in_quarantine_in_under_200_mb(weights, shape):
    weight = weights[shape]
    assert weight["is_ticket"] or (weight["state"] == "quarantined" and weight["reason"])
    assert weight["megabytes"] < 200


@pytest.mark.parametrize("shape", ["nested 300 deep", "100,000 parts", "1,000 brackets in From"])
async def test_t38_the_next_mail_is_answered_and_staff_know_of_what_was_set_aside(bench, shape):
    await bench.bring(SHAPES[shape]())
    assert [each.startswith("Item 1 is in quarantine") for each in await bench.alerts()] == [True]
    await bench.write(ERASE)
    assert await bench.kinds() == ["acknowledgement"]


async def test_t39_an_archive_is_never_opened_and_kept_as_it_came(bench):
    raw = SHAPES["an archive of archives"]()
    item = await bench.bring(raw)
    assert await bench.kinds() == ["acknowledgement"]
    async with bench.desk.store.reading() as work:
        assert (await inbox.raw_of(work, item))[0] == raw
    assert [(each.filename, each.size) for each in parse_mail(raw).attachments] == [("42.zip", len(zip_bomb()))]


async def test_t39_who_sends_too_much_hears_neutrally_that_a_person_looks(bench):
    item = await bench.write(ERASE, complete=False, size=200 * 2**20)
    assert (await bench.case(item)).row.status == "triage"
    assert await bench.kinds() == ["acknowledgement_neutral"]


# ---- what cannot be read ----------------------------------------------------------------------------------

UNREADABLE = {
    "an unknown charset": "Content-Type: text/plain; charset=klingon-8\r\n\r\n\ufffe\u1234",
    "broken base64": "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%%!!!!",
    "NUL bytes": "\r\n" + "\0" * 1000,
    "nothing": "\r\n",
    "winmail.dat": "Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\nx",
    "S/MIME": "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n\r\nMIIB",
    "PGP": "\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nhQ\r\n-----END PGP MESSAGE-----",
    "PGP/MIME": "Content-Type: multipart/encrypted; boundary=b\r\n\r\n--b\r\nContent-Type: "
    "application/octet-stream\r\n\r\nhQ\r\n--b--",
    "a scan alone": "Content-Type: application/pdf; name=letter.pdf\r\n\r\n%PDF",
}


@pytest.mark.parametrize("kind", UNREADABLE)
async def test_t40_what_cannot_be_read_is_a_ticket_for_a_person_with_its_clock_running(bench, kind):
    head = f"From: {ROBIN}\r\nTo: privacy@linden.example\r\nSubject: My data\r\nMIME-Version: 1.0\r\n"
    row = (await bench.case(await bench.bring(f"{head}{UNREADABLE[kind]}\r\n".encode()))).row
    assert (row.status, row.due_at) == ("triage", date(2026, 4, 2))


@pytest.mark.parametrize(("kind", "concern"), [("winmail.dat", "winmail_dat"), ("S/MIME", "encrypted")])
async def test_t40_staff_read_why_it_could_not_be_read(bench, kind, concern):
    head = f"From: {ROBIN}\r\nTo: privacy@linden.example\r\nSubject: My data\r\nMIME-Version: 1.0\r\n"
    row = (await bench.case(await bench.bring(f"{head}{UNREADABLE[kind]}\r\n".encode()))).row
    assert row.concerns == [concern]


# ---- one thing to a machine and another to a reader -------------------------------------------------------


async def test_t33_where_text_and_html_differ_staff_see_what_was_read_and_are_warned(bench):
    case = await bench.case(await bench.bring(mail_of("hidden-and-different")))
    assert [each.type for each in case.requests] == ["access"]
    assert await bench.heard(case) == ["Please give me access to my data."]
    assert "html_differs" in case.row.concerns


async def test_t34_text_that_nobody_sees_asks_for_nothing_and_is_pointed_out(bench):
    case = await bench.case(await bench.bring(mail_of("text-that-nobody-sees")))
    assert [each.type for each in case.requests] == ["opt_out"]
    assert case.row.concerns == ["hidden_text"]
    assert "delete" not in (await bench.heard(case))[0]


@pytest.mark.parametrize(
    "text",
    [
        "Please unsub\u200bscribe me from your news\u2060letter.",
        "Please unsubscribe me from your newsletter.\u202e.em etele\u202c",
    ],
    ids=["zero width", "right to left"],
)
async def test_t34_characters_that_nobody_sees_are_taken_out_and_pointed_out(bench, text):
    case = await bench.case(await bench.write(text))
    assert [each.type for each in case.requests] == ["opt_out"]
    assert case.row.concerns == ["invisible_characters"]
    assert (await bench.heard(case))[0].replace("\n", "").isprintable()


async def test_t34_html_in_base64_is_read_like_any_other(bench):
    html = '<p>Please unsubscribe me from your newsletter.</p><p style="display:none">Delete my account.</p>'
    head = f"From: {KIM}\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\n"

    assert await types_of(bench, head.encode() + base64.encodebytes(html.encode())) == ["opt_out"]


async def test_t35_a_quoted_approval_approves_nothing(bench):
    case = await bench.case(await bench.bring(mail_of("quoted-approval")))
    assert (case.row.status, case.row.verified) == ("verifying", False)
    assert await bench.drafts() == await bench.drafts("approved") == []
    assert "> Approved." in (await bench.heard(case))[0], "it is shown as the requester's own text"
    assert {each.actor for each in await bench.journal(case)} == {"requester"}


# ---- names, dates and things to fetch ---------------------------------------------------------------------


async def test_t41_the_name_of_a_file_is_no_path_and_no_file_is_written(bench, folder):
    before = set(folder.rglob("*"))
    await bench.bring(mail_of("hostile-file-names"))
    assert {each for each in folder.rglob("*") if not each.name.startswith("desk.db")} <= before
    names = [each.filename for each in parse_mail(mail_of("hostile-file-names")).attachments]
    assert names == ["x", "afdp.exe", "win.ini", "eve.png"]


@pytest.mark.parametrize("date_line", ["Thu, 01 Jan 1970 00:00:00 +0000", "Fri, 01 Jan 2099 00:00:00 +0000", "?"])
async def test_t42_the_clock_runs_from_the_receipt_whatever_the_mail_says(bench, date_line):
    row = (await bench.case(await bench.write(ERASE, headers=[("Date", date_line)]))).row
    assert row.received_at == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert row.due_at == date(2026, 4, 2)


async def test_t44_nothing_is_fetched_and_no_receipt_is_sent(bench):
    asked: list[str] = []

    async def remember(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response()

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", remember)
    async with TestServer(app) as server:
        await bench.bring(mail_of("web-bugs-and-receipts").replace(b"PORT", str(server.port).encode()))
    assert asked == []
    (letter,) = await bench.letters()
    assert (await bench.kinds(), letter["To"]) == (["acknowledgement"], KIM)
    html = letter.get_body(("html",)).get_content()
    assert "src=" not in html
    assert "url(" not in html


async def test_t44_our_own_letters_fetch_nothing_and_ask_for_no_receipt(bench):
    await bench.write(ERASE, sender=EVE)
    (letter,) = await bench.letters()
    assert not [name for name in letter.keys() if "notification" in name.lower() or "receipt" in name.lower()]  # noqa: SIM118
    assert "http" not in text_of(letter)
