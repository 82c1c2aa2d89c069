"""A desk that runs with a directory of accounts: whose account it is, from mail to mail."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenarios.outside import World, code_of, reference_of, world_around
from tests.scenarios.process import until
from tests.servers.dovecot import Dovecot

OWNER, WRITER = "ida@berg.example", "ida@elsewhere.example"
LETTER = f"Please delete my account and all personal data that you hold about me. My account is under {OWNER}."


@pytest.fixture
async def listed(dovecot: Dovecot, tmp_path: Path) -> AsyncIterator[World]:
    (tmp_path / "people.csv").write_text(f"id,email,name\nA-17,{OWNER},Ida Berg\n", encoding="utf-8")
    async with world_around(dovecot, tmp_path, ACCOUNTS_URL="csv:people.csv") as world:
        await world.desk.start()
        yield world


async def test_the_address_on_file_confirms_what_another_address_asked_for(listed: World) -> None:
    acknowledgement = await listed.acknowledged(LETTER, sender=WRITER)
    reference = reference_of(acknowledgement)
    asked = await listed.mail_to(OWNER)
    assert reference_of(asked) == reference
    await listed.write(code_of(acknowledgement), sender=WRITER, answers=acknowledgement)
    await listed.mail_to(WRITER, 2)
    shown = await listed.show(reference)
    assert (shown["verified"], shown["concerns"]) == (False, ["account_elsewhere"])

    await listed.write(code_of(asked), sender=OWNER, answers=asked)
    await listed.mail_to(OWNER, 2)
    shown = await listed.show(reference)
    assert (shown["verified"], shown["requester"]["address"], shown["concerns"]) == (True, OWNER, [])
    await until(lambda: "open, with staff" in str([each.blocks for each in listed.cards(reference)]))
    await listed.approved_by_two(reference)
    reply = await listed.mail_to(OWNER, 3)
    assert reference_of(reply) == reference
    assert len(listed.mails_to(WRITER)) == 2
