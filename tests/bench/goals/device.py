"""Sync of a field device: 500 operations of all its kinds, against the plain batches of P2."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from uuid import UUID

from uuid_utils.compat import uuid7

from tests.bench.bench import Bench
from tests.bench.district import GRIDS, OPERATOR, imported
from tests.bench.figures import Row, ratios
from tests.bench.goals.batch import CLIENTS, ITEMS, PATH, Device, all_applied
from tests.bench.load import Plan, request, sent
from tests.bench.place import Place

BATCHES = 8
REPORTS, ACCEPTED, PATROLS = 150, 100, 75
BUILDING = {"place": "示范路段", "structure": "FRAME", "owner_type": "INDIVIDUAL", "mode": "SELF"}
WALKER = {"name": "朱示范", "phone": "15400000001"}
Item = dict[str, object]


class FieldDevice(Device):
    """Reports; of those of the batch before, some accepted and some returned; those returned before that, reported
    again; patrols and demolitions."""

    returned: Sequence[UUID] = ()

    def __init__(self) -> None:
        super().__init__()
        self.minutes = count()

    def enrolment(self) -> str:
        """Those who walk: a member for each of a batch's patrols."""
        begun = (datetime.now(UTC) - timedelta(days=5)).isoformat()
        usual = {"identity": WALKER, "kind": "RED", "occurred_at": begun}
        items = [
            self._item(
                "register_member", uuid7(), **usual, area_code=grid, account=account, grids=[grid]
            )
            for grid, account in self._walkers()
        ]
        return json.dumps({"items": items}, ensure_ascii=False)

    def _walkers(self) -> Iterator[tuple[str, str]]:
        """Of each patrol of a batch its grid, and who walks."""
        for number in range(PATROLS):
            yield GRIDS[number % len(GRIDS)], f"{self.name}-walker-{number}"

    def batch(self, creations: int = REPORTS) -> str:
        new = [uuid7() for _ in range(creations)]
        accepted, returned = self.open[:ACCEPTED], self.open[ACCEPTED:]
        items = [
            *(self._creation(number, id_) for number, id_ in enumerate(new)),
            *(self._acceptance(id_) for id_ in accepted),
            *(self._item("return_report", id_, reason="地点不清") for id_ in returned),
            *(self._item("resubmit_report", id_, description="村口") for id_ in self.returned),
            *self._walks(),
        ]
        self.open, self.returned = new, returned
        return json.dumps({"items": items}, ensure_ascii=False)

    def _walks(self) -> Iterator[Item]:
        start = datetime.now(UTC) - timedelta(hours=70) + timedelta(minutes=next(self.minutes))
        begun, ended = start.isoformat(), (start + timedelta(seconds=50)).isoformat()
        for grid, walker in self._walkers():
            place = {"area_code": grid}
            walk = place | {"occurred_at": begun, "ended_at": ended, "participants": [walker]}
            yield self._item("record_patrol", uuid7(), **walk)
            yield self._item("record_demolition", uuid7(), **place, **BUILDING, area_m2="86.50")

    def _item(self, operation: str, id_: UUID, **body: object) -> Item:
        key = f"{self.name}-{next(self.keys)}"
        return {"operation": operation, "id": str(id_), "key": key, "body": body}


async def measure(bench: Bench) -> list[Row]:
    async with bench.fresh() as place:
        return await _measured(bench, place)


async def _measured(bench: Bench, place: Place) -> list[Row]:
    grid = place.service("grid")
    plain = [Device() for _ in range(CLIENTS)]
    mixed = [FieldDevice() for _ in range(CLIENTS)]

    async def batches(devices: Sequence[Device], creations: int, each: int = BATCHES) -> float:
        headers = place.internal(OPERATOR)
        streams = [
            [request("POST", PATH, headers, device.batch(creations)) for _ in range(each)]
            for device in devices
        ]
        return (await bench.loaded("grid", Plan(grid.port, streams, once=True))).rate * ITEMS

    async with place.running([grid]):
        await imported(place)
        for device in mixed:
            enrolled = request("POST", PATH, place.internal(OPERATOR), device.enrolment())
            await sent(Plan(grid.port, [[enrolled]], once=True), 200)
        await batches(plain, ITEMS // 2, 1)
        await batches(mixed, REPORTS, 2)
        measures = {
            "device": partial(batches, mixed, REPORTS),
            "P2": partial(batches, plain, ITEMS // 2),
        }
        found = await bench.interleaved("device", measures)
        await all_applied(place, [*plain, *mixed])
    told = f"{bench.middle(found)}; of 500 items {bench.costing('grid')}"
    return [
        Row("Device's batch ÷ P2's batch", ratios(found["device"], found["P2"]), 0.7, told=told)
    ]
