"""OpenTelemetry's exporter, where the extra `otel` is installed and OTEL_EXPORTER_OTLP_ENDPOINT says where to.

The variables are OpenTelemetry's own (https://opentelemetry.io/docs/specs/otel/protocol/exporter/), read by
its SDK from the environment of the process.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

from bot import telemetry

log = logging.getLogger(__name__)

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
_LAST_SPANS = 1000  # milliseconds that a stop gives a collector that is slow


@contextmanager
def exporting() -> Iterator[None]:
    """Exports spans while the block runs; does nothing where nobody has said where to."""
    if not os.environ.get(ENDPOINT):
        yield
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ModuleNotFoundError as fault:
        log.warning("%s is set, and no traces leave: %s; install the extra otel", ENDPOINT, fault.name)
        yield
        return
    resource = Resource.create({SERVICE_NAME: os.environ.get("OTEL_SERVICE_NAME", "privacy-desk")})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    telemetry.trace_by(provider.get_tracer("privacy_desk"))
    try:
        yield
    finally:
        telemetry.trace_by(None)
        provider.force_flush(_LAST_SPANS)
