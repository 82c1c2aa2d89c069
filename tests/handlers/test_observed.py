"""What can be seen from outside: figures, log lines and spans follow a letter, and hold nothing of it."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from prometheus_client import generate_latest

from bot import telemetry
from bot.adapters.post import Post
from bot.delivery import MailDelivery
from bot.domain.events import Answered
from bot.domain.vocabulary import Outcome, RequestType
from bot.intake import InboxWorker
from bot.logs import JsonFormatter
from bot.metrics import FAMILIES, Metrics
from bot.settings.endpoints import SmtpServer
from bot.store import inbox
from handlers import mail
from tests.handlers.conftest import DESK, ERASE, EVE, ROBIN, UNSUBSCRIBE, Bench, code_of, wrong
from tests.scenarios.outside import letter
from tests.servers.smtp import PASSWORD, USER, SmtpSink

PRIVATE = (ROBIN, EVE, DESK, "robin", "eve@", "linden", "PR-", "delete my account", "newsletter")
MUCH = "A thing about the thing, you know what I mean, it concerns me somehow."


@pytest.fixture(autouse=True)
def unmeasured() -> Iterator[None]:
    """What other tests of this process have counted is put aside."""
    telemetry.counts.clear()
    telemetry.times.clear()
    yield
    telemetry.trace_by(None)


async def scraped(bench: Bench, **parts: bool) -> str:
    async def readiness() -> dict[str, bool]:
        return parts

    metrics = Metrics(bench.desk, readiness)
    await metrics.refresh()
    return generate_latest(metrics.registry).decode()


async def brought(bench: Bench, text: str, sender: str = ROBIN) -> int:
    """A letter in the inbox, read by the worker as the desk does it."""
    now = bench.clock()
    async with bench.desk.store.transaction() as work:
        facts = {"received_at": now, "now": now, "source": "imap", "origin": f"box/{sender}/{hash(text)}"}
        item = await inbox.put(work, raw=letter(text, sender=sender), **facts)
    await InboxWorker(bench.desk, "imap", mail.handle, alone=True).work_once()
    return item.id or 0


@contextmanager
def json_lines() -> Iterator[list[dict[str, Any]]]:
    """What our own loggers write as JSON meanwhile."""
    stream, found = io.StringIO(), []
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    ours = [logging.getLogger(name) for name in ("bot", "handlers")]
    levels = [each.level for each in ours]
    for each in ours:
        each.addHandler(handler)
        each.setLevel("INFO")
    yield found
    for each, level in zip(ours, levels, strict=True):
        each.removeHandler(handler)
        each.setLevel(level)
    found += [json.loads(line) for line in stream.getvalue().splitlines()]


@dataclass
class Spans:
    """A tracer that remembers."""

    made: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @contextmanager
    def start_as_current_span(self, name: str, attributes: dict[str, str], **how: bool) -> Iterator["Spans"]:
        assert how == {"record_exception": False, "set_status_on_exception": False}
        self.made.append((name, attributes))
        yield self

    def set_attribute(self, name: str, value: str) -> None:
        self.made[-1][1][name] = value


async def test_requests_are_counted_by_type_channel_and_outcome(bench):
    case = await bench.case(await bench.write(UNSUBSCRIBE))
    await bench.write(ERASE, sender=EVE)
    await bench.happen(case.reference, Answered(bench.clock(), (RequestType.OPT_OUT,), Outcome.FULFILLED))
    text = await scraped(bench)
    assert 'privacy_desk_requests{channel="email",outcome="fulfilled",type="opt_out"} 1.0' in text
    assert 'privacy_desk_requests{channel="email",outcome="open",type="deletion"} 1.0' in text
    assert 'privacy_desk_tickets{status="verifying"} 1.0' in text


async def test_days_left_are_counted_up_to_a_day_and_overdue_ones_apart(bench):
    case = await bench.case(await bench.write(ERASE))
    due = case.row.due_at
    assert due
    for ahead, nearest, overdue in ((8, "+Inf", 0), (7, "7", 0), (1, "1", 0), (0, "0", 0), (-1, None, 1)):
        bench.clock.forward(days=(due - bench.desk.day(bench.clock())).days - ahead)
        text = await scraped(bench)
        full = [each for each in ("0", "1", "3", "7") if f'tickets_due{{within_days="{each}"}} 1.0' in text]
        assert (full or ["+Inf"])[0] == (nearest or "+Inf")
        assert f"privacy_desk_tickets_overdue {overdue}.0" in text


async def test_how_long_the_oldest_has_waited_is_told_of_both_queues(bench):
    await bench.write(ERASE)
    bench.clock.forward(minutes=10)
    async with bench.desk.store.transaction() as work:
        now = bench.clock()
        await inbox.put(work, source="imap", origin="box/late", raw=b"x", received_at=now, now=now)
    bench.clock.forward(minutes=5)
    text = await scraped(bench)
    assert "privacy_desk_inbox_oldest_seconds 300.0" in text
    assert 'privacy_desk_outbox_oldest_seconds{lane="mail"} 900.0' in text
    assert 'privacy_desk_outbox_oldest_seconds{lane="webhook"} 0.0' in text


async def test_what_is_degraded_is_told_even_where_the_database_is_away(bench):
    await bench.write(ERASE)
    text = await scraped(bench, database=False, mailbox=True)
    assert 'privacy_desk_ready{part="database"} 0.0' in text
    assert 'privacy_desk_ready{part="mailbox"} 1.0' in text
    assert "privacy_desk_tickets{" not in text


async def test_codes_and_readings_are_counted(bench):
    await bench.write(ERASE)
    (acknowledgement,) = await bench.letters()
    await bench.write(wrong(code_of(acknowledgement)), answers=acknowledgement)
    await bench.write(code_of(acknowledgement), answers=acknowledgement)
    text = await scraped(bench)
    for result in ("sent", "failed", "passed"):
        assert f'privacy_desk_challenges_total{{result="{result}"}} 1.0' in text
    assert 'privacy_desk_readings_total{channel="email",result="understood"}' in text


async def test_what_is_rolled_back_is_not_counted(bench):
    with suppress(RuntimeError):
        async with bench.desk.store.transaction() as work:
            work.count(telemetry.CHALLENGES, "sent")
            raise RuntimeError
    assert not telemetry.counts[telemetry.CHALLENGES]


async def test_calls_outside_are_timed_and_their_failures_have_a_reason(bench):
    await bench.write(UNSUBSCRIBE)
    await bench.write(UNSUBSCRIBE, sender=EVE)
    async with SmtpSink(tls="none") as sink:
        post = Post(SmtpServer(host="127.0.0.1", port=sink.port, user=USER, password=PASSWORD, tls="none"))
        sink.fail("rcpt", code=550)
        delivery = MailDelivery(bench.desk, post, alone=True)
        assert await delivery.send_next()
        assert await delivery.send_next()
        await post.close()
    text = await scraped(bench)
    assert 'privacy_desk_outside_call_seconds_count{operation="send",system="smtp"} 2.0' in text
    assert 'outside_call_errors_total{operation="send",reason="refused",system="smtp"} 1.0' in text
    assert 'privacy_desk_outside_call_seconds_bucket{le="+Inf",operation="commit",system="database"}' in text


async def test_a_whole_story_leaves_nothing_personal_in_the_figures(bench):
    for sender in (ROBIN, EVE):
        await brought(bench, ERASE, sender)
    await brought(bench, MUCH)
    text = await scraped(bench, database=True)
    assert not [word for word in PRIVATE if word.lower() in text.lower()]
    assert {each.split("{")[0].split(" ")[0] for each in text.splitlines() if not each.startswith("#")} <= {
        name + end for name in FAMILIES for end in ("", "_bucket", "_count", "_sum")
    }


async def test_a_letter_and_what_it_causes_bear_one_request_id_and_the_reference(bench):
    with json_lines() as lines:
        number = await brought(bench, ERASE)
        async with SmtpSink(tls="none") as sink:
            post = Post(SmtpServer(host="127.0.0.1", port=sink.port, user=USER, password=PASSWORD, tls="none"))
            await MailDelivery(bench.desk, post, alone=True).send_next()
            await post.close()
    (case,) = await bench.cases()
    of = {each["logger"]: each for each in lines}
    for logger in ("bot.intake", "bot.delivery"):
        assert of[logger]["request"] == f"imap-{number}"
        assert of[logger]["ticket"] == case.reference


async def test_a_letters_stages_and_calls_are_spans_without_anything_of_it(bench):
    spans = Spans()
    telemetry.trace_by(spans)
    number = await brought(bench, ERASE)
    names = [name for name, _ in spans.made]
    stages = ["inbox item", "mail parse", "mail screen", "mail classify", "mail decision", "database commit"]
    assert list(dict.fromkeys(names[names.index("inbox item") :])) == stages
    assert dict(spans.made)["inbox item"] == {"request": f"imap-{number}"}
    assert not [word for word in PRIVATE if word.lower() in str(spans.made).lower()]


def test_the_fault_of_a_call_is_a_word_and_never_what_the_exception_says():
    spans = Spans()
    telemetry.trace_by(spans)
    with pytest.raises(ValueError), telemetry.outside("accounts", "find"):  # noqa: PT011
        raise ValueError(ROBIN)
    assert spans.made == [("accounts find", {"error.type": "ValueError"})]
    assert telemetry.counts[telemetry.ERRORS] == {("accounts", "find", "ValueError"): 1}


def test_spans_reach_opentelemetry_where_it_is_installed():
    trace = pytest.importorskip("opentelemetry.sdk.trace", reason="the extra otel is not installed")
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter, provider = InMemorySpanExporter(), trace.TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    telemetry.trace_by(provider.get_tracer("test"))
    with telemetry.span("inbox item", request="imap-1"), pytest.raises(OSError), telemetry.outside("smtp", "send"):  # noqa: PT011
        raise OSError(ROBIN)
    inner, outer = exporter.get_finished_spans()
    assert (inner.name, outer.name) == ("smtp send", "inbox item")
    assert inner.parent.span_id == outer.context.span_id
    assert dict(inner.attributes) == {"error.type": "OSError"}
    assert inner.events == ()
    assert inner.status.description is None
