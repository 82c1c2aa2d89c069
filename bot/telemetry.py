"""What a process counts and times of itself, and the spans of a trace, with next to no cost where nobody looks.

Like a log it is of use everywhere and asks nothing of whoever uses it. Names and labels are words of the desk, of
the table below; nothing that came from outside is ever one, so that no personal data can get there.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds in seconds of how long a call takes."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Something that this process counts since it started."""

    name: str
    labels: tuple[str, ...]
    about: str


CALLS = Counted(
    "privacy_desk_outside_call_seconds",
    ("system", "operation"),
    "How long each call to IMAP, SMTP, Slack, accounts, webhooks and the database's commit took",
)
ERRORS = Counted(
    "privacy_desk_outside_call_errors_total",
    ("system", "operation", "reason"),
    "Calls that failed, with what became of them or the kind of the fault",
)
READINGS = Counted(
    "privacy_desk_readings_total",
    ("channel", "result"),
    "What was read by the desk: understood, or abstained from so that a person says what it is",
)
CHALLENGES = Counted(
    "privacy_desk_challenges_total",
    ("result",),
    "One-time codes: sent, passed by a right one, failed by a wrong one",
)
FAILURES = Counted("privacy_desk_failures_total", ("service",), "How often a service failed and was started again")


@dataclass(slots=True)
class Distribution:
    """How many calls took how long: a number for each bucket and one beyond the last."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    seconds: float = 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.seconds += seconds


counts: defaultdict[Counted, defaultdict[tuple[str, ...], int]] = defaultdict(lambda: defaultdict(int))
times: defaultdict[tuple[str, ...], Distribution] = defaultdict(Distribution)
_tracer: Any = None
_UNTRACED: AbstractContextManager[Any] = nullcontext()


def count(what: Counted, *labels: str) -> None:
    """One more of it."""
    counts[what][labels] += 1


@dataclass(slots=True)
class Call:
    """A call under way; whoever knows that it failed without an exception says so."""

    fault: str = ""


@contextmanager
def outside(system: str, operation: str) -> Iterator[Call]:
    """Times a call to something outside of this process, counts it where it fails, and makes a span of it."""
    call, began = Call(), perf_counter()
    with span(f"{system} {operation}") as traced:
        try:
            yield call
        except Exception as fault:
            call.fault = type(fault).__name__
            raise
        finally:
            times[system, operation].add(perf_counter() - began)
            if call.fault:
                count(ERRORS, system, operation, call.fault)
                if traced:
                    traced.set_attribute("error.type", call.fault)


def span(name: str, **attributes: str) -> AbstractContextManager[Any]:
    """A stage of the work as a span, where traces are exported; what an exception says stays out of it."""
    if _tracer is None:
        return _UNTRACED
    traced: AbstractContextManager[Any] = _tracer.start_as_current_span(
        name, attributes=attributes, record_exception=False, set_status_on_exception=False
    )
    return traced


def trace_by(tracer: Any) -> None:
    """From now on spans go to this tracer of OpenTelemetry; to none with None."""
    global _tracer
    _tracer = tracer
