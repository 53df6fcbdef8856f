"""The founding article's year, played by real processes: as it is, under kills, and over Kafka."""

import json
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from jinding.demo.year import CODE
from jinding.demo.year import SERVICES as RECORDS
from jinding.processes import SERVICES
from tests.proof.personal import invented, leaks
from tests.proof.played import SCALE, Played, playing
from tests.proof.recount import PERIODS, recounted, told
from tests.support.kafka.fixtures import start_broker
from tests.support.running import eventually

pytestmark = pytest.mark.proof
OPERATIONS = 376_428 * SCALE
TALLIES = "select area_code, metric, day, dimension, n from tally where n <> 0 order by 1, 2, 3, 4"


async def holds(played: Played) -> None:
    """Every row holds; every figure is a recount, townships add up; a rebuild changes nothing."""
    outcome = await played.finished()
    assert [row for row in outcome["rows"] if not row["equal"]] == []
    print(f"\n{outcome['operations']} operations in {outcome['seconds']} s")
    await figures_are_recounts(played)
    verified = played.jinding("verify")
    assert verified.returncode == 0, verified.stdout
    before = await played.fetch("gateway", TALLIES)
    for source in ("snapshots", "archive"):
        rebuilt = played.jinding("rebuild", "--from", source)
        assert rebuilt.returncode == 0, rebuilt.stdout + rebuilt.stderr
        assert "corrected" not in rebuilt.stdout, rebuilt.stdout
        assert await played.fetch("gateway", TALLIES) == before
    assert len(before) > 1000


async def figures_are_recounts(played: Played) -> None:
    townships = await played.fetch(
        "grid", "select distinct area_code from area where length(area_code) = 9 order by 1"
    )
    grids = await played.fetch(
        "grid", "select distinct area_code from area where length(area_code) = 15 order by 1"
    )
    areas = [CODE, *(row[0] for row in townships), *(row[0] for row in grids[::20])]
    reader = await played.token("district_operator")
    for first, last in PERIODS:
        shown: dict[str, dict[str, int]] = {}
        for area in areas:
            answer = await played.dashboard(reader, area, **{"from": first, "to": last})
            assert answer["complete"], answer
            shown[area] = told(answer["sections"])
            counted = await recounted(played.fetch, area, first, last)
            assert {name: shown[area].get(name, 0) for name in counted} == counted, area
            assert {name for name in shown[area] if "_by_" not in name} <= counted.keys()
        for name, total in shown[CODE].items():
            parts = round(sum(shown[row[0]].get(name, 0) for row in townships), 2)
            assert total == parts or name == "people_trained", name
            assert total <= parts


@asynccontextmanager
async def stopped(played: Played, services: list[str]) -> AsyncIterator[None]:
    """The services hang: they keep their connections and answer nothing."""
    pids = [pid for service in services if (pid := played.pid(service))]
    assert len(pids) == len(services)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


async def statuses(played: Played, reader: dict[str, str]) -> dict[str, tuple[str, str | None]]:
    started = time.monotonic()
    answer = await played.dashboard(reader, CODE, **{"from": "2017-01-01", "to": "2017-12-31"})
    assert time.monotonic() - started < 2
    sections: dict[str, Any] = answer["sections"]
    assert all(section["as_of"] and section["figures"] for section in sections.values())
    return {name: (section["status"], section["reason"]) for name, section in sections.items()}


async def a_section_turns_stale_with_its_service(
    played: Played, reader: dict[str, str], hung: list[str]
) -> None:
    async def stale() -> bool:
        told = await statuses(played, reader)
        expected = {name: told[name] == ("stale", "service_unreachable") for name in hung}
        others = {name: told[name][0] == "fresh" for name in told.keys() - set(hung)}
        return all((expected | others).values())

    async with stopped(played, hung):
        await eventually(stale, 60)


async def test_the_year_is_told_as_it_was(tmp_path: Path) -> None:
    async with playing(tmp_path) as played:
        await holds(played)
        assert await leaks(played, await invented(played)) == {}
        public = await leaks(played, {"金东区"})  # so the search does find what is there
        assert public.keys() >= {"grid.outbox", "log", "gateway.archive", "gateway.card"}
        reader = await played.token("district_operator")
        await a_section_turns_stale_with_its_service(played, reader, ["inspection"])
        await a_section_turns_stale_with_its_service(played, reader, list(RECORDS))

        async def fresh() -> bool:
            return {told for told, _ in (await statuses(played, reader)).values()} == {"fresh"}

        await eventually(fresh, 60)
        processes = played.processes()
        assert len(processes) == len(SERVICES)
        played.stop()
        assert played.processes() == []
        assert not list(played.data.glob("**/postmaster.pid"))


async def test_a_second_run_leaves_the_table_as_it_is(tmp_path: Path) -> None:
    async with playing(tmp_path, SCALE="0.02") as played:
        first = await played.finished()
        played.stop()
        played.result.unlink()
        again = {"KEEP": "0", "DATA_FOLDER": str(tmp_path / "data")}
        done = played.jinding_with(again, "demo")
        assert done.returncode == 0, done.stdout + done.stderr
        second = json.loads(played.result.read_text())
        sent = {"records": None}  # by this run
        assert second["rows"] == [row | sent for row in first["rows"]]
        assert second["operations"] == 0


async def test_the_year_survives_the_kill_of_every_service_twice(tmp_path: Path) -> None:
    victims = [*SERVICES, *SERVICES]
    async with playing(tmp_path) as played:
        killed = []
        for number, victim in enumerate(victims):
            threshold = OPERATIONS * (number + 0.5) / (len(victims) + 1)

            async def due(threshold: float = threshold) -> bool:
                assert played.process.poll() is None, (tmp_path / "out").read_text()[-2000:]
                return await played.written() >= threshold

            async def serves(victim: str = victim) -> bool:
                return played.pid(victim) is not None

            await eventually(due, 300)
            await eventually(serves, 30)
            assert not played.result.exists()
            pid = played.pid(victim)
            assert pid
            os.kill(pid, signal.SIGKILL)
            killed.append((victim, pid))
        await holds(played)
        assert len(set(killed)) == len(victims)


@pytest.mark.kafka
async def test_the_year_goes_over_kafka(tmp_path: Path) -> None:
    broker = start_broker(tmp_path / "kafka")
    try:
        settings = {"EVENT_LOG": "kafka", "KAFKA_BOOTSTRAP": broker.bootstrap}
        async with playing(tmp_path, **settings) as played:
            await holds(played)
    finally:
        broker.stop()
