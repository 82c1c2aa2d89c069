"""Exports where people talk: the link as a direct message, the code by mail, the page for staff alone."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from handlers import exports
from handlers.approvals import approve_draft
from handlers.showing import draft_card
from tests.handlers.conftest import ADA, text_of
from tests.handlers.slack_customers import CARLA, CARLAS, HELP, Support, support_of, words_of
from tests.handlers.test_exports import COPY, PUBLIC, browsing, give, offered, offering

assert offering


@pytest.fixture
async def support(offering) -> AsyncIterator[Support]:
    async with support_of(offering) as each:
        each.slack.workspace.channels[HELP].members += [ADA]
        yield each


async def test_who_asks_in_slack_gets_the_link_there_and_the_code_by_mail(support):
    bench = support.bench
    await support.tell(CARLA, COPY)
    await support.tell(CARLA, await support.code())
    case = await support.only_case()
    await give(bench, case)
    draft = (await bench.drafts())[-1]
    await approve_draft(bench.desk, draft.id, ADA, draft.digest)
    await support.settle()
    told = "\n".join(words_of(each) for each in support.dm(CARLA))
    path = re.search(rf"{PUBLIC}(/download/[\w-]+)", told)
    assert path
    mail = (await bench.letters())[-1]
    code = re.search(r"(?m)^(\d{8})$", text_of(mail))
    assert mail["To"] == CARLAS
    assert code
    assert code[1] not in told
    assert "/download/" not in text_of(mail)
    assert path[1] not in "\n".join(await bench.heard(case, "out"))
    async with browsing(bench) as browser:
        assert (await browser.post(path[1], data={"code": code[1]})).status == 200


async def test_staff_get_a_page_for_a_file_by_a_command_that_nobody_else_sees(support):
    case = await support.bench.proven(COPY)
    ack = await support.slack.command(ADA, HELP, f"attach {case.reference.lower()}")
    assert ack.ok
    said = words_of(support.notes(ADA)[-1])
    token = re.search(rf"{PUBLIC}/hand-in/([\w-]+)", said)
    assert token
    page, reference = await exports.page_behind(support.bench.desk, token[1])
    assert (page.actor, reference) == (ADA, case.reference)
    assert "hand-in" not in str(support.slack.workspace.ephemerals(HELP, CARLA))


async def test_a_card_says_what_a_draft_carries_and_what_it_lacks(offering):
    case = await offering.proven(COPY)

    async def carries() -> str:
        async with offering.desk.store.reading() as work:
            card = await draft_card(offering.desk, work, case, (await offering.drafts())[-1])
        return " ".join(card.carries)

    assert "without a file" in await carries()
    await give(offering, case, name="Robin Reed.json")
    assert await carries() == "with an export of 34 bytes, json."
    await exports.withdraw(offering.desk, case.reference, ADA)
    await exports.handed_over(offering.desk, case.reference, ADA, "At the counter")
    assert await carries() == ""


async def test_a_link_can_be_had_without_slack_as_well(offering):
    unreached = replace(offering, desk=replace(offering.desk, staff_channel=None))
    _, path, _ = await offered(unreached)
    assert path.startswith("/download/")
