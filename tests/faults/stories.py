"""What happens around the desk while it suffers: a letter, a whole matter, a link pressed, time that passes."""

import asyncio
import re
from functools import partial

import aiohttp

from tests.faults.ledger import Story, rows, settled
from tests.scenarios import process
from tests.scenarios.outside import ADA, BEN, World, code_of, reference_of, text_of

ROBIN = "robin@writer.example"
DELETION = "Please delete my account and all personal data that you hold about me."
LETTER = Story()
WHOLE = Story(("acknowledgement", "verified", "fulfilled"), once=1)
LINKED = Story(("acknowledgement", "verified"))
REMINDED = Story(("acknowledgement", "reminder"))
_DAY = 86_400

until = partial(process.until, timeout=150.0)  # seconds: the machine may be busy


async def letter(world: World) -> Story:
    """Somebody asks for deletion; they are answered, and staff see a card."""
    await world.write(DELETION, sender=ROBIN)
    await until(lambda: settled(world, LETTER))
    return LETTER


async def whole(world: World) -> Story:
    """From the letter to the decision that two people approve."""
    await world.write(DELETION, sender=ROBIN)
    acknowledgement = await world.mail_to(ROBIN)
    reference = reference_of(acknowledgement)
    await world.write(code_of(acknowledgement), sender=ROBIN, answers=acknowledgement)
    await until(lambda: world.draft(reference))
    await approve(world, reference, ADA, 1)
    await approve(world, reference, BEN, 2)
    await until(lambda: settled(world, WHOLE))
    return WHOLE


async def approve(world: World, reference: str, user: str, count: int) -> None:
    """Pressed, and pressed again where Slack showed that the press failed, as a person would."""
    for _ in range(5):
        await until(lambda: len(world.slack.sockets))
        await world.press(user, reference, "draft_approve")
        try:
            await until(lambda: _approved(world, user), timeout=6)
        except TimeoutError:
            continue
        return
    raise TimeoutError(f"approval {count} was not heard")


async def _approved(world: World, user: str) -> bool:
    return any(user in str(approvals) for (approvals,) in await rows(world, "SELECT approvals FROM draft"))


async def linked(world: World) -> Story:
    """The link of the acknowledgement is opened and its button pressed, until the page says that it was heard."""
    await world.write(DELETION, sender=ROBIN)
    acknowledgement = await world.mail_to(ROBIN)
    found = re.search(r"/verify/\S+", text_of(acknowledgement))
    assert found, "the letter carries no link"
    page = f"http://127.0.0.1:{world.desk.environment['PORT']}{found.group()}"
    await until(lambda: _pressed(page))
    await until(lambda: settled(world, LINKED))
    return LINKED


async def _pressed(page: str) -> bool:
    """Whether there was an answer: yes, or that the link has been used, by a try whose answer was lost."""
    try:
        async with aiohttp.request("POST", page) as response:
            return response.status < 500
    except (aiohttp.ClientError, OSError):
        return False


async def reminded(world: World) -> Story:
    """Four days pass without a proof: the requester is reminded, with a new code."""
    await letter(world)
    ahead(world, 4 * _DAY)
    await until(lambda: settled(world, REMINDED))
    return REMINDED


async def jumping(world: World) -> Story:
    """The clock goes a day ahead, two days back, and at last to the fourth day; the receipt stays where it was."""
    await letter(world)
    before = await rows(world, "SELECT received_at, due_at FROM ticket")
    for days in (1, -1, 0.05, 4):
        ahead(world, days * _DAY)
        await asyncio.sleep(1.5)  # a few strokes of the clock
    await until(lambda: settled(world, REMINDED))
    assert await rows(world, "SELECT received_at, due_at FROM ticket") == before, "the receipt has moved"
    return REMINDED


def ahead(world: World, seconds: float) -> None:
    """Replaced at once, so that nobody reads half of it."""
    part = world.desk.directory / "ahead.part"
    part.write_text(str(seconds))
    part.rename(world.desk.directory / "ahead")
