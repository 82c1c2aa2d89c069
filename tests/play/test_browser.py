"""The page in Chromium: by mouse and by keyboard, wide and narrow, light and dark."""

import json
from collections.abc import AsyncIterator
from importlib.resources import files

import pytest

from bot.demo.stage import CARLA, HELP_CHANNEL, REQUESTER
from tests.conftest import need
from tests.pictures.browser import Browser, browser, program
from tests.play.conftest import Visit, visited

pytestmark = pytest.mark.slow
ESCAPE = 27
STEPS = 9
AXE = files("axe_core_python").joinpath("axe.min.js").read_text("utf-8")
FAULTS = (
    "axe.run().then((found) => found.violations.map((each) => [each.id, each.nodes.map((node) => node.html)]))"
)


@pytest.fixture(scope="module")
async def seen(tmp_path_factory) -> AsyncIterator[tuple[Visit, Browser]]:
    need(None if program() else "there is no chromium on this machine")
    async with visited(tmp_path_factory.mktemp("demo")) as visit, browser() as tab:
        await tab.visit(visit.server.url)
        await tab.until("document.querySelector('#tour .steps')")
        yield visit, tab


def click(selector: str) -> str:
    return f"document.querySelector({json.dumps(selector)}).click()"


async def fill(tab: Browser, selector: str, value: str) -> None:
    """Puts a value into a field, as somebody who types or chooses it does."""
    field = f"document.querySelector({json.dumps(selector)})"
    changed = "dispatchEvent(new Event('change', {bubbles: true}))"
    await tab.evaluate(f"{field}.value = {json.dumps(value)}; {field}.{changed}")


async def faults(tab: Browser) -> list[list[object]]:
    """What axe finds on the page: contrast, names, order, landmarks (https://www.deque.com/axe/)."""
    await tab.evaluate(f"{AXE}; 0")
    return list(await tab.evaluate(FAULTS))


async def go(tab: Browser, user: str, place: str) -> None:
    await fill(tab, "#people select", user)
    await tab.until(f"document.querySelector('#people select').value === '{user}'")
    await tab.until(f"document.querySelector('#places [data-value=\"{place}\"]')")
    await tab.evaluate(click(f'#places [data-value="{place}"]'))
    await tab.until(f"document.querySelector('#places [aria-current]').dataset.value === '{place}'")


async def test_by_hand_a_ready_letter_is_sent_read_and_answered_with_its_code(seen):
    visit, tab = seen
    await fill(tab, "#ready", "0")
    await tab.evaluate("document.querySelector('[data-act=write]').requestSubmit()")
    await tab.until("document.querySelector('#mail').innerText.includes('From the desk')")
    await tab.evaluate(click("#mail .mails button"))
    await tab.until("document.querySelector('#mail pre')?.innerText.includes('with this code')")
    code = await tab.evaluate(r"document.querySelector('#mail pre').innerText.match(/\b\d{4}[ -]?\d{4}\b/)[0]")
    await tab.evaluate(f"document.querySelector('#mail textarea').value = '{code}'")
    await tab.evaluate("document.querySelector('[data-act=reply]').requestSubmit()")
    await tab.until("document.querySelectorAll('.steps .done').length === 2")
    assert len(visit.stage.mail.inbox(REQUESTER)) == 2


async def test_what_is_being_typed_stays_when_something_arrives(seen):
    visit, tab = seen
    typed = "document.querySelector('#say textarea')"
    await tab.evaluate(f"{typed}.focus(); {typed}.value = 'half a sen'")
    await visit.act(
        "write", name="Eva", address="eva@customer.example", subject="Hi", text="Delete my data, please."
    )
    await tab.until("document.querySelectorAll('#journal nav button').length === 2")
    assert await tab.evaluate(f"[{typed}.value, document.activeElement === {typed}]") == ["half a sen", True]
    await tab.evaluate(f"{typed}.value = ''")


async def test_a_form_opens_in_front_and_escape_closes_it(seen):
    _, tab = seen
    await go(tab, CARLA, "direct")
    await tab.evaluate(click("[data-act=new]"))
    await tab.until("document.querySelector('#modal').open")
    assert await tab.evaluate("document.querySelector('#modal').contains(document.activeElement)")
    assert await faults(tab) == []
    await tab.key("Escape", ESCAPE)
    await tab.until("!document.querySelector('#modal').open")


async def test_the_rest_of_the_tour_is_done_for_one(seen):
    visit, tab = seen
    for done in range(2, STEPS):
        await tab.until(f"document.querySelectorAll('.steps .done').length === {done}")
        await tab.until("document.querySelector('[data-act=tour]').matches(':enabled')")
        await tab.evaluate(click("[data-act=tour]"))
        await tab.until(f"document.querySelectorAll('.steps .done').length > {done}", timeout=60)
        assert await tab.evaluate("document.querySelector('#problem').innerText") == ""
        await tab.until("document.body.ariaBusy === 'false'")
    await tab.until("document.querySelector('#tour').innerText.includes('That was the whole life')")
    assert "Your request is done in part" in str(visit.stage.mail.inbox(REQUESTER)[-1]["Subject"])


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_everything_can_be_read_has_a_name_and_fits(seen, width, scheme):
    visit, tab = seen
    await tab.prefers(scheme)
    await tab.visit(visit.server.url, width)
    await tab.until("document.querySelector('#feed .message')")
    assert await faults(tab) == []
    assert await tab.evaluate("document.documentElement.scrollWidth") == width


async def test_what_stood_there_before_is_not_read_out_again(seen):
    visit, tab = seen
    await go(tab, CARLA, HELP_CHANNEL)
    await visit.act("say", {"user": CARLA, "place": HELP_CHANNEL}, text="good morning")
    await tab.until("document.querySelector('#feed').innerText.includes('good morning')")
    await tab.evaluate("window.first = document.querySelector('#feed .message')")
    await visit.act("say", {"user": CARLA, "place": HELP_CHANNEL}, text="and good evening")
    await tab.until("document.querySelector('#feed').innerText.includes('good evening')")
    assert await tab.evaluate("window.first === document.querySelector('#feed .message')")
    said = "[...document.querySelectorAll('#feed .message')].map((each) => each.innerText.split('\\n').at(-1))"
    assert (await tab.evaluate(said))[-2:] == ["good morning", "and good evening"]
