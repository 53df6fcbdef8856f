"""Spans by OTLP over HTTP. They say which route, status, topic and type; nothing that anybody wrote."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, cast

from fastapi.telemetry import TelemetryConfig
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import Sampler, SamplingResult
from opentelemetry.trace import Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from services.tracing import L, R, Settling, Tracing

PATIENCE_SECONDS = 2
TOLD = {
    "http.request.method",
    "url.scheme",
    "network.protocol.version",
    "messaging.destination.name",
    "cloudevents.event_type",
}
"""What a span may say from its start; FastAPI would tell path and query as well. Route and status come later."""
UNTRACED = "/livez", "/readyz", "/internal/"
CONTEXT = TraceContextTextMapPropagator()


class Record(Protocol):
    """Of the event log."""

    @property
    def partition(self) -> Any: ...
    @property
    def headers(self) -> tuple[tuple[str, bytes], ...]: ...


class Spans(Tracing):
    """Sampled as `OTEL_TRACES_SAMPLER` says; by default all, unless a caller's own trace is not."""

    def __init__(self, service: str, endpoint: str) -> None:
        self.provider = TracerProvider(resource=Resource.create({"service.name": service}))
        self.provider.sampler = Discreet(self.provider.sampler)
        self.provider.add_span_processor(BatchSpanProcessor(exporter(endpoint)))
        self.tracer = self.provider.get_tracer("jinding")
        self.telemetry = TelemetryConfig(
            tracer_provider=self.provider,
            metrics=False,
            logs=False,
            operation_spans=False,
            auto_configure=False,
            exclude=lambda scope: scope["path"].startswith(UNTRACED),
        )

    def publishing(self, log: L) -> L:
        return cast(L, _Publishing(log, self))

    def settling(self, settle: Settling[R]) -> Settling[R]:
        async def settled(records: Sequence[R]) -> None:
            with self.of("settle", SpanKind.CONSUMER, cast(Sequence[Record], records)):
                await settle(records)

        return settled

    @contextmanager
    def of(self, name: str, kind: SpanKind, records: Sequence[Record]) -> Iterator[None]:
        """A span for each record that belongs to a trace."""
        begun = [span for record in records if (span := self._begun(name, kind, record))]
        try:
            yield
        except BaseException as error:
            for span in begun:
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(StatusCode.ERROR)
            raise
        finally:
            for span in begun:
                span.end()

    def _begun(self, name: str, kind: SpanKind, record: Record) -> Span | None:
        headers = dict(record.headers)
        if "ce_traceparent" not in headers:
            return None
        told = {"traceparent": headers["ce_traceparent"].decode("latin-1")}
        topic, type_ = record.partition.topic, headers.get("ce_type", b"").decode("latin-1")
        return self.tracer.start_span(
            f"{name} {topic}",
            CONTEXT.extract(told),
            kind,
            {"messaging.destination.name": topic, "cloudevents.event_type": type_},
        )

    async def stop(self) -> None:
        await asyncio.to_thread(self.provider.shutdown)


class _Publishing:
    """A log, but for `append`."""

    def __init__(self, log: Any, spans: Spans) -> None:
        self._log, self._spans = log, spans

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)

    async def append(self, records: Sequence[Record]) -> None:
        with self._spans.of("publish", SpanKind.PRODUCER, records):
            await self._log.append(records)


class Discreet(Sampler):
    """Samples as `inner` does, and lets through what may be told; a caller's `tracestate` may not."""

    def __init__(self, inner: Sampler) -> None:
        self.inner = inner

    def should_sample(
        self,
        parent_context: Any,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Mapping[str, Any] | None = None,
        links: Any = None,
        trace_state: Any = None,
    ) -> SamplingResult:
        told = {key: value for key, value in (attributes or {}).items() if key in TOLD}
        result = self.inner.should_sample(parent_context, trace_id, name, kind, told, links)
        return SamplingResult(result.decision, told)

    def get_description(self) -> str:
        return f"Discreet({self.inner.get_description()})"


def exporter(endpoint: str) -> SpanExporter:
    return OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces", timeout=PATIENCE_SECONDS)
