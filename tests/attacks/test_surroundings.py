"""What must not show in logs and errors, what is text and no order, and settings that would open a door."""

import io
import logging
import threading

import pytest

from bot.cli import main
from bot.domain.excerpts import find_excerpts
from bot.intake import InboxWorker
from bot.logs import configure_logging
from bot.settings import Settings, SettingsFault
from bot.store import inbox
from handlers import mail
from tests.handlers.conftest import DESK, ERASE, ROBIN, bench

assert bench


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
