"""What an agency reads of the archive: its own and no more, in order, and all of it."""

import json

import pytest

from services.chassis.eventlog.port import partition_of
from services.contracts.codes_grid import Category
from services.contracts.grid import ReportClosed, ReportReported
from services.gateway.agencies import stretches
from services.gateway.agencies.scope import Scope
from tests.gateway.agencies.feeding import (
    FIRE,
    LINGXIA,
    REPORTS,
    WHOLE,
    XIAOSHUN,
    Fed,
    fits,
    histories,
    named,
    told,
)
from tests.gateway.projections.projecting import another_log, trainee

BOMB = "eNrtwTEBAAAAwqD1T20MH6AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


@pytest.mark.parametrize("scope", [FIRE, WHOLE, Scope((REPORTS,), (LINGXIA,))], ids=str)
@pytest.mark.parametrize("limit", [7, 1000])
async def test_an_agency_reads_what_is_granted_and_zero_others(
    fed: Fed, scope: Scope, limit: int
) -> None:
    facts = histories(6)
    fire = await fed.agency("fire-brigade", scope)
    await fed.happen([*facts, trainee(1000)])
    events, _ = await fire.read(limit=limit)
    mine = [fact for fact in facts if fits(fact, scope, facts)]
    assert len(mine) > 0
    assert told(events) == named(mine)
    if scope is FIRE:
        assert {event["data"]["area_code"][:9] for event in events} == {XIAOSHUN}
        assert {e["data"].get("category", Category.FIRE_SAFETY) for e in events} == {"FIRE_SAFETY"}
    versions: dict[str, int] = {}
    for event in events:
        versions[event["subject"]] = versions.get(event["subject"], 0) + 1
        assert event["aggregateversion"] == versions[event["subject"]]


async def test_an_event_is_the_record_in_the_batch_format(fed: Fed) -> None:
    facts = histories(1)
    fire = await fed.agency("fire-brigade", WHOLE)
    [record] = fed.archive.records(facts[:1])
    await fed.archive.runner().settle([record])
    answer = await fire.get()
    assert answer.headers["content-type"] == "application/cloudevents-batch+json"
    [event] = answer.json()
    headers = {name: value.decode() for name, value in record.headers}
    assert event.pop("data") == json.loads(record.value or b"")
    assert event == {
        "specversion": "1.0",
        "id": headers["ce_id"],
        "source": "/jinding/grid",
        "type": facts[0].event.type,
        "subject": str(facts[0].id),
        "time": headers["ce_time"],
        "datacontenttype": "application/json",
        "dataschema": headers["ce_dataschema"],
        "partitionkey": str(facts[0].id),
        "epoch": 1,
        "aggregateversion": 1,
    }
    assert answer.links["next"]["url"].startswith("/v1/events?after=")
    assert (await fed.system.client.get("/v1/events")).status_code == 401


async def test_a_query_narrows_the_grant_and_never_widens_it(fed: Fed) -> None:
    facts = histories(5)
    scope = Scope((REPORTS,), (XIAOSHUN,), (), (ReportReported.type, ReportClosed.type))
    fire = await fed.agency("fire-brigade", scope)
    await fed.happen(facts)
    for query, wanted in (
        ({}, scope),
        ({"area": "330703"}, scope),
        ({"types": ReportClosed.type}, Scope((REPORTS,), (XIAOSHUN,), (), (ReportClosed.type,))),
    ):
        events, _ = await fire.read(**query)
        assert told(events) == named([fact for fact in facts if fits(fact, wanted, facts)])
    outside = (403, "outside_grant", "/query/types")
    assert await fire.refused(types="jinding.grid.report.accepted.v1") == outside
    assert await fire.refused(types="jinding.disputes.case.registered.v1") == outside
    assert await fire.refused(area=LINGXIA) == (403, "outside_grant", "/query/area")


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 1001}, "limit"),
        ({"limit": "all"}, "limit"),
        ({"wait": -1}, "wait"),
        ({"wait": 31}, "wait"),
        ({"area": "33070"}, "area"),
        ({"area": "330703%"}, "area"),
        ({"types": "closed"}, "types"),
        ({"types": ""}, "types"),
        ({"after": ""}, "after"),
        ({"after": "x"}, "after"),
        ({"after": "é\0"}, "after"),
        ({"after": "eJyLjjbUMdQxjAUACdIB8g"}, "after"),
        ({"after": BOMB}, "after"),
        ({"after": "a" * 16_001}, "after"),
        ({"topic": "x"}, "topic"),
    ],
)
async def test_what_is_malformed_is_named(fed: Fed, query: dict[str, str], pointer: str) -> None:
    fire = await fed.agency("fire-brigade", WHOLE)
    status, _, told_pointer = await fire.refused(**query)
    assert (status, told_pointer) == (422, f"/query/{pointer}")


async def test_a_cursor_is_of_one_query_and_of_one_grant(fed: Fed) -> None:
    fire = await fed.agency("fire-brigade", WHOLE)
    await fed.happen(histories(1))
    _, cursor = await fire.read()
    other = (422, "cursor_of_another_query", "/query/after")
    assert await fire.refused(after=cursor, area=XIAOSHUN) == other
    await fed.partners.narrow("fire-brigade", FIRE, "范围调整")
    assert await fire.refused(after=cursor) == (409, "snapshot_needed", "/query/after")
    _, cursor = await fire.read()
    assert (await fire.get(after=cursor)).json() == []


async def test_few_among_many_are_found_page_by_page(
    fed: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stretches, "SCANNED", 3)
    facts = histories(4)
    fire = await fed.agency("fire-brigade", FIRE)
    await fed.happen(facts)
    first = await fire.get()
    assert first.headers["Jinding-Caught-Up"] == "false"
    events, _ = await fire.read(limit=2)
    assert told(events) == named([fact for fact in facts if fits(fact, FIRE, facts)])


async def test_from_latest_on_only_what_is_new_is_read(fed: Fed) -> None:
    facts = histories(2)
    fire = await fed.agency("fire-brigade", WHOLE)
    await fed.happen(facts[:10])
    events, cursor = await fire.read("latest")
    assert events == []
    await fed.happen(facts[10:])
    events, _ = await fire.read(cursor)
    assert told(events) == named(facts[10:])


async def test_a_cursor_outlives_the_log(fed: Fed) -> None:
    facts = histories(3)
    fire = await fed.agency("fire-brigade", WHOLE)
    await fed.happen(facts[:20])
    cursor = (await fire.get(limit=9)).headers["Jinding-Cursor"]
    await another_log(fed.archive, "rebuilt")
    await fed.happen(facts[20:])
    events, behind = await fire.read(cursor, limit=4)
    first, _ = await fire.read(limit=9)
    assert len(events) == len(facts) - 9
    assert told(first) == named(facts)
    assert (await fire.read(behind))[0] == []


async def test_what_is_read_again_comes_again(fed: Fed) -> None:
    """The log had lost its end and got another: `jinding reading resume --from 0`."""
    facts = [fact for fact in histories(20) if partition_of(str(fact.id).encode()) == 3]
    assert len(facts) > 10
    fire = await fed.agency("fire-brigade", WHOLE)
    await fed.happen(facts[:5])
    _, cursor = await fire.read()
    fed.archive.ends.clear()
    await fed.archive.fetch("update consumer_offset set next_offset = 0 returning 1")
    _, between = await fire.read(cursor)
    await fed.happen(facts[5:10])
    for place in (cursor, between):
        again, _ = await fire.read(place, limit=2)
        assert set(told(again)) >= set(named(facts[5:10]))
    assert set(told((await fire.read(limit=3))[0])) == set(named(facts[:10]))


async def test_a_cursor_ahead_of_a_restored_archive_needs_a_snapshot(fed: Fed) -> None:
    fire = await fed.agency("fire-brigade", WHOLE)
    await fed.happen(histories(1))
    _, cursor = await fire.read()
    await fed.archive.fetch("delete from archive_stretch returning 1")
    await fed.archive.fetch(
        "insert into archive_stretch (topic, partition, log_identity, first_offset) "
        "select topic, partition, log_identity, 0 from consumer_offset returning 1"
    )
    assert await fire.refused(after=cursor) == (409, "snapshot_needed", "/query/after")


async def test_unreadable_records_are_passed_over(fed: Fed) -> None:
    facts = histories(1)
    fire = await fed.agency("fire-brigade", WHOLE)
    bad = [
        fed.archive.record(facts[0], key=b"not a uuid"),
        fed.archive.record(facts[0], value=b"{"),
        fed.archive.record(facts[0], value=None),
        fed.archive.record(facts[0], ce_type=b"jinding.grid.report.other.v1"),
    ]
    for record in bad:
        await fed.archive.runner().settle([record])
    last = trainee(7)
    await fed.happen([last])
    assert (await fire.read())[0] == []
