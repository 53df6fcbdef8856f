"""P2: batches of 500, half of them new reports, half steps on existing ones, against pgbench."""

import json
from collections.abc import Sequence
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from tests.bench.baselines.pgbench import transactions
from tests.bench.bench import Bench
from tests.bench.district import GRIDS, OPERATOR, REPORT, complete, imported
from tests.bench.figures import Row, ratios
from tests.bench.load import Plan, Refused, request
from tests.bench.place import Place

CLIENTS, ITEMS, BATCHES = 2, 500, 16
PATH = "/v1/grid/batch"


class Device:
    """Sends what it did offline: reports, and the acceptance of those it sent with the batch before."""

    def __init__(self) -> None:
        self.keys, self.open = count(), list[UUID]()
        self.name = uuid7().hex

    def batch(self, creations: int) -> str:
        new = [uuid7() for _ in range(creations)]
        items = [self._creation(number, id_) for number, id_ in enumerate(new)]
        items += [self._acceptance(id_) for id_ in self.open]
        self.open = new
        return json.dumps({"items": items}, ensure_ascii=False)

    def _creation(self, number: int, id_: UUID) -> dict[str, object]:
        body = self._report(GRIDS[number % len(GRIDS)])
        key = f"{self.name}-{next(self.keys)}"
        return {"operation": "create_report", "id": str(id_), "key": key, "body": body}

    def _report(self, grid: str) -> dict[str, Any]:
        return REPORT | {"area_code": grid}

    def _acceptance(self, id_: UUID) -> dict[str, object]:
        key = f"{self.name}-{next(self.keys)}"
        return {"operation": "accept_report", "id": str(id_), "key": key}


class CompleteDevice(Device):
    """Its reports tell all that they may."""

    def _report(self, grid: str) -> dict[str, Any]:
        return complete(grid, str(uuid7()), str(uuid7()))


async def measure(bench: Bench) -> list[Row]:
    async with bench.fresh() as place:
        return await _measured(bench, place)


async def _measured(bench: Bench, place: Place) -> list[Row]:
    grid = place.service("grid")
    plain, whole = [[kind() for _ in range(CLIENTS)] for kind in (Device, CompleteDevice)]

    async def batches(devices: Sequence[Device], each: int, creations: int = ITEMS // 2) -> float:
        headers = place.internal(OPERATOR)
        streams = [
            [request("POST", PATH, headers, device.batch(creations)) for _ in range(each)]
            for device in devices
        ]
        return (await bench.loaded("grid", Plan(grid.port, streams, once=True))).rate * ITEMS

    async with place.running([grid]):
        await imported(place)
        await batches(plain, 1)
        await batches(whole, 1)
        found = await bench.interleaved(
            "P2",
            {
                "grid": partial(batches, plain, BATCHES),
                "complete": partial(batches, whole, BATCHES),
                "pgbench": partial(transactions, place, round(bench.seconds)),
            },
        )
        await all_applied(place, [*plain, *whole])
    told = f"{bench.middle(found)}; of 500 items {bench.costing('grid')}"
    return [
        Row(
            f"P2 batch items{what} ÷ pgbench", ratios(found[name], found["pgbench"]), 1.0, told=told
        )
        for name, what in (("grid", ""), ("complete", ", complete reports"))
    ]


async def all_applied(place: Place, devices: Sequence[Device]) -> None:
    """A batch answers 200 whatever became of its items."""
    for device in devices:
        query = "select count(*) from answer where key like $1"
        (row,) = await place.fetch("grid", query, f"{device.name}-%")
        if row[0] != next(device.keys):
            raise Refused(f"only {row[0]} items of a device were applied")
