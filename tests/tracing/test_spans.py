"""Spans leave by OTLP; where nobody takes them nothing waits for that."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from services.chassis.eventlog.port import Partition, Record
from services.tracing import Tracing, spans, tracing_of

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def record(*headers: tuple[str, bytes]) -> Record:
    return Record(Partition("t", 0), b"k", headers, b"{}")


TRACED = record(("ce_traceparent", TRACE.encode()), ("ce_type", b"t.done.v1"))


@dataclass
class Log:
    fails: bool = False

    async def append(self, records: Any) -> None:
        if self.fails:
            raise TimeoutError("张三")

    async def ends(self) -> str:
        return "ends"


async def test_spans_are_sent_when_the_application_stops() -> None:
    received: list[ExportTraceServiceRequest] = []

    async def take(request: web.Request) -> web.Response:
        body = await request.read()
        received.append(ExportTraceServiceRequest.FromString(body))
        return web.Response()

    app = web.Application()
    app.router.add_post("/v1/traces", take)
    async with TestServer(app) as server:
        tracing = tracing_of("grid", f"http://127.0.0.1:{server.port}/")
        log = tracing.publishing(Log())
        await log.append([TRACED, record(), record(("ce_traceparent", b"\xff"))])
        assert await log.ends() == "ends"
        await tracing.stop()
    sent = [
        span for r in received for s in r.resource_spans for o in s.scope_spans for span in o.spans
    ]
    traced = [span for span in sent if span.trace_id.hex() == TRACE[3:35]]
    assert [(span.name, span.parent_span_id.hex()) for span in traced] == [
        ("publish t", TRACE[36:52])
    ]


async def test_a_failure_is_told_by_its_kind_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = InMemorySpanExporter()
    monkeypatch.setattr(spans, "exporter", lambda endpoint: memory)
    tracing = tracing_of("grid", "http://127.0.0.1:9")
    with pytest.raises(TimeoutError):
        await tracing.publishing(Log(fails=True)).append([TRACED])
    await tracing.stop()
    [span] = memory.get_finished_spans()
    assert (span.attributes or {})["error.type"] == "TimeoutError"
    assert "张三" not in span.to_json()


async def test_a_collector_that_is_away_or_hangs_delays_no_stop() -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    for endpoint in ("http://127.0.0.1:9", f"http://127.0.0.1:{port}"):
        tracing = tracing_of("grid", endpoint)
        await tracing.publishing(Log()).append([TRACED])
        began = time.monotonic()
        await tracing.stop()
        assert time.monotonic() - began < 4
    server.close()


async def test_without_a_collector_nothing_is_wrapped() -> None:
    tracing, log = tracing_of("grid", None), Log()
    assert type(tracing) is Tracing
    assert tracing.publishing(log) is log
    assert tracing.settling(log.append) == log.append
    await tracing.stop()
