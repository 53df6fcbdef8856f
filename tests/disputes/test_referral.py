"""Report → case → end of the case → report resolved: both services on one log, in one process."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import pytest

from services.chassis.eventlog.port import Partition, Record, partition_of
from services.chassis.identity.caller import job
from services.chassis.operation import Item
from services.contracts.codes_grid import Finder
from services.contracts.disputes import CaseFact, case_id_of
from services.contracts.grid import ReportAccepted, ReportFact
from services.disputes.cases.operations import register_referred_case
from services.disputes.cases.schemas import ReferralIn
from services.disputes.main import create_app as create_disputes
from services.grid.main import create_app as create_grid
from tests.disputes.calls import CASES, MEDIATOR, PARTIES, attempt, case_step, refusal
from tests.support.grid import AREAS
from tests.support.people import DISTRICT, OPERATOR, TOWNSHIP
from tests.support.postgres import FreshDatabases
from tests.support.running import REPLAY, Running, eventually, fresh_log, running

REPORTS = "/v1/grid/reports"
LETTERS = "/v1/disputes/dead-letters"
REPORT = {
    "area_code": "330703105291001",
    "category": "DISPUTE",
    "title": "排水沟纠纷",
    "finder": "RED_MEMBER",
}
WAITS = "waits behind an earlier dead letter of its aggregate"


class Pair(NamedTuple):
    grid: Running
    disputes: Running


@pytest.fixture
async def pair(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[Pair]:
    work: dict[str, Any] = {
        "log_url": await fresh_log(fresh_database),
        "run_relay": True,
        "run_consumers": True,
    }
    async with (
        running("grid", create_grid, fresh_database, tmp_path, **work) as grid,
        running("disputes", create_disputes, fresh_database, tmp_path, **work) as disputes,
    ):
        await grid.call(DISTRICT, "PUT", "/v1/grid/areas/import", {"rows": AREAS})
        yield Pair(grid, disputes)


async def reported(pair: Pair, **facts: Any) -> dict[str, Any]:
    answer = await pair.grid.call(TOWNSHIP, "POST", REPORTS, REPORT | facts)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def report_step(
    pair: Pair, receipt: dict[str, Any], name: str, **body: Any
) -> dict[str, Any]:
    path = f"{REPORTS}/{{}}/{name}"
    answer = await attempt(pair.grid, TOWNSHIP, path, receipt, **body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def accepted(pair: Pair, **facts: Any) -> dict[str, Any]:
    return await report_step(pair, await reported(pair, **facts), "accept")


async def shown(service: Running, path: str) -> dict[str, Any]:
    """The record at `path` as soon as it exists."""

    async def found() -> Any:
        answer = await service.call(DISTRICT, "GET", path)
        return answer.json() if answer.status_code == 200 else None

    return dict(await eventually(found))


async def case_of(pair: Pair, report: dict[str, Any], status: str | None = None) -> dict[str, Any]:
    """The report's case, as soon as it is there (in `status`)."""
    path = f"{CASES}/{case_id_of(UUID(report['id']))}"

    async def found() -> Any:
        case = await shown(pair.disputes, path)
        return case if status in {None, case["status"]} else None

    return dict(await eventually(found))


async def all_read(pair: Pair) -> None:
    """Wait until every outbox is published and both services have read the log to its end."""
    told = [(pair.disputes, topic) for topic in ReportFact.topics()]
    for service, followed in ((pair.grid, CaseFact.topic), *told):

        async def at_the_end(service: Running = service, topic: str = followed) -> bool:
            for publisher in pair:
                if await publisher.fetch("select from unpublished"):
                    return False
            ends = await service.runtime.log.ends([topic])
            places = "select topic, partition, next_offset from consumer_offset where topic = $1"
            rows = await service.fetch(places, topic)
            return bool(ends == {Partition(row[0], row[1]): row[2] for row in rows})

        await eventually(at_the_end)


async def letters(pair: Pair) -> list[tuple[str, str]]:
    rows = await pair.disputes.fetch(
        "select headers->>'ce_type', reason from dead_letter order by 1"
    )
    return [(row[0].removeprefix("jinding.grid.report."), row[1]) for row in rows]


async def close_the_case(pair: Pair, case: dict[str, Any]) -> None:
    receipt = await case_step(pair.disputes, case, "parties", parties=PARTIES)
    receipt = await case_step(pair.disputes, receipt, "accept")
    receipt = await case_step(pair.disputes, receipt, "start", mediator="mediator-1")
    agreement: dict[str, Any] = {"form": "ORAL", "terms": "各让一步"}
    receipt = await case_step(pair.disputes, receipt, "agreement", MEDIATOR, **agreement)
    receipt = await case_step(pair.disputes, receipt, "perform")
    await case_step(pair.disputes, receipt, "close")


async def test_a_dispute_report_becomes_one_case_whose_end_resolves_it(pair: Pair) -> None:
    report = await accepted(pair)
    other = await accepted(pair, category="ENVIRONMENT")
    case = await case_of(pair, report)
    before = await shown(pair.grid, f"{REPORTS}/{report['id']}")
    assert case["report_id"] == report["id"]
    assert case["correlation_id"] == before["correlation_id"]
    assert case["id"] == before["case_id"]
    assert (case["finder"], case["source"]) == (before["finder"], "GRID_REPORT")
    assert case["registered_at"] == before["accepted_at"]
    assert (case["status"], case["parties"], case["registrar"]) == (
        "REGISTERED",
        [],
        "svc:disputes",
    )
    answer = await attempt(pair.disputes, TOWNSHIP, f"{CASES}/{{}}/accept", case)
    assert refusal(answer) == (409, "too_few_parties")
    await close_the_case(pair, case)
    await all_read(pair)
    resolved = await shown(pair.grid, f"{REPORTS}/{report['id']}")
    assert (resolved["status"], resolved["handlers"]) == ("RESOLVED", ["svc:disputes"])
    unlike = await shown(pair.grid, f"{REPORTS}/{other['id']}")
    assert (unlike["status"], unlike["case_id"]) == ("ACCEPTED", None)
    assert len(await pair.disputes.fetch("select id from dispute_case")) == 1
    receipt = await report_step(pair, resolved, "verify")
    assert (await report_step(pair, receipt, "close"))["status"] == "CLOSED"


async def test_an_anonymous_dispute_becomes_a_case_too(pair: Pair) -> None:
    """Its events are on the topic of sensitive reports."""
    report = await accepted(pair, anonymous=True)
    await close_the_case(pair, await case_of(pair, report))
    await all_read(pair)
    assert (await shown(pair.grid, f"{REPORTS}/{report['id']}"))["status"] == "RESOLVED"


async def test_events_told_again_change_nothing(pair: Pair) -> None:
    await close_the_case(pair, await case_of(pair, await accepted(pair)))
    withdrawn = await accepted(pair)
    await case_of(pair, withdrawn)
    await report_step(pair, withdrawn, "cancel", reason="INVALID")
    await case_of(pair, withdrawn, "TERMINATED")
    await all_read(pair)
    before = await everything(pair)
    ends = await pair.grid.runtime.log.ends([CaseFact.topic, ReportFact.topic])
    for service in pair:
        await service.fetch(REPLAY)
    await all_read(pair)
    again = await pair.grid.runtime.log.ends([CaseFact.topic, ReportFact.topic])
    assert sum(again.values()) == 2 * sum(ends.values())
    assert await everything(pair) == before
    for service in pair:
        await service.fetch("delete from answer")  # as after their retention
        await service.fetch(REPLAY)
    await all_read(pair)
    assert await everything(pair) == before


async def everything(pair: Pair) -> list[Any]:
    """Rows, events and dead letters of both."""
    return [
        await pair.disputes.fetch("select * from dispute_case order by id"),
        await pair.grid.fetch("select * from report order by id"),
        [await service.events() for service in pair],
        [await service.fetch("select reason from dead_letter") for service in pair],
    ]


async def test_a_cancelled_report_terminates_its_case_for_a_person_to_close(pair: Pair) -> None:
    report = await accepted(pair)
    case = await case_of(pair, report)
    await case_step(pair.disputes, case, "parties", parties=PARTIES)
    first = (await reported(pair))["id"]
    await report_step(pair, report, "cancel", reason="DUPLICATE", duplicate_of=first)
    case = await case_of(pair, report, "TERMINATED")
    assert (case["ground"], case["allowed_actions"]) == ("REPORT_CANCELLED", ["close_case"])
    told = "select reason from dispute_case union all select convert_from(body, 'utf8')::jsonb->>'reason'"
    told += " from outbox where headers->>'ce_type' like '%case.terminated%'"
    assert [row[0] for row in await pair.disputes.fetch(told)] == ["DUPLICATE", "DUPLICATE"]
    answer = await attempt(pair.disputes, TOWNSHIP, f"{CASES}/{{}}/close", case)
    assert refusal(answer) == (409, "routes_not_told")
    await case_step(pair.disputes, case, "close", routes=["LITIGATION"])
    await all_read(pair)
    assert (await shown(pair.grid, f"{REPORTS}/{report['id']}"))["status"] == "CANCELLED"
    assert await pair.grid.fetch("select from dead_letter") == []


async def test_a_case_that_is_not_of_the_report_does_not_pass_for_its_own(pair: Pair) -> None:
    """No client can make it any more; were it there, a person would be told."""
    report = await reported(pair)
    squatter = uuid4()
    body = ReferralIn(
        area_code=REPORT["area_code"],
        report_id=squatter,
        correlation_id=squatter,
        finder=Finder.OTHER,
    )
    item = Item(register_referred_case, case_id_of(UUID(report["id"])), body, "squatter")
    await pair.disputes.runtime.unit.run([item], job("disputes"))
    await report_step(pair, await report_step(pair, report, "accept"), "cancel", reason="INVALID")
    await all_read(pair)
    refused = "The case with this id did not come from this report."
    assert await letters(pair) == [
        ("accepted.v1", f"register_referred_case refused: case_is_not_of_the_report: {refused}"),
        ("cancelled.v1", WAITS),
    ]
    rows = await pair.disputes.fetch("select report_id, status from dispute_case")
    assert [tuple(row) for row in rows] == [(squatter, "REGISTERED")]


async def test_a_report_cancelled_before_it_was_accepted_concerns_nobody(pair: Pair) -> None:
    await report_step(pair, await reported(pair), "cancel", reason="INVALID")
    await all_read(pair)
    assert await pair.disputes.fetch("select from dispute_case") == []
    assert await letters(pair) == []


async def test_a_poison_record_stops_only_its_own_aggregate(pair: Pair) -> None:
    """Behind the poison of one report its acceptance waits; an operator discards and retries."""
    report = await reported(pair)
    await all_read(pair)
    await pair.grid.runtime.log.append([poison(report["id"])])
    report = await report_step(pair, report, "accept")
    await case_of(pair, await accepted(pair))
    await all_read(pair)
    assert sorted(reason.split(": ")[0] for _, reason in await letters(pair)) == [
        "ReportAccepted",
        WAITS,
    ]
    bad, waiting = (await pair.disputes.call(OPERATOR, "GET", LETTERS)).json()["items"]
    assert waiting["reason"] == WAITS
    answer = await pair.disputes.call(OPERATOR, "POST", f"{LETTERS}/{waiting['id']}/retry")
    assert refusal(answer) == (409, "retry_refused")
    answer = await pair.disputes.call(OPERATOR, "POST", f"{LETTERS}/{bad['id']}/discard")
    assert [item["id"] for item in answer.json()["items"]] == [waiting["id"]]
    answer = await pair.disputes.call(OPERATOR, "POST", f"{LETTERS}/{waiting['id']}/retry")
    assert answer.json() == {"items": []}
    assert (await case_of(pair, report))["status"] == "REGISTERED"


def poison(report_id: str) -> Record:
    headers = {"ce_type": ReportAccepted.type, "ce_id": str(uuid4()), "ce_subject": report_id}
    key = report_id.encode()
    return Record(
        Partition(ReportFact.topic, partition_of(key)),
        key,
        tuple((name, value.encode()) for name, value in headers.items()),
        b'{"area_code": "3307',
    )


async def test_what_waited_is_retried_in_order_once_the_program_can_read_it(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans = dict(pair.disputes.runtime.subscriber.subscriptions)

    def broken(*_: Any) -> None:
        raise ValueError("cannot read this yet")

    monkeypatch.setattr(
        pair.disputes.runtime.subscriber, "subscriptions", plans | {ReportAccepted: broken}
    )
    report = await report_step(pair, await accepted(pair), "cancel", reason="INVALID")
    await all_read(pair)
    assert await letters(pair) == [
        ("accepted.v1", "ValueError: cannot read this yet"),
        ("cancelled.v1", WAITS),
    ]
    monkeypatch.setattr(pair.disputes.runtime.subscriber, "subscriptions", plans)
    first = (await pair.disputes.call(OPERATOR, "GET", LETTERS)).json()["items"][0]
    answer = await pair.disputes.call(OPERATOR, "POST", f"{LETTERS}/{first['id']}/retry")
    assert answer.json() == {"items": []}
    case = await case_of(pair, report)
    assert (case["status"], case["version"]) == ("TERMINATED", 2)


async def test_records_without_an_event_id_or_an_aggregate_are_put_aside(pair: Pair) -> None:
    report = await reported(pair)
    good = poison(report["id"])
    (body,) = await pair.grid.fetch(
        "select body from outbox where aggregate_id = $1", UUID(report["id"])
    )
    nameless = Record(good.partition, good.key, good.headers[:1], body["body"])
    await pair.grid.runtime.log.append([nameless])
    await case_of(pair, await accepted(pair))
    await all_read(pair)
    assert len(await letters(pair)) == 1
