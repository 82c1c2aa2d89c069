"""Attacks that show in number alone: they are counted, and staff are told once."""

import re
from dataclasses import replace

import pytest
from prometheus_client import generate_latest

from bot.domain.watching import ALERTS, CROSSED, PATTERNS, Kind
from bot.housekeeping import PATTERNS as KEPT
from bot.metrics import Metrics
from bot.store import cases, sightings
from handlers import actions, watching
from tests.attacks.directories import ABOUT_IDA, IDA, KAI, book, listed, to
from tests.handlers.conftest import ADA, BEN, ERASE, EVE, ROBIN, TRUSTED, Bench, bench, code_of, wrong
from tests.handlers.slack_people import room_of, workspace

FIXTURES = (bench, book, listed)
AT = {kind: each.count for kind, each in PATTERNS.items()}


async def figures(bench: Bench) -> dict[str, float]:
    """What ``/metrics`` says of suspicious patterns, by kind."""
    metrics = Metrics(bench.desk)
    await metrics.refresh()
    text = generate_latest(metrics.registry).decode()
    return {
        kind: float(number)
        for kind, number in re.findall(r'privacy_desk_suspicious_patterns_total\{kind="(\w+)"\} (\S+)', text)
    }


async def rung(bench: Bench) -> list[str]:
    """The parts of the runbook that alerts point to."""
    return [each.rpartition("#")[2].rstrip(".") for each in await bench.alerts() if "docs/runbook.md#" in each]


def nobody_is_named(alerts: list[str]) -> bool:
    return not [each for each in alerts if "@" in each or re.search(r"[0-9a-f]{32}", each)]


# ---- what shows in number ----------------------------------------------------------------------------------


async def test_t31_a_result_in_our_servers_name_is_not_believed_and_rings_in_number(bench):
    genuine, forged = f"{TRUSTED}; dmarc=none", f"{TRUSTED}; dmarc=pass header.from=letters.example"
    for place in range(AT[Kind.FORGED_RESULTS]):
        assert await rung(bench) == []
        headers = [("Authentication-Results", each) for each in (genuine, forged)]
        case = await bench.case(
            await bench.write("I object to profiling.", sender=f"p{place}@letters.example", headers=headers)
        )
        assert not case.row.verified
    assert await rung(bench) == ["forged-authentication-results"]


async def test_t31_several_headers_of_our_own_server_are_no_forgery(bench):
    headers = [
        ("Authentication-Results", f"{TRUSTED}; dmarc=pass header.from=letters.example"),
        ("Authentication-Results", f"{TRUSTED}; dkim=pass header.d=letters.example"),
        ("Authentication-Results", "mx.elsewhere.example; dmarc=pass"),
    ]
    for place in range(AT[Kind.FORGED_RESULTS]):
        await bench.write(ERASE, sender=f"p{place}@letters.example", headers=headers)
    assert await rung(bench) == []


async def test_t31_without_a_trusted_server_no_header_counts_and_none_is_suspicious(bench):
    naive = replace(bench, desk=replace(bench.desk, trusted_authserv_id=None))
    for place in range(AT[Kind.FORGED_RESULTS]):
        headers = [("Authentication-Results", f"{TRUSTED}; dmarc=pass header.from=letters.example")]
        sent = await naive.write("I object to profiling.", sender=f"p{place}@letters.example", headers=headers)
        assert not (await naive.case(sent)).row.verified
    assert await rung(naive) == []


@pytest.mark.parametrize("tries", [12, pytest.param(100, marks=pytest.mark.slow)])
async def test_t56_many_wrong_codes_prove_nothing_ring_once_and_leave_the_victim_a_way_in(bench, tries):
    case = await bench.case(await bench.write(ERASE))
    (letter,) = await bench.letters()
    code = code_of(letter)
    for place in range(tries):
        await bench.write(f"{(int(code) + 1 + place) % 10**8:08d}", answers=letter)
    assert not (await bench.case(case.reference)).row.verified
    await bench.write(code, answers=letter)
    assert not (await bench.case(case.reference)).row.verified, "five tries killed the code, the right one too"
    assert await rung(bench) == ["codes-are-being-guessed"] * 2
    assert nobody_is_named(await bench.alerts())
    await bench.write("Please send me a new code.", answers=letter)
    fresh = (await bench.letters())[-1]
    await bench.write(code_of(fresh), answers=fresh)
    assert (await bench.case(case.reference)).row.verified
    counted = await figures(bench)
    assert (counted["codes_from_address"], counted["codes_at_ticket"], counted["flood"]) == (1, 1, 0)


async def test_t56_the_alert_rings_anew_in_the_next_window(bench):
    await bench.write(ERASE)
    (letter,) = await bench.letters()
    for _ in range(2):
        for _ in range(AT[Kind.CODES_FROM_ADDRESS]):
            await bench.write(wrong(code_of(letter)), sender=ROBIN, answers=letter)
        bench.clock.forward(hours=1)
    assert (await figures(bench))["codes_from_address"] == 2


async def test_one_account_that_many_addresses_ask_about_rings(listed):
    for place in range(AT[Kind.ADDRESSES_AT_ACCOUNT]):
        assert await rung(listed) == []
        await listed.write(ABOUT_IDA, sender=f"eve-{place}@elsewhere.example")
    assert await rung(listed) == ["somebody-asks-about-accounts-of-others"]
    assert nobody_is_named(await listed.alerts())


async def test_one_address_that_asks_about_many_accounts_rings(listed, book):
    book.accounts += (replace(book.accounts[1], id="A-19", email="lou@berg.example"),)
    for named in (IDA, KAI, "lou@berg.example"):
        assert await rung(listed) == []
        await listed.write(f"{ERASE} My account is under {named}.", sender=EVE)
    assert await rung(listed) == ["somebody-asks-about-accounts-of-others"]


async def test_one_requester_who_names_one_account_after_the_other_in_a_thread_rings(listed, book):
    book.accounts += (replace(book.accounts[1], id="A-19", email="lou@berg.example"),)
    await listed.write(ABOUT_IDA, sender=EVE)
    letter = to(await listed.letters(), EVE)[0]
    for named in (KAI, "lou@berg.example"):
        assert await rung(listed) == []
        await listed.write(f"I forgot to say: the account is {named}.", sender=EVE, answers=letter)
    assert await rung(listed) == ["somebody-asks-about-accounts-of-others"]


async def test_who_asks_about_one_account_again_and_again_does_not_ring(listed):
    for _ in range(5):
        await listed.write(ABOUT_IDA, sender=EVE)
    assert await rung(listed) == []


async def test_forged_senders_ring_in_number(bench):
    headers = [("Authentication-Results", f"{TRUSTED}; dmarc=fail header.from=letters.example")]
    for place in range(AT[Kind.DMARC_FAILURES]):
        assert await rung(bench) == []
        await bench.write(ERASE, sender=f"p{place}@letters.example", headers=headers)
    assert await rung(bench) == ["forged-senders"]
    assert await bench.kinds() == []


async def test_t08_a_flood_rings_once(bench):
    async with bench.desk.store.transaction() as work:
        subject = work.keys.index("domain:agents.example")
        for place in range(AT[Kind.FLOOD] - 1):
            await sightings.add(work, Kind.FLOOD, subject, f"before-{place}", bench.clock())
    for place in range(3):
        await bench.write(ERASE, sender=f"client-{place}@agents.example")
    assert await rung(bench) == ["flood"]


async def test_a_flood_of_alerts_stops_and_all_are_counted(bench):
    async with bench.desk.store.transaction() as work:
        for place in range(ALERTS + 3):
            await watching.seen(bench.desk, work, Kind.LOOP, f"subject-{place}")
    assert await rung(bench) == ["loop"] * ALERTS
    assert (await figures(bench))["loop"] == ALERTS + 3


async def test_what_is_counted_is_forgotten_but_for_the_sum(bench):
    async with bench.desk.store.transaction() as work:
        await watching.seen(bench.desk, work, Kind.LOOP, "somebody")
        await sightings.forget(work, bench.clock() + KEPT)
        assert await sightings.latest(work, Kind.LOOP, [("somebody", 1)]) == [None]
        assert await sightings.latest(work, CROSSED, [(Kind.LOOP, 1)]) == [bench.clock()]
    assert (await figures(bench))["loop"] == 1


# ---- staff who look ----------------------------------------------------------------------------------------


async def opened(bench: Bench, many: int) -> None:
    """Ada has opened so many tickets of others just now."""
    async with bench.desk.store.transaction() as work:
        for place in range(many):
            await sightings.add(work, Kind.TICKETS_OPENED, ADA, f"PR-{place:08}", bench.clock())


async def looked(bench: Bench, reference: str, times: int = 1) -> None:
    for _ in range(times):
        async with bench.desk.store.transaction() as work:
            case = await cases.load(work, reference)
            await watching.looked(bench.desk, work, case, ADA)


async def test_t70_who_opens_forty_tickets_of_others_is_on_record_at_each_and_rings(bench):
    await opened(bench, AT[Kind.TICKETS_OPENED] - 2)
    for sender in (ROBIN, EVE):
        assert await bench.alerts() == []
        case = await bench.case(await bench.write(ERASE, sender=sender))
        await looked(bench, case.reference)
        assert (await bench.events(case))[-1] == "looked"
    (alert,) = await bench.alerts()
    assert alert.startswith(f"{ADA} opened 40 tickets of others")
    assert await rung(bench) == ["a-member-of-staff-opens-many-tickets"]


async def test_t70_ones_own_tickets_do_not_count_and_neither_does_the_same_one(bench):
    await opened(bench, AT[Kind.TICKETS_OPENED] - 2)
    own, others = [(await bench.case(await bench.write(ERASE, sender=each))).reference for each in (ROBIN, EVE)]
    await actions.assign(bench.desk, own, BEN, ADA)
    await looked(bench, own)
    await looked(bench, others, times=5)
    assert await bench.alerts() == []


@pytest.mark.parametrize("button", ["draft_show", "draft_edit"])
async def test_t70_a_look_in_slack_is_on_record(bench, button):
    async with workspace() as slack, room_of(bench, slack) as room:
        case, card = await room.ticket("Please unsubscribe me from your newsletter.")
        await room.press(ADA, button, await room.draft(card))
        entry = (await bench.journal(case))[-1]
        assert (entry.actor, entry.event) == (ADA, "looked")
        async with bench.desk.store.reading() as work:
            since = bench.clock() - PATTERNS[Kind.TICKETS_OPENED].window
            assert await sightings.count(work, Kind.TICKETS_OPENED, ADA, since) == 1
