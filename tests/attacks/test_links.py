"""Attacks on the page behind a letter's link, and what it must do for people all the same."""

import asyncio
import re
from dataclasses import replace

import pytest
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry

from bot.adapters import web
from bot.adapters.confirmation import Confirmation
from handlers import verification
from tests.handlers.conftest import ERASE, Bench, bench, code_of, text_of

assert bench

PUBLIC = "https://desk.linden.example"


@pytest.fixture
async def linked(bench):
    """A desk with a PUBLIC_URL."""
    return replace(bench, desk=replace(bench.desk, public_url=PUBLIC))


@pytest.fixture
async def browser(linked):
    desk = linked.desk
    page = Confirmation(
        desk.letters,
        organisation=desk.organisation,
        address=desk.address,
        public_url=PUBLIC,
        language_of=lambda token: verification.language_of(desk, token),
        confirm=lambda token: verification.confirm(desk, token),
    )

    async def nothing(*_given):
        return {}

    pages = web.Pages(
        readiness=nothing,
        refresh=nothing,
        registry=CollectorRegistry(),
        policy=lambda: "",
        slack=nothing,
        linked=(page,),
    )
    async with TestClient(TestServer(web.application(pages))) as client:
        yield client


async def asked(bench: Bench) -> tuple[str, str]:
    """A ticket that waits for proof, and the path of its letter's link."""
    case = await bench.case(await bench.write(ERASE))
    return case.reference, link_in(text_of((await bench.letters())[-1]))


def link_in(text: str) -> str:
    found = re.search(rf"{re.escape(PUBLIC)}(/verify/[\w-]+)", text)
    assert found
    return found[1]


async def verified(bench: Bench, reference: str) -> bool:
    return (await bench.case(reference)).row.verified


async def test_t58_scanners_that_open_the_link_change_nothing_and_the_button_confirms(linked, browser):
    reference, path = await asked(linked)
    for look in (browser.head, browser.get, browser.get):
        assert (await look(path)).status == 200
    assert not await verified(linked, reference)
    answer = await browser.post(path)
    assert (answer.status, "Thank you" in await answer.text()) == (200, True)
    assert await verified(linked, reference)
    assert (await linked.kinds())[-1] == "verified"


async def test_t58_a_link_serves_once_and_so_does_the_code_beside_it(linked, browser):
    reference, path = await asked(linked)
    letter = (await linked.letters())[-1]
    await browser.post(path)
    assert (await browser.post(path)).status == 410
    before = await linked.kinds()
    await linked.write(code_of(letter), answers=letter)
    assert (await linked.kinds()).count("verified") == before.count("verified")
    assert await verified(linked, reference)


async def test_t57_wrong_used_and_old_links_get_the_same_words(linked, browser):
    _, used = await asked(linked)
    await browser.post(used)
    case = await linked.case(await linked.write(ERASE, sender="kim@letters.example"))
    old = link_in(text_of((await linked.letters())[-1]))
    linked.clock.forward(hours=25)
    wrong = f"/verify/{'x' * 43}"
    for ask in (browser.get, browser.post):
        pages = [await (await ask(path)).text() for path in (used, old, wrong, "/verify/%00%27;--")]
        assert len(set(pages)) == 1
    assert not await verified(linked, case.reference)


async def test_a_button_pressed_on_another_site_confirms_nothing(linked, browser):
    reference, path = await asked(linked)
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site", "Origin": "null"}):
        assert (await browser.post(path, headers=headers)).status == 403
    assert not await verified(linked, reference)
    ours = {"Origin": PUBLIC, "Sec-Fetch-Site": "same-origin"}
    assert (await browser.post(path, headers=ours)).status == 200


async def test_the_page_is_kept_nowhere_framed_nowhere_and_tells_nobody_where_it_was_opened(linked, browser):
    _, path = await asked(linked)
    headers = (await browser.get(path)).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]


async def test_the_page_names_neither_the_requester_nor_the_ticket(linked, browser):
    reference, path = await asked(linked)
    page = await (await browser.get(path)).text()
    assert reference not in page
    assert "robin" not in page.lower()


async def test_the_page_speaks_the_language_of_the_letter(linked, browser):
    await linked.write("Bitte löschen Sie mein Konto und alle personenbezogenen Daten, die Sie über mich haben.")
    path = link_in(text_of((await linked.letters())[-1]))
    assert "Haben Sie uns geschrieben?" in await (await browser.get(path)).text()


async def test_two_presses_at_once_confirm_once(linked, browser):
    _, path = await asked(linked)
    answers = await asyncio.gather(*(browser.post(path) for _ in range(4)))
    assert sorted(each.status for each in answers) == [200, 410, 410, 410]
    assert (await linked.kinds()).count("verified") == 1


async def test_the_link_is_not_kept_in_what_staff_can_read(linked):
    reference, path = await asked(linked)
    kept = await linked.heard(await linked.case(reference), "out")
    assert path.removeprefix("/verify/") not in kept[0]
    assert "/verify/********" in kept[0]


async def test_without_a_public_url_letters_carry_no_link(bench):
    await bench.write(ERASE)
    assert "/verify/" not in text_of((await bench.letters())[-1])
