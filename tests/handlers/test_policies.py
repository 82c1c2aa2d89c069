"""The policy over time: kept, compared, told to staff once, and shown to everybody."""

from dataclasses import replace
from datetime import date

import pytest
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry

from bot.adapters import web
from bot.domain.lifecycle import Refused
from bot.domain.policy_changes import edition, fingerprint
from bot.store import policies as kept
from handlers import policies
from handlers.approvals import approve_draft
from handlers.showing import draft_card
from tests.handlers.conftest import ADA, ERASE, UNSUBSCRIBE, Bench, text_of

WAS = "We do not sell personal data"


def quoted(bench: Bench) -> str:
    """The statement that a letter about an opt-out quotes."""
    (statement,) = bench.desk.policy.for_request(["opt_out"])
    return statement.text


def under(bench: Bench, text: str, version: str, day: date | None) -> Bench:
    """The same desk, started again with this policy."""
    policy = edition(text, version, day)
    return replace(
        bench, desk=replace(bench.desk, policy=replace(policy, by_request=bench.desk.policy.by_request))
    )


def later(bench: Bench, day: date | None = date(2026, 12, 1)) -> Bench:
    text = bench.desk.policy.text.replace(quoted(bench), quoted(bench) + " Not even once.")
    return under(bench, text, "2-deadbeef", day)


async def test_the_first_version_is_kept_without_a_word(bench):
    assert await policies.notice(bench.desk) is None
    assert await policies.notice(bench.desk) is None
    async with bench.desk.store.reading() as work:
        (row,) = await kept.known(work)
    assert (row.version, row.date, row.text) == (
        bench.desk.policy.version,
        bench.desk.policy.date,
        bench.desk.policy.text,
    )
    assert await bench.alerts() == []


async def test_a_change_is_told_once_with_the_open_tickets_whose_letters_quote_it(bench):
    await policies.notice(bench.desk)
    quoting = await bench.case(await bench.write(UNSUBSCRIBE))
    other = await bench.case(await bench.write(ERASE, sender="kim@letters.example"))
    closed = await bench.case(await bench.write(UNSUBSCRIBE, sender="lee@letters.example"))
    draft = (await bench.drafts())[-1]
    await approve_draft(bench.desk, draft.id, ADA, draft.digest)
    new = later(bench)
    turn = await policies.notice(new.desk)
    assert await policies.notice(new.desk) is None
    (alert,) = await new.alerts()
    assert turn.tickets == (quoting.reference,)
    assert quoting.reference in alert
    assert other.reference not in alert
    assert closed.reference not in alert
    assert "1 changed" in alert
    assert "2026-12-01" in alert


async def test_a_change_back_is_a_change_and_keeps_no_second_copy(bench):
    new = later(bench)
    for each in (bench, new, bench):
        bench.clock.forward(days=1)
        await policies.notice(each.desk)
    assert len(await bench.alerts()) == 2
    async with bench.desk.store.reading() as work:
        assert [each.version for each in await kept.known(work)] == [
            bench.desk.policy.version,
            "2-deadbeef",
        ]


async def test_a_new_text_under_the_old_date_is_said(bench):
    await policies.notice(bench.desk)
    await policies.notice(later(bench, bench.desk.policy.date).desk)
    assert "its date is not" in (await bench.alerts())[0]


async def test_a_draft_that_misquotes_by_now_is_refused_and_told_why(bench):
    await policies.notice(bench.desk)
    case = await bench.case(await bench.write(UNSUBSCRIBE))
    (draft,) = await bench.drafts()
    new = later(bench)
    await policies.notice(new.desk)
    with pytest.raises(Refused, match=r"quotes the policy wrongly.* written under version 1-"):
        await approve_draft(new.desk, draft.id, ADA, draft.digest)
    async with new.desk.store.reading() as work:
        card = await draft_card(new.desk, work, case, draft)
    assert "written under version 1-" in card.outdated
    assert (await new.case(case.reference)).row.policy_version == bench.desk.policy.version


async def test_a_draft_that_quotes_what_stayed_the_same_may_leave(bench):
    await policies.notice(bench.desk)
    await bench.write(UNSUBSCRIBE)
    (draft,) = await bench.drafts()
    new = under(bench, bench.desk.policy.text + "\n## More\n\n- We like books.\n", "2-deadbeef", None)
    await approve_draft(new.desk, draft.id, ADA, draft.digest)
    assert quoted(bench) in text_of((await new.letters())[-1])


async def test_drafts_under_an_old_version_are_shown_anew(bench):
    await policies.notice(bench.desk)
    await bench.write(UNSUBSCRIBE)
    before = len([each for each in await bench.queued("slack") if each.kind == "draft"])
    await policies.notice(later(bench).desk)
    assert len([each for each in await bench.queued("slack") if each.kind == "draft"]) == before + 1


@pytest.fixture
async def browser(bench):
    await policies.notice(bench.desk)
    new = later(bench)
    bench.clock.forward(days=1)
    await policies.notice(new.desk)

    async def nothing(*_given):
        return {}

    pages = web.Pages(
        readiness=nothing,
        refresh=nothing,
        registry=CollectorRegistry(),
        policy=lambda version, language: policies.page(new.desk, version, language),
        slack=nothing,
    )
    async with TestClient(TestServer(web.application(pages))) as client:
        yield client


async def test_the_page_shows_the_current_version_what_changed_and_the_way_to_the_earlier_one(bench, browser):
    page = await (await browser.get("/policy")).text()
    assert "Version 2-deadbeef" in page
    assert "Not even once." in page
    assert "earlier version" not in page
    assert (
        f"<del> {quoted(bench)}</del>" in page
        or quoted(bench) in page.partition("<del>")[2].partition("</del>")[0]
    )
    assert f"/policy/{fingerprint(bench.desk.policy)[:16]}" in page


async def test_an_earlier_version_is_found_by_what_letters_cite_and_by_its_hash(bench, browser):
    version, name = bench.desk.policy.version, fingerprint(bench.desk.policy)
    for path in (f"/policy?version={version}", f"/policy/{version}", f"/policy/{name}", f"/policy/{name[:8]}"):
        page = await (await browser.get(path)).text()
        assert "This is an earlier version" in page
        assert f"Version {version}" in page


@pytest.mark.parametrize(
    ("asked", "says"),
    [("de-CH, en;q=0.5", "Was sich geändert hat"), ("xx", "What changed"), ("pl", "Co się zmieniło")],
)
async def test_what_stands_around_the_policy_is_in_the_language_of_the_browser(bench, browser, asked, says):
    page = await (await browser.get("/policy", headers={"Accept-Language": asked})).text()
    assert says in page
    assert f'<html lang="{asked[:2] if asked != "xx" else "en"}">' in page
    assert '<main lang="en">' in page


@pytest.mark.parametrize("path", ["/policy/nope", "/policy?version=%27--", "/policy/%2e%2e%2fetc", "/policy/a"])
async def test_an_unknown_version_is_not_found(browser, path):
    assert (await browser.get(path)).status == 404


async def test_what_changed_is_inert_text(bench):
    await policies.notice(bench.desk)
    new = under(bench, bench.desk.policy.text + "\n## X\n\n- <script>alert(1)</script>\n", "3-deadbeef", None)
    page = await policies.page(new.desk, "")
    assert "<script>" not in page
