"""The whole year: prepares the district, replays it, reads every figure back from the dashboard."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain
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
from jinding.demo.plan import SEED, District, Sizes, Stage, identity
from jinding.demo.records import records
from jinding.demo.replay import Replay
from jinding.demo.survey_year import SurveyYear

SERVICES = ("grid", "disputes", "inspection", "training")
DISTRICT = Path(__file__).parents[2] / "deploy" / "districts" / "jindong"
CODE = "330703"
FRESH_SECONDS = 120.0


@dataclass(frozen=True)
class Outcome:
    rows: list[dict[str, Any]]
    seconds: float
    operations: int

    @property
    def holds(self) -> bool:
        return all(row["equal"] for row in self.rows)

    def as_json(self) -> dict[str, Any]:
        seconds = round(self.seconds, 1)
        per_second = round(self.operations / self.seconds, 1)
        told = {"rows": self.rows, "seconds": seconds, "operations": self.operations}
        return told | {"per_second": per_second}


@dataclass
class Year:
    """`plan(service, n)` is told how many items are to come, `tick(service, n)` how many are done."""

    client: httpx.AsyncClient
    scale: float
    plan: Callable[[str, int], None]
    tick: Callable[[str, int], None]

    async def play(self) -> Outcome:
        areas = json.loads((DISTRICT / "areas.json").read_text())
        organisations = json.loads((DISTRICT / "organisations.json").read_text())
        imports = {service: identity("import", service, self.scale) for service in SERVICES}
        replay = Replay(self.client, imports, self.tick)
        started = time.perf_counter()
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
        rows = await self._read_back(replay, made_of)
        return Outcome(rows, time.perf_counter() - started, operations)

    async def _completed(self, replay: Replay, imports: dict[str, UUID]) -> bool:
        """Open each service's import batch; whether all were completed by an earlier run."""
        found = []
        for service, import_id in imports.items():
            body = {"id": str(import_id), "source": f"创始报道演示 founding article, seed {SEED}"}
            answer = await replay.send("POST", f"/v1/{service}/imports", body)
            found.append(answer.json()["completed_at"] is not None)
        return all(found)

    async def _replayed(self, replay: Replay, district: District) -> tuple[int, Counter[str]]:
        """How many operations, and of how many rows the figures of work in the field are made."""
        sizes = Sizes(self.scale)
        disputes = DisputesYear(sizes, district)
        streams = [
            grid_year.stages(sizes, district),
            disputes.stages(),
            inspection_year.stages(sizes, district),
            training_year.stages(sizes, district),
        ]
        survey = SurveyYear(sizes, district)
        field = [
            *outreach_year.stages(sizes, district),
            *materials_year.stages(sizes, district, survey.handed_out),
            *survey.stages(),
            *people_year.stages(sizes, district),
        ]
        help_ = errands_year.stages(sizes, district)
        streams[0] += [*field, *help_, grid_year.last_stage(disputes.ends, sizes, district)]
        torn_down = outreach_year.demolitions(sizes, district)
        streams.append(torn_down)  # beside the others: their photos take time
        totals = Counter[str]()
        for stage in chain(*streams):
            totals[stage.service] += _size(stage)
        for service, total in totals.items():
            self.plan(service, total)
        async with asyncio.TaskGroup() as group:
            for stream in streams:
                group.create_task(_in_order(replay, stream))
        rows = {"rows": people_year.to_be_counted(district)}
        await replay.send("PUT", "/v1/grid/duty-weeks", rows)
        count = sum(_size(stage) for stream in streams for stage in stream)
        return count, records([*field, *torn_down])

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


def _size(stage: Stage) -> int:
    return sum(len(life) for life in stage.lives)


async def _in_order(replay: Replay, stream: list[Stage]) -> None:
    for stage in stream:
        await replay.run(stage)


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
