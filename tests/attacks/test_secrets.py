"""A whole story at the loudest level of logging, in which everything personal is a word that occurs nowhere else.

Afterwards none of these words may stand in the log, in `/metrics`, in what commands said on standard error, or in
the clear in the database.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import aiohttp
import pytest

from tests.scenarios.outside import ADA, DESK, World, code_of, letter, reference_of, text_of, until, world_around
from tests.servers.dovecot import Dovecot
from tests.servers.ports import free_ports

pytestmark = pytest.mark.slow  # a desk, a mail server and Slack, with a story played through

ROBIN = "quillfeather@tamarisk.example"
NAME, SUBJECT, FILE = "Marmaduke Periwinkle", "Kookaburra-Subject", "zanzibar-passport.pdf"
BODY = "Please delete my account and all personal data that you hold about me. My nickname is Cobaltheron."
NOTE = "Ocelot-Reason"
WORDS = ("quillfeather", "tamarisk", "Marmaduke", "Periwinkle", "Kookaburra", "zanzibar", "Cobaltheron", "Ocelot")

SPOKEN = ("event message", "Slack refuses", "no mail can be sent", "journal anchor")  # what the log must have said


@dataclass
class Told:
    """What the story left behind, and the codes and tokens that were mailed in it."""

    reference: str = ""
    secrets: list[str] = field(default_factory=list)
    log: str = ""
    metrics: str = ""
    errors: str = ""
    kept: bytes = b""


@pytest.fixture(scope="module")
async def told(dovecot: Dovecot, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Told]:
    port = str(free_ports(1)[0])
    home = tmp_path_factory.mktemp("loud")
    loud = {"LOG_LEVEL": "DEBUG", "PORT": port, "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    async with world_around(dovecot, home, **loud) as world:
        await world.desk.start()
        yield await story(world, home)


async def story(world: World, home: Path) -> Told:
    """A request, codes, a link, a form, a draft that leaves, mails that break parsers, servers that refuse."""
    left = Told()
    await world.deliver(attached(letter(BODY, sender=f"{NAME} <{ROBIN}>", subject=SUBJECT)))
    acknowledgement = await world.mail_to(ROBIN)
    left.reference = reference_of(acknowledgement)
    link = re.search(r"(http\S+/verify/)(\S+)", text_of(acknowledgement))
    assert link
    left.secrets += [code_of(acknowledgement), link[2]]
    wrong = f"{(int(code_of(acknowledgement)) + 1) % 10**8:08d}"
    left.secrets.append(wrong)
    await world.acknowledged(wrong, sender=ROBIN, answers=acknowledgement)
    await visit(link[0], f"{link[1]}{'x' * 43}")
    await world.mail_to(ROBIN, 3)
    await decided(world, left.reference)
    await broken(world)
    await refused(world)
    left.secrets.append(world.desk.environment["SLACK_BOT_TOKEN"])
    return await looked_through(world, home, left)


def attached(raw: bytes) -> bytes:
    """The letter, with a scan."""
    mail: EmailMessage = message_from_bytes(raw, policy=default)
    mail.add_attachment(b"%PDF " + FILE.encode(), maintype="application", subtype="pdf", filename=FILE)
    return mail.as_bytes()


async def visit(link: str, wrong: str) -> None:
    """A scanner, a guess and a person open the page."""
    async with aiohttp.ClientSession() as browser:
        for method, address in (("HEAD", link), ("GET", link), ("GET", wrong), ("POST", wrong), ("POST", link)):
            async with browser.request(method, address) as answer:
                await answer.read()


async def decided(world: World, reference: str) -> None:
    """Ada has a denial drafted, with a reason, and two people let it leave."""
    (card,) = await until(lambda: world.cards(reference))
    await until(lambda: "open" in str(world.cards(reference)[0].blocks))
    await world.slack.press(ADA, "C0STAFF", card.ts, "ticket_deny")
    await until(lambda: world.slack.workspace.open_view(ADA))
    await world.slack.submit(ADA, {"reason": f"{NOTE} of {NAME}"})
    await until(lambda: ADA in str((world.draft(reference) or card).blocks))
    await world.approved_by_two(reference)
    await world.mail_to(ROBIN, 4)


async def broken(world: World) -> None:
    """What no parser likes, with the same words in it."""
    for head in (f"From: {ROBIN}, {NAME} <{ROBIN}>", f"From: {'(' * 2_000}{NAME} <{ROBIN}>"):
        raw = f"{head}\r\nTo: {DESK}\r\nSubject: {SUBJECT}\r\nMessage-ID: <[{NAME}>\r\n\r\n{BODY}\r\n"
        await world.deliver(raw.encode())
    await until(lambda: len(world.alerts("quarantine")) >= 2)


async def refused(world: World) -> None:
    """A colleague says the words in Slack; Slack and the mail server refuse, and the latter repeats them."""
    await world.slack.say(ADA, "C0STAFF", f"{NAME} called again: {ROBIN}")
    world.slack.fail("chat.postMessage", error="channel_not_found")
    world.sink.fail("mail", code=530, text=f"5.7.0 <{ROBIN}> Log in at https://mail.example/{FILE}", times=9)
    await world.write(BODY, sender=f"{NAME} <2{ROBIN}>", subject=SUBJECT)
    await until(lambda: all(each in world.desk.log() for each in SPOKEN))


async def looked_through(world: World, home: Path, left: Told) -> Told:
    async with (
        aiohttp.ClientSession() as browser,
        browser.get(f"http://127.0.0.1:{world.desk.environment['PORT']}/metrics") as answer,
    ):
        left.metrics = await answer.text()
    commands = (("show", "PR-00000000"), ("drafts", "show", "999"), ("quarantine", "show", "999"), ("check",))
    left.errors = "".join([(await world.desk.command(*each)).err for each in commands])
    await world.desk.stop()
    left.log = world.desk.log()
    left.kept = b"".join(each.read_bytes() for each in home.rglob("*") if each.is_file() and each.suffix != ".log")
    return left


def leaked(told: Told, text: str) -> list[str]:
    return [each for each in (*WORDS, *told.secrets) if each.lower() in text.lower()]


def test_t66_the_log_at_its_loudest_holds_nothing_personal_and_no_secret(told: Told) -> None:
    assert not [each for each in SPOKEN if each not in told.log]
    assert leaked(told, told.log) == []
    assert "@" not in told.log


def test_t66_metrics_hold_nothing_personal(told: Told) -> None:
    assert "privacy_desk_tickets" in told.metrics
    assert leaked(told, told.metrics) == []
    assert "PR-" not in told.metrics


def test_t66_what_commands_say_of_errors_holds_nothing_personal_and_no_traceback(told: Told) -> None:
    assert told.errors
    assert leaked(told, told.errors) == []
    assert "Traceback" not in told.errors


def test_t66_the_database_holds_nothing_personal_in_the_clear(told: Told) -> None:
    assert len(told.kept) > 50_000
    assert [each for each in (*WORDS, *told.secrets) if each.encode() in told.kept] == []
