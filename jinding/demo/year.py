"""The whole year: prepares the district, replays it, reads every figure back from the dashboard."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from jinding.demo import (
    errands_year,
    grid_year,
    inspection_year,
    materials_year,
    outreach_year,
    people_year,
    training_year,
)
from jinding.demo.article import ROWS
from jinding.demo.disputes_year import DisputesYear
from jinding.demo.phases import COUNTED, PLANNED, READ_BACK, Phases
from jinding.demo.plan import SEED, District, Sizes, Stage, identity
from jinding.demo.records import records
from jinding.demo.replay import Replay
from jinding.demo.survey_year import SurveyYear

SERVICES = ("grid", "disputes", "inspection", "training")
DISTRICT = Path(__file__).parents[2] / "deploy" / "districts" / "jindong"
CODE = "330703"
FRESH_SECONDS = 120.0
Planner = Callable[[], list[Stage]]
Planned = Awaitable[list[Stage]]


@dataclass(frozen=True)
class Outcome:
    rows: list[dict[str, Any]]
    operations: int
    phases: Phases
    seconds: float

    @property
    def holds(self) -> bool:
        return all(row["equal"] for row in self.rows)

    def as_json(self) -> dict[str, Any]:
        seconds = round(self.seconds, 1)
        per_second = round(self.operations / self.seconds, 1)
        told = {"rows": self.rows, "seconds": seconds, "operations": self.operations}
        phases = [phase.as_json() for phase in self.phases.found]
        client = round(self.phases.client, 1)
        return told | {"per_second": per_second, "phases": phases, "client_seconds": client}


@dataclass
class Year:
    """`plan(service, n)` is told of `n` items more that are to come, `tick(service, n)` of `n` that are done."""

    client: httpx.AsyncClient
    scale: float
    plan: Callable[[str, int], None]
    tick: Callable[[str, int], None]

    async def play(self) -> Outcome:
        areas = json.loads((DISTRICT / "areas.json").read_text())
        organisations = json.loads((DISTRICT / "organisations.json").read_text())
        imports = {service: identity("import", service, self.scale) for service in SERVICES}
        phases = Phases()
        replay = Replay(self.client, imports, self.tick, phases)
        await replay.send("PUT", "/v1/grid/areas/import", {"rows": areas})
        await replay.send("PUT", "/v1/grid/organisations/import", {"rows": organisations})
        district = District.of(areas)
        branches = {"rows": people_year.branches(district)}
        await replay.send("PUT", "/v1/grid/organisations/import", branches)
        operations, made_of = 0, Counter[str]()
        if not await self._completed(replay, imports):
            operations, made_of = await self._replayed(replay, district)
            for service, import_id in imports.items():
                await replay.send("POST", f"/v1/{service}/imports/{import_id}/complete")
        with phases.phase(" ".join(READ_BACK)):
            rows = await self._read_back(replay, made_of)
        phases.client = time.process_time()
        return Outcome(rows, operations, phases, phases.seconds())

    async def _completed(self, replay: Replay, imports: dict[str, UUID]) -> bool:
        """Open each service's import batch; whether all were completed by an earlier run."""
        found = []
        for service, import_id in imports.items():
            body = {"id": str(import_id), "source": f"创始报道演示 founding article, seed {SEED}"}
            answer = await replay.send("POST", f"/v1/{service}/imports", body)
            found.append(answer.json()["completed_at"] is not None)
        return all(found)

    async def _replayed(self, replay: Replay, district: District) -> tuple[int, Counter[str]]:
        """How many operations, and of how many rows the figures of work in the field are made. What comes later is
        planned while what comes first is sent."""
        streams = _planners(Sizes(self.scale), district)
        loop, sent = asyncio.get_running_loop(), list[Stage]()
        with ThreadPoolExecutor(1) as desk:
            planned: list[list[Planned]] = [[] for _ in streams]
            for place in zip_longest(*streams):
                for stream, plan in zip(planned, place, strict=True):
                    if plan:
                        stream.append(loop.run_in_executor(desk, plan))
            async with asyncio.TaskGroup() as group:
                for stream in planned:
                    group.create_task(self._in_order(replay, stream, sent))
        with replay.phases.phase(" ".join(COUNTED)):
            rows = people_year.to_be_counted(district)
            for n in range(0, len(rows), 100):
                await replay.send("PUT", "/v1/grid/duty-weeks", {"rows": rows[n : n + 100]})
        return sum(stage.size for stage in sent), records(sent)

    async def _in_order(self, replay: Replay, stream: Sequence[Planned], sent: list[Stage]) -> None:
        for planned in stream:
            with replay.phases.phase(" ".join(PLANNED)):
                stages = await planned
            for stage in stages:
                self.plan(stage.service, stage.size)
            for stage in stages:
                await replay.run(stage)
            sent += stages

    async def _read_back(self, replay: Replay, made_of: Counter[str]) -> list[dict[str, Any]]:
        """Every row from the dashboard, once all its sections have caught up with the replay."""
        finished = datetime.now(UTC)
        answers: dict[tuple[date, date], dict[str, Any]] = {}
        for period in {row.period for row in ROWS}:
            answers[period] = await _caught_up(replay, period, finished)
        rows = []
        for row in ROWS:
            target, value = row.target(self.scale), row.read(answers[row.period])
            rows.append(
                {
                    "figure": " ".join(row.figure),
                    "actor": " ".join(row.actor),
                    "period": f"{row.period[0]}/{row.period[1]}",
                    "article": target,
                    "relation": row.relation,
                    "jinding": value,
                    "equal": row.holds(value, target),
                    "records": made_of.get(".".join(row.path[2:]).removesuffix(".value")),
                }
            )
        return rows


def _planners(sizes: Sizes, district: District) -> list[list[Planner]]:
    """Streams that go on side by side; within one, each begins when the one before is done. They are planned by
    place: the last stages of the grid know what became of the disputes."""
    disputes, survey = DisputesYear(sizes, district), SurveyYear(sizes, district)

    def last() -> list[Stage]:
        return [grid_year.last_stage(disputes.ends, sizes, district)]

    of_grid: list[Planner] = [
        partial(grid_year.stages, sizes, district),
        partial(outreach_year.stages, sizes, district),
        partial(materials_year.stages, sizes, district, survey.handed_out),
        survey.stages,
        partial(people_year.stages, sizes, district),
        partial(errands_year.stages, sizes, district),
    ]
    return [
        [*of_grid, last],
        [disputes.stages],
        [partial(inspection_year.stages, sizes, district)],
        [partial(training_year.stages, sizes, district)],
        [partial(outreach_year.demolitions, sizes, district)],  # their photos take time
    ]


async def _caught_up(
    replay: Replay, period: tuple[date, date], finished: datetime
) -> dict[str, Any]:
    path = f"/v1/districts/{CODE}/dashboard"
    deadline = time.monotonic() + FRESH_SECONDS
    while True:
        query = {"from": period[0].isoformat(), "to": period[1].isoformat()}
        answer: dict[str, Any] = (await replay.send("GET", path, **query)).json()
        as_of = answer["as_of"]
        if as_of and datetime.fromisoformat(as_of) >= finished:
            return answer
        if time.monotonic() > deadline:
            return answer
        await asyncio.sleep(0.3)
