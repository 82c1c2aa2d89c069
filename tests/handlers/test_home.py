"""The App Home, the form and the command: a requester's own matters, and the way to a new one."""

from collections.abc import AsyncIterator

import pytest

from tests.handlers.conftest import ADA
from tests.handlers.slack_customers import (
    CARLA,
    CARLAS,
    DAN,
    DELETE,
    HELP,
    QUESTION,
    STRANGER,
    Support,
    support_of,
    words_of,
)


@pytest.fixture
async def support(bench) -> AsyncIterator[Support]:
    async with support_of(bench) as each:
        yield each


async def form(support: Support, user: str = CARLA) -> None:
    await support._acted(support.slack.shortcut(user, "request_new"))
    await support.slack.wait_until(lambda: support.slack.workspace.open_view(user))


def errors(support: Support, user: str = CARLA) -> dict[str, str]:
    return support.slack.workspace.open_view(user).errors


# ---- App Home ----------------------------------------------------------------------------------------------


async def test_the_home_shows_ones_own_requests_with_status_and_due_date_and_the_policy(support):
    await support.tell(CARLA, DELETE)
    case = await support.only_case()
    shown = await support.home(CARLA)
    assert all(each in shown for each in (case.reference, "deletion", "Waits for the code", "2 April 2026"))
    assert f"Version {support.bench.desk.policy.version}" in shown
    assert case.reference not in await support.home(DAN)


async def test_a_new_request_begins_at_the_home(support):
    await support.home(CARLA)
    await support.slack.press_home(CARLA, "request_new")
    await support.slack.wait_until(lambda: support.slack.workspace.open_view(CARLA))
    assert support.slack.workspace.open_view(CARLA).callback_id == "request_new"


async def test_a_request_is_withdrawn_at_the_home_which_says_so(support):
    await support.tell(CARLA, DELETE)
    await support.home(CARLA)
    await support._acted(support.slack.press_home(CARLA, "request_withdraw"))
    await support.slack.wait_until(lambda: "withdrawn" in str(support.slack.workspace.home(CARLA).blocks))
    assert (await support.only_case()).row.outcome == "withdrawn"


# ---- the form ----------------------------------------------------------------------------------------------


async def test_the_form_opens_a_request_with_the_law_that_was_chosen(support):
    await form(support)
    ack = await support.submit(CARLA, type="correction", email=CARLAS, law="ccpa", details="My name is Cruz.")
    assert ack.ok, ack.problem
    case = await support.only_case()
    assert (case.ticket().types, case.row.law, case.row.status) == (("correction",), "ccpa", "verifying")
    assert await support.bench.heard(case) == ["My name is Cruz."]
    assert "We have your request" in words_of(support.dm(CARLA)[-1])
    assert (await support.bench.letters())[0]["To"] == CARLAS
    assert case.reference in str(support.slack.workspace.home(CARLA).blocks)


async def test_the_code_goes_to_the_address_that_was_filled_in(support):
    await form(support, STRANGER)
    await support.submit(STRANGER, type="deletion", email="sam@other.example")
    await support.tell(STRANGER, await support.code())
    assert (await support.only_case()).row.status == "open"


async def test_what_is_wrong_stands_beside_its_field_and_nothing_is_opened(support):
    await form(support)
    await support.submit(CARLA, type="policy_question", email="privacy@linden.example")
    assert set(errors(support)) == {"email", "details"}
    assert "our own address" in errors(support)["email"]
    assert await support.bench.cases() == []
    await support.submit(CARLA, email=CARLAS, details=QUESTION)
    assert (await support.only_case()).ticket().types == ("policy_question",)


async def test_t49_the_same_form_told_twice_is_one_request(support):
    await form(support)
    await support.submit(CARLA, type="access", email=CARLAS)
    sent = [
        each for each in support.slack.courier.deliveries if each.envelope.payload["type"] == "view_submission"
    ]
    await support.slack.send("interactive", sent[-1].envelope.payload)
    await support.room.post_all()
    assert len(await support.bench.cases()) == 1


# ---- /privacy ----------------------------------------------------------------------------------------------


async def privacy(support: Support, user: str, text: str) -> str:
    ack = await support.slack.command(user, HELP, text)
    assert ack.ok, ack.problem
    return words_of(support.notes(user)[-1]) if support.notes(user) else ""


@pytest.mark.parametrize("text", ["", "help", "what?", "policy"])
async def test_the_command_says_what_it_can_do(support, text):
    assert "/privacy request" in await privacy(support, CARLA, text)


async def test_the_command_tells_the_status_of_ones_own_requests_and_of_no_others(support):
    await support.tell(CARLA, DELETE)
    case = await support.only_case()
    assert case.reference in await privacy(support, CARLA, "status")
    assert case.reference in await privacy(support, CARLA, f"status {case.reference.lower()}")
    unknown = await privacy(support, DAN, "status PR-00000000")
    assert "no such request of yours" in unknown
    assert await privacy(support, DAN, f"status {case.reference}") == unknown
    assert await privacy(support, DAN, "status") == unknown


async def test_the_command_answers_from_the_policy_word_for_word(support):
    told = await privacy(support, CARLA, f"policy {QUESTION}")
    assert any(each.text in told for each in support.bench.desk.policy.statements)
    assert "does not say" in await privacy(support, CARLA, "policy Which football club won the cup?")
    assert len(support.slack.workspace.messages(HELP)) == 0


async def test_staff_see_the_queue_without_a_word_of_who_asked_and_nobody_else_does(support):
    await support.tell(CARLA, DELETE)
    case = await support.only_case()
    support.slack.workspace.channels[HELP].members.append(ADA)
    for text in ("queue", f"show {case.reference.lower()}"):
        told = await privacy(support, ADA, text)
        assert f"{case.reference}: verifying, due 2026-04-02, 31 days left" in told
        assert not [each for each in ("Carla", CARLAS) if each in told]
    assert "Nothing is overdue." in await privacy(support, ADA, "overdue")
    support.bench.clock.forward(days=40)
    assert "9 days overdue" in await privacy(support, ADA, "overdue")
    refused = await privacy(support, CARLA, f"show {case.reference}")
    assert case.reference not in refused
    assert await privacy(support, CARLA, "show PR-00000000") == refused


async def test_the_command_opens_the_form(support):
    await privacy(support, CARLA, "request")
    view = support.slack.workspace.open_view(CARLA)
    assert view.callback_id == "request_new"
    assert view.state["values"]["email"]["email"]["value"] == CARLAS
