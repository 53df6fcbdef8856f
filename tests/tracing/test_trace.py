"""One request is one trace, through gateway, service, log and figures, and says nothing of anybody."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from services.chassis.eventlog.kafka import KafkaLog
from services.chassis.eventlog.kafka.reader import KafkaReader
from services.contracts.topics import TOPICS
from services.tracing import spans
from tests.support.grid import AREAS, REPORT, REPORTS
from tests.support.postgres import FreshDatabases
from tests.support.running import eventually
from tests.support.stack import Stack, stack
from tests.support.waiting import until

TRACE, PARENT = uuid4().hex, "b7ad6b7169203331"
TOLD = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
PERSONAL = ("13812345678", "张三丰", "zhangsan")
TOPIC = "jinding.grid.report.v1"
SETTLED = """
    select headers->>'ce_traceparent' as trace from archive
    where headers->>'ce_traceparent' like '00-' || $1 || '-%'"""

Settings = dict[str, Any]
Connected = Callable[[], bool]
Sent = Callable[[], list[ReadableSpan]]
Starting = Callable[[], AbstractAsyncContextManager[Stack]]


@pytest.fixture
def settings() -> Settings:
    """Of every process; the other fixtures add to them."""
    return {}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Sent:
    """Tracing is on; the spans that were sent."""
    memory = InMemorySpanExporter()
    monkeypatch.setattr(spans, "exporter", lambda endpoint: memory)
    settings["otel_exporter_otlp_endpoint"] = "http://127.0.0.1:9"
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
    return lambda: list(memory.get_finished_spans())


@pytest.fixture
def starting(fresh_database: FreshDatabases, tmp_path: Path, settings: Settings) -> Starting:
    return lambda: stack(fresh_database, tmp_path, ["grid"], settings)


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
async def connected(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> Connected:
    """Of either log: whether all its readers are. aiokafka leaves a connection open if it is stopped before."""
    if request.param == "embedded":
        return lambda: True
    bootstrap = request.getfixturevalue("kafka_bootstrap")
    settings |= {"event_log": "kafka", "kafka_bootstrap": bootstrap}
    kafka = KafkaLog(bootstrap)
    await kafka.create_topics(TOPICS)
    await kafka.stop()
    readers: list[KafkaReader] = []

    def opened(log: KafkaLog) -> KafkaReader:
        readers.append(reader := reader_of(log))
        return reader

    reader_of = KafkaLog.reader
    monkeypatch.setattr(KafkaLog, "reader", opened)
    return lambda: bool(readers) and all(reader._consumer for reader in readers)


async def district(system: Stack) -> str:
    token = await system.token("district_operator", "data_importer")
    answer = await system.call(token, "PUT", "/v1/grid/areas/import", {"rows": AREAS})
    assert answer.status_code == 200, answer.text
    return token


async def report(system: Stack, token: str, headers: dict[str, str]) -> None:
    answer = await system.call(token, "POST", REPORTS, REPORT, headers)
    assert answer.status_code == 201, answer.text


def of_trace(sent: Sequence[ReadableSpan], trace: str = TRACE) -> dict[str, ReadableSpan]:
    """By who sent it and what it is called."""
    return {
        f"{span.resource.attributes['service.name']!s}: {span.name}": span
        for span in sent
        if span.context and f"{span.context.trace_id:032x}" == trace
    }


def ids(span: ReadableSpan) -> tuple[str, str]:
    """Its parent's and its own."""
    assert span.context
    assert span.parent
    return f"{span.parent.span_id:016x}", f"{span.context.span_id:016x}"


async def test_one_trace_leads_from_the_gateway_into_the_figures(
    connected: Connected, sent: Sent, starting: Starting
) -> None:
    async with starting() as system:
        await report(system, await district(system), TOLD)
        await until(lambda: len(of_trace(sent())) >= 5, 30)
        trace = of_trace(sent())
        gateway, service = "gateway: POST /v1/{service}/{rest}", f"grid: POST {REPORTS}"
        publish, settle = f"grid: publish {TOPIC}", f"gateway: settle {TOPIC}"
        assert set(trace) == {gateway, service, publish, settle, f"grid: settle {TOPIC}"}
        at_gateway, at_service = ids(trace[gateway]), ids(trace[service])
        assert at_gateway[0] == PARENT
        assert at_service[0] == at_gateway[1]
        assert ids(trace[publish])[0] == ids(trace[settle])[0] == at_service[1]
        kept = await system.fetch("gateway", SETTLED, TRACE)
        assert [row["trace"] for row in kept] == [f"00-{TRACE}-{at_service[1]}-01"]
        told = dict(trace[settle].attributes or {})
        assert told["cloudevents.event_type"] == "jinding.grid.report.reported.v1"
        await until(connected)


async def test_spans_say_nothing_that_anybody_wrote(sent: Sent, starting: Starting) -> None:
    phone, name, login = PERSONAL
    async with starting() as system:
        token = await district(system)
        said = {"title": name, "description": f"{name} {phone}"}
        more = {"tracestate": f"a={login}", "baggage": f"b={login}", "User-Agent": login}
        answer = await system.call(token, "POST", REPORTS, REPORT | said, TOLD | more)
        assert answer.status_code == 201, answer.text
        for path in (f"{REPORTS}/{phone}", f"/{phone}", f"/v1/districts/{phone}/dashboard"):
            answer = await system.call(token, "GET", path, None, TOLD | more, q=name)
            assert answer.status_code in {404, 422}
        await until(lambda: f"gateway: settle {TOPIC}" in of_trace(sent()), 30)
    told = "".join(span.to_json() + str(span.context) for span in sent())
    assert "/v1/grid/reports" in told
    assert [text for text in PERSONAL if text in told] == []
    asked = {key for span in sent() for key in span.attributes or {}}
    assert asked <= spans.TOLD | {"http.route", "http.response.status_code", "error.type"}


async def test_probes_and_the_gateways_own_questions_are_no_traces(
    sent: Sent, starting: Starting
) -> None:
    async with starting() as system:
        token = await district(system)
        assert (await system.client.get("/readyz")).status_code == 200
        await report(system, token, TOLD)
        await until(lambda: f"gateway: settle {TOPIC}" in of_trace(sent()), 30)
    assert [span.name for span in sent() if "internal" in span.name or "readyz" in span.name] == []


async def test_what_its_caller_does_not_sample_is_passed_on_and_not_sent(
    sent: Sent, starting: Starting
) -> None:
    async with starting() as system:
        await report(system, await district(system), {"traceparent": f"00-{TRACE}-{PARENT}-00"})

        async def settled() -> bool:
            return bool(await system.fetch("gateway", SETTLED, TRACE))

        await eventually(settled, 30)
        [row] = await system.fetch("gateway", SETTLED, TRACE)
        assert row["trace"].startswith(f"00-{TRACE}-")
        assert row["trace"].endswith("-00")
    assert of_trace(sent()) == {}


async def test_untraced_the_callers_context_arrives_as_it_was(
    connected: Connected, starting: Starting
) -> None:
    async with starting() as system:
        enabled = [app._native_telemetry.enabled() for app in system.apps.values()]
        assert enabled == [False, False]
        trace = uuid4().hex
        told = f"00-{trace}-{PARENT}-01"
        await report(system, await district(system), {"traceparent": told})

        async def settled() -> list[Any]:
            return await system.fetch("gateway", SETTLED, trace)

        await eventually(settled, 30)
        assert [row["trace"] for row in await settled()] == [told]
        await until(connected)
