"""Reports that are told apart, on the topic of sensitive ones, count in every figure, each once."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from services.chassis.eventlog.port import Partition, StoredRecord
from services.gateway.projections.rebuild import RebuildSource, rebuild
from services.gateway.projections.records import read_record
from tests.gateway.projections.histories import History, Moves
from tests.gateway.projections.projecting import APART, EVERYTHING, Known, Projecting, settle

WALK: Moves = [(0, "accept", 1), (1, "accept", 1), (0, "assign", 1), (2, "DUPLICATE", 1)]
WALK = [*WALK, (1, "assign", 2), (0, "start", 2), (1, "start", 1), (0, "resolve", 9)]
TALLIES = "select area_code, metric, day, dimension, n from tally where n <> 0 order by 1, 2, 3, 4"
NUMBERS = (
    "select area_code, metric, day, sum(n)::int from tally group by 1, 2, 3 "
    "having sum(n) <> 0 order by 1, 2, 3"
)
FINDERS = "select distinct dimension from tally where metric = 'reports_filed' order by 1"
TOLD_APART = "select id from card where data ->> 'told_apart' = 'true' order by id"
SENSITIVE = (0, 2)
IDS = [UUID(int=number + 1) for number in SENSITIVE]


@pytest.mark.parametrize("batch", [1, 3, 1000])
async def test_figures_are_the_same_on_whichever_topic_a_report_is_told(
    gateway: Projecting, batch: int
) -> None:
    history = History(WALK, sensitive=SENSITIVE)
    await settle(gateway.runner(), gateway.records(history.facts, IDS), batch)
    assert await gateway.letters() == []
    assert await gateway.wrong(history) == []
    assert await gateway.fetch(TOLD_APART) == [(id_,) for id_ in IDS]
    counted = await gateway.fetch(TALLIES)
    await settle(gateway.runner(), gateway.records(history.facts, IDS), batch)
    assert await gateway.fetch(TALLIES) == counted
    assert await gateway.fetch(FINDERS) == [("OTHER",), ("RED_MEMBER",)]
    numbers = await gateway.fetch(NUMBERS)
    topics = await gateway.fetch("select topic, count(distinct key) from archive group by 1")
    assert sorted(topics) == [("jinding.grid.report.v1", 1), (APART, 2)]
    plain = History(WALK)
    await gateway.fetch("truncate card")
    await gateway.fetch("truncate tally")
    await settle(gateway.runner(), gateway.records(plain.facts), batch)
    assert await gateway.fetch(NUMBERS) == numbers != []
    assert await gateway.fetch(FINDERS) == [("RED_MEMBER",)]


@pytest.mark.parametrize("source", RebuildSource)
async def test_a_rebuild_finds_them_too(gateway: Projecting, source: RebuildSource) -> None:
    history = History(WALK, sensitive=SENSITIVE)
    await settle(gateway.runner(), gateway.records(history.facts, IDS))
    before = await gateway.fetch(EVERYTHING)
    await gateway.fetch("delete from card")
    known: Any = Known(history.snapshots)
    assert await rebuild(gateway.database, known, "grid", source) == []
    assert await gateway.fetch(EVERYTHING) == before != []


def on(record: StoredRecord, topic: str) -> StoredRecord:
    return replace(record, partition=Partition(topic, 0))


async def test_an_event_is_understood_on_its_two_topics_alone(gateway: Projecting) -> None:
    (record,) = gateway.records(History([]).facts[:1])
    for topic in ("jinding.grid.report.v1", APART):
        read = read_record(on(record, topic))
        assert read.fact
        assert read.fact.projection.noun == "report"
    assert "does not belong" in str(read_record(on(record, "jinding.grid.area.v1")).fault)
