"""One trace from the gateway's request through outbox and log into the figures, as W3C trace context.

Off unless `OTEL_EXPORTER_OTLP_ENDPOINT` is set: then nothing of the SDK is loaded and nothing is measured.
"""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from fastapi.telemetry import TelemetryConfig
from opentelemetry.trace import get_current_span

L = TypeVar("L")
R = TypeVar("R")
Settling = Callable[[Sequence[R]], Coroutine[Any, Any, None]]


class Tracing:
    """Of one application; this one is off. `telemetry` is for FastAPI."""

    telemetry = TelemetryConfig(tracing=False, metrics=False, logs=False, auto_configure=False)

    def publishing(self, log: L) -> L:
        """The event log, each record that it takes being a span of its own trace."""
        return log

    def settling(self, settle: Settling[R]) -> Settling[R]:
        """What settles records, each of them being a span of its own trace."""
        return settle

    async def stop(self) -> None:
        """Send what is left, in bounded time."""


def tracing_of(service: str, endpoint: str | None) -> Tracing:
    """`endpoint`: base address of an OTLP collector (HTTP)."""
    if endpoint is None:
        return Tracing()
    from services.tracing.spans import Spans  # noqa: PLC0415  (7 MB)

    return Spans(service, endpoint)


def traceparent(told: str) -> str:
    """The trace context to pass on: the current span's, or what was told where nothing is traced."""
    here = get_current_span().get_span_context()
    if not here.is_valid:
        return told
    return f"00-{here.trace_id:032x}-{here.span_id:016x}-{here.trace_flags:02x}"
