"""Log lines: one for each record, fit for a program, and with nothing in them that is a person's."""

import asyncio
import io
import json
import logging
import sqlite3
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import configure_logging, described, log_context, masked


@pytest.fixture
def lines():
    """Configures logging as `LOG_LEVEL=DEBUG` does and gives what was written; the former state comes back."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level, threading.excepthook)
    levels = {
        name: logging.getLogger(name).level for name in ("bot", "handlers", "slack_bolt.AsyncApp", "imapclient")
    }
    stream = io.StringIO()

    def configured(form: str = "text", level: str = "DEBUG"):
        root.handlers.clear()  # pytest's own stand there too while a test runs
        configure_logging(level, form, stream)
        return lambda: stream.getvalue().splitlines()

    yield configured
    root.handlers[:], threading.excepthook = before[0], before[2]
    root.setLevel(before[1])
    logging.captureWarnings(False)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


log = logging.getLogger("bot.test")


@pytest.mark.parametrize("form", ["text", "json"])
def test_t65_a_record_is_one_line_whatever_it_holds(lines, form):
    written = lines(form)
    log.info("name %s", "A\r\nINFO approved=true\x1b[2J\u2028\u202e\x00")
    (line,) = written()
    assert line.isprintable()


def test_json_lines_hold_the_fields(lines):
    written = lines("json")
    with log_context(ticket="PR-7K2M9QXA"):
        log.warning("sent in %d tries", 3, extra={"mailbox": "INBOX"})
    entry = json.loads(written()[0])
    at = entry.pop("at")
    assert at.endswith("+00:00")
    assert entry == {
        "level": "WARNING",
        "logger": "bot.test",
        "message": "sent in 3 tries",
        "ticket": "PR-7K2M9QXA",
        "mailbox": "INBOX",
    }


def test_text_lines_end_with_the_fields(lines):
    written = lines()
    with log_context(ticket="PR-7K2M9QXA"), log_context(request="R1"):
        log.info("opened")
    log.info("after")
    assert written()[0].endswith("INFO     bot.test: opened ticket=PR-7K2M9QXA request=R1")
    assert written()[1].endswith("bot.test: after")


async def test_the_context_of_one_task_is_not_that_of_another(lines):
    written = lines("json")

    async def work(ticket: str) -> None:
        with log_context(ticket=ticket):
            await asyncio.sleep(0)
            log.info(ticket)

    await asyncio.gather(work("PR-AAAAAAAA"), work("PR-BBBBBBBB"))
    assert all(entry["ticket"] == entry["message"] for entry in map(json.loads, written()))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("from Ann.Lee+x@mail.example.org, again", "from <address>, again"),
        ('"ann lee"@example.org', "<address>"),
        ("ann@[192.0.2.1]", "<address>"),
        ("ann%40example.org", "<address>"),
        ("bounce+ann=example.org@desk.test", "<address>"),
        ("ünal@beispiel.example", "<address>"),
        ("code 12345678.", "code ********."),
        ("code 1234 5678 and 1234-5678", "code ******** and ********"),
        ("xoxb-12-34-abC and xapp-1-A", "*** and ***"),
        ("Authorization: Bearer abc.def-123=", "Authorization: Bearer ***"),
        ("imaps://desk:pass:w/rd@mail.test:993/INBOX", "imaps://mail.test:993/INBOX"),
        ("GET /verify/a-B_9 and /download/x.y", "GET /verify/*** and /download/***"),
        ("https://hooks.slack.com/services/T0/B0/xyz", "https://hooks.slack.com/***"),
    ],
)
def test_addresses_codes_and_tokens_are_masked(text, shown):
    assert masked(text) == shown


@pytest.mark.parametrize(
    "text", ["PR-12345678 closed", "2026-11-22 10:00", "head 0a12345678ff", "took 1234567 ms", ""]
)
def test_what_is_no_code_stays(text):
    assert masked(text) == text


@given(st.text(max_size=300))
def test_any_text_is_one_printable_line_without_an_address(text):
    shown = masked(f"{text} ann@example.org 12345678\n")
    assert shown.isprintable()
    assert "ann@example.org" not in shown


def test_fields_are_masked_like_the_message(lines):
    written = lines("json")
    log.info("x", extra={"sender": "ann@example.org", "size": 7})
    assert json.loads(written()[0])["sender"] == "<address>"


def test_an_exception_is_types_and_places_without_its_values(lines):
    written = lines("json")
    try:
        try:
            raise KeyError("my diagnosis")
        except KeyError as cause:
            raise ValueError("my diagnosis is private") from cause
    except ValueError:
        log.exception("could not read a mail")
    (line,) = written()
    assert "diagnosis" not in line
    error = json.loads(line)["error"]
    assert error.startswith("ValueError at ")
    assert " <- KeyError at " in error
    assert "test_logs.py:" in error


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "ConnectionRefusedError (Connection refused)"),
        (FileNotFoundError(2, "No such file", "/home/ann/letter"), "FileNotFoundError (No such file)"),
        (sqlite3.OperationalError("database is locked"), "sqlite3.OperationalError (database is locked)"),
        (OSError("Dear Sir"), "OSError"),
        (
            ExceptionGroup("Dear Sir", [ValueError("Dear Sir"), KeyError("a")]),
            "ExceptionGroup [ValueError; KeyError]",
        ),
    ],
)
def test_only_the_systems_own_words_are_told_of_an_exception(error, text):
    assert described(error) == text


def test_causes_that_run_in_a_circle_end():
    first, second = ValueError(), KeyError()
    first.__context__, second.__context__ = second, first
    assert described(first) == "ValueError <- KeyError"


def test_a_thread_that_fails_is_a_line_without_its_values(lines, capsys):
    written = lines("json")

    def fail() -> None:
        raise ValueError("Dear Sir")

    thread = threading.Thread(target=fail, name="mailbox")
    thread.start()
    thread.join()
    (line,) = written()
    assert json.loads(line)["message"] == "the thread mailbox failed"
    assert "Dear Sir" not in line + capsys.readouterr().err


def test_libraries_are_heard_from_warnings_on_and_with_one_line(lines):
    written = lines("json")
    library = logging.getLogger("imapclient")
    library.setLevel(logging.DEBUG)
    library.debug("* 1 FETCH (Dear Sir)")
    library.info("Dear Sir")
    library.warning("a task failed\nfuture: ValueError('Dear Sir')")
    assert [json.loads(line)["message"] for line in written()] == ["a task failed"]


def test_bolt_does_not_tell_of_requests_that_it_cannot_handle(lines):
    written = lines()
    bolt = logging.getLogger("slack_bolt.AsyncApp")
    bolt.setLevel(logging.WARNING)  # as bolt does when it makes its loggers
    bolt.warning("Unhandled request ({'text': 'Dear Sir'})")
    assert written() == []


def test_a_message_does_not_repeat_the_words_of_its_exception(lines):
    written = lines("json")
    try:
        raise ValueError("Dear Sir")
    except ValueError as error:
        logging.getLogger("slack_bolt.AsyncApp").exception(f"Failed to run listener function (error: {error})")
    assert json.loads(written()[0])["message"] == "Failed to run listener function (error: ValueError)"


def test_the_level_is_that_of_our_own_lines(lines):
    written = lines("json", level="WARNING")
    log.info("not now")
    log.warning("now")
    assert len(written()) == 1


def test_a_line_that_cannot_be_put_together_names_its_place(lines, capsys):
    written = lines("json")
    log.info("%d tries", "Dear Sir")
    assert "test_logs.py" in json.loads(written()[0])["message"]
    assert "Dear Sir" not in written()[0] + capsys.readouterr().err


def test_configuring_twice_writes_once(lines):
    lines()
    written = lines()
    log.info("once")
    assert len(written()) == 1
