"""Attacks that show in number alone, and what must not show at all: patterns, logs, errors, settings."""

import io
import logging
import re
import threading
from dataclasses import replace

import pytest
from prometheus_client import generate_latest

from bot.cli import main
from bot.domain.excerpts import find_excerpts
from bot.domain.watching import ALERTS, CROSSED, PATTERNS, Kind
from bot.housekeeping import PATTERNS as KEPT
from bot.intake import InboxWorker
from bot.logs import configure_logging
from bot.metrics import Metrics
from bot.settings import Settings, SettingsFault
from bot.store import inbox, sightings
from handlers import actions, mail, watching
from tests.attacks.directories import ABOUT_IDA, IDA, KAI, book, listed, to
from tests.handlers.conftest import ADA, BEN, DESK, ERASE, EVE, ROBIN, TRUSTED, Bench, bench, code_of, wrong
from tests.handlers.slack_people import room_of, workspace

FIXTURES = (bench, book, listed)
AT = {kind: each.count for kind, each in PATTERNS.items()}


async def figures(bench: Bench) -> dict[str, float]:
    """What ``/metrics`` says of suspicious patterns, by kind."""
    metrics = Metrics(bench.desk.store)
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


async def test_t56_a_hundred_wrong_codes_prove_nothing_ring_once_and_leave_the_victim_a_way_in(bench):
    case = await bench.case(await bench.write(ERASE))
    (letter,) = await bench.letters()
    code = code_of(letter)
    for place in range(100):
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
        assert await sightings.latest(work, Kind.LOOP, "somebody", 1) is None
        assert await sightings.latest(work, CROSSED, Kind.LOOP, 1) == bench.clock()
    assert (await figures(bench))["loop"] == 1


# ---- staff who look ----------------------------------------------------------------------------------------


async def test_t70_who_opens_forty_tickets_of_others_is_on_record_at_each_and_rings(bench):
    found = [await bench.case(await bench.write(ERASE, sender=f"p{place}@town.example")) for place in range(40)]
    async with bench.desk.store.transaction() as work:
        for case in found:
            await watching.looked(bench.desk, work, case, ADA, None)
    assert [(await bench.events(case))[-1] for case in found] == ["looked"] * 40
    (alert,) = await bench.alerts()
    assert alert.startswith(f"{ADA} opened 40 tickets of others")
    assert await rung(bench) == ["a-member-of-staff-opens-many-tickets"]


async def test_t70_ones_own_tickets_do_not_count_and_neither_does_the_same_one(bench):
    found = [await bench.case(await bench.write(ERASE, sender=f"p{place}@town.example")) for place in range(40)]
    for case in found[1:]:
        await actions.assign(bench.desk, case.reference, BEN, ADA)
    async with bench.desk.store.transaction() as work:
        for case in [*[await mine(bench, each) for each in found[1:]], *found[:1] * 50]:
            await watching.looked(bench.desk, work, case, ADA, None)
    assert await bench.alerts() == []


async def mine(bench: Bench, case):
    return await bench.case(case.reference)


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


# ---- what must not show ------------------------------------------------------------------------------------


@pytest.fixture
def logged():
    """What the desk logs at DEBUG in this form; the former state comes back."""
    root, stream = logging.getLogger(), io.StringIO()
    before = (root.handlers[:], root.level, threading.excepthook)
    levels = {
        each: logging.getLogger(each).level for each in ("bot", "handlers", "slack_bolt.AsyncApp", "imapclient")
    }

    def start(form: str):
        root.handlers.clear()
        configure_logging("DEBUG", form, stream)
        return stream

    yield start
    root.handlers[:], threading.excepthook = before[0], before[2]
    root.setLevel(before[1])
    logging.captureWarnings(False)
    for each, level in levels.items():
        logging.getLogger(each).setLevel(level)


@pytest.mark.parametrize("form", ["text", "json"])
async def test_t65_a_name_with_line_breaks_and_escapes_forges_no_line_of_the_log(bench, logged, form):
    stream = logged(form)
    name = "=?utf-8?q?x=0D=0AINFO_approved=3Dtrue=1B=5B2J=E2=80=AE?="
    await bench.bring(f"From: {name} <{ROBIN}>\r\nTo: {DESK}\r\nSubject: {name}\r\n\r\n{ERASE}\r\n".encode())
    await bench.bring(f"From: {name}\r\nSubject: {name}\r\n\r\n{ERASE}\r\n".encode())
    written = stream.getvalue()
    assert "approved" not in written
    assert all(line.isprintable() for line in written.splitlines())


async def test_t67_what_databases_and_searches_take_for_orders_is_text(bench, capsys, monkeypatch, tmp_path):
    orders = '\' OR 1=1; DROP TABLE ticket; -- % _ * NEAR(a) "x" ^ PR-%'
    item = await bench.write(f"{ERASE} {orders}", sender="o'x--@letters.example", subject=orders)
    case = await bench.case(item)
    assert orders in (await bench.heard(case))[0]
    assert (await bench.case(case.reference)).row.status == "verifying"
    async with bench.desk.store.reading() as work:
        for reference in (orders, "PR-%", "PR-________", f"{case.reference}' --"):
            assert await mail.cases.load(work, reference) is None
    found = find_excerpts(bench.desk.policy, f"{orders} " * (2**20 // len(orders)))
    assert len(found.excerpts) <= 10


async def test_t71_an_exception_that_holds_secrets_tells_them_to_nobody(bench, logged, monkeypatch):
    stream = logged("text")
    secret = "xoxb-1234-very-secret"

    async def breaks(desk, item):
        raise RuntimeError(f"password={secret} for {ROBIN}: 12345678")

    now = bench.clock()
    async with bench.desk.store.transaction() as work:
        raw = f"From: {ROBIN}\r\nTo: {DESK}\r\nSubject: x\r\n\r\n{ERASE}\r\n".encode()
        item = await inbox.put(work, raw=raw, received_at=now, now=now, source="imap", origin="box/t71")
    worker = InboxWorker(bench.desk, "imap", breaks, alone=True)
    for _ in range(inbox.TRIES):
        await worker.work_once()
        bench.clock.forward(minutes=5)
    async with bench.desk.store.reading() as work:
        found = await inbox.load(work, item.id or 0)
    assert (found.state, found.reason) == ("quarantined", "It failed 3 times (RuntimeError).")
    told = " ".join(await bench.alerts())
    assert "quarantine" in told
    assert await bench.kinds() == []
    assert "RuntimeError" in stream.getvalue()
    for text in (told, stream.getvalue()):
        assert not [each for each in (secret, ROBIN, "12345678", "Traceback") if each in text]


# ---- settings that would open a door -----------------------------------------------------------------------

SLACK = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_APP_TOKEN": "xapp-1",
    "SLACK_STAFF": "U0ANNA,U0BEN",
    "SLACK_STAFF_CHANNEL": "G0STAFF",
}


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({**SLACK, "SLACK_STAFF": ""}, "SLACK_STAFF"),
        ({**SLACK, "SLACK_STAFF": ", ,"}, "SLACK_STAFF"),
        ({**SLACK, "SLACK_STAFF": "everybody"}, "SLACK_STAFF"),
        ({**SLACK, "SLACK_STAFF": "U0ANNA"}, "FOUR_EYES"),
        ({"FOUR_EYES": ","}, "FOUR_EYES"),
        ({"FOUR_EYES": "none,access"}, "FOUR_EYES"),
        ({"TRUSTED_AUTHSERV_ID": "*"}, "TRUSTED_AUTHSERV_ID"),
        ({"TRUSTED_AUTHSERV_ID": "mx.example.org;"}, "TRUSTED_AUTHSERV_ID"),
        ({"TRUSTED_AUTHSERV_ID": "mx1.example.org,mx2.example.org"}, "TRUSTED_AUTHSERV_ID"),
        ({**SLACK, "SLACK_SUPPORT_CHANNELS": "C0HELP,G0STAFF"}, "SLACK_SUPPORT_CHANNELS"),
        ({**SLACK, "SLACK_SUPPORT_CHANNELS": "C0HELP", "SLACK_ALERT_CHANNEL": "C0HELP"}, "SLACK_SUPPORT_CHANNELS"),
        ({"PRIVACY_ADDRESS": DESK, "ALERT_ADDRESS": DESK.upper()}, "ALERT_ADDRESS"),
        ({"PRIVACY_ALIASES": "data@linden.example", "ALERT_ADDRESS": "data@linden.example"}, "ALERT_ADDRESS"),
        ({"PUBLIC_URL": "http://desk.example"}, "PUBLIC_URL"),
        ({"SLACK_API_URL": "http://slack.example/"}, "SLACK_API_URL"),
        ({"SMTP_URL": "smtp://u:p@mail.example?tls=none"}, "SMTP_URL"),
    ],
)
def test_t75_settings_that_would_open_a_door_refuse_to_start(tmp_path, environ, named):
    with pytest.raises(SettingsFault) as fault:
        Settings.load(environ, tmp_path)
    assert [line.partition(":")[0] for line in fault.value.lines] == [named]


def test_t75_run_leaves_with_two_and_a_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name, value in {"ORGANISATION": "Linden", "PRIVACY_ADDRESS": DESK, "FOUR_EYES": ","}.items():
        monkeypatch.setenv(name, value)
    assert main(["run"]) == 2
    told = capsys.readouterr().err
    assert "FOUR_EYES: names no request type" in told
    assert "Traceback" not in told
