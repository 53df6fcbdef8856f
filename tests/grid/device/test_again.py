"""An item sent again, at whatever stage of its life, is answered as `docs/device.md` promises, and is done once."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import uuid4

import pytest

from services.chassis.identity.caller import Caller
from services.contracts import roles
from tests.grid.demolitions.test_router import DEMOLITION
from tests.grid.parked.sending import GRID, LEADER, decide, member, said
from tests.support.grid import REPORT, batch, reported
from tests.support.running import Running

Promise = tuple[str, str | None]
Body = dict[str, Any]


@dataclass
class Sent:
    """An item of one sender, and how it is said: by a clock two hours fast, or at the right time."""

    sender: Caller
    operation: str
    id: str
    body: Body

    async def again(self, grid: Running, time: str, **other: Any) -> dict[str, Any]:
        item = {"operation": self.operation, "id": self.id, "key": "k"}
        told = self.body | {"occurred_at": time} | other
        (result,) = await batch(grid, self.sender, item | {"body": told})
        return dict(result)


async def a_report(_: Running, sender: Caller) -> Sent:
    return Sent(sender, "create_report", str(uuid4()), {**REPORT})


async def a_withdrawal(grid: Running, sender: Caller) -> Sent:
    receipt = await reported(grid, sender)
    return Sent(sender, "cancel_report", receipt["id"], {"reason": "WITHDRAWN"})


async def a_patrol(_: Running, sender: Caller) -> Sent:
    facts = {"area_code": GRID, "participants": [sender.subject]}
    return Sent(sender, "record_patrol", str(uuid4()), facts)


async def a_demolition(_: Running, sender: Caller) -> Sent:
    return Sent(sender, "record_demolition", str(uuid4()), {**DEMOLITION})


Kind = Callable[[Running, Caller], Awaitable[Sent]]
KINDS: list[Kind] = [a_report, a_withdrawal, a_patrol, a_demolition]
PROMISED: dict[str, dict[str, tuple[str, Promise]]] = {
    "NEW": {
        "ahead": ("HELD", ("parked", "in_the_future")),
        "right": ("APPLIED", ("applied", None)),
    },
    "HELD": {
        "ahead": ("HELD", ("parked", "in_the_future")),
        "right": ("APPLIED", ("applied", None)),
        "release": ("RELEASED", ("200", None)),
        "discard": ("DISCARDED", ("200", None)),
    },
    "APPLIED": {
        "ahead": ("APPLIED", ("rejected", "key_reused")),
        "right": ("APPLIED", ("duplicate", None)),
    },
    "RELEASED": {
        "ahead": ("RELEASED", ("duplicate", None)),
        "right": ("RELEASED", ("duplicate", None)),
        "other": ("RELEASED", ("rejected", "key_reused")),
        "release": ("RELEASED", ("409", "already_decided")),
        "discard": ("RELEASED", ("409", "already_decided")),
    },
    "DISCARDED": {
        "ahead": ("DISCARDED", ("rejected", "discarded")),
        "right": ("APPLIED", ("applied", None)),
        "release": ("DISCARDED", ("409", "already_decided")),
    },
}
"""By the stage that an item is at and what is done with it: the stage that follows, and the answer."""
BEFORE = {
    "NEW": (),
    "HELD": ("ahead",),
    "APPLIED": ("right",),
    "RELEASED": ("ahead", "release"),
    "DISCARDED": ("ahead", "discard"),
}
MOVES = [(stage, move) for stage, moves in PROMISED.items() for move in moves]


class Life:
    """One item through its stages; `receipts`: all that were told of it."""

    def __init__(self, grid: Running, sent: Sent) -> None:
        self.grid, self.sent, self.stage = grid, sent, "NEW"
        self.times = {"ahead": said(hours=-2), "right": said(minutes=0)}
        self.parked, self.receipts = "", list[Any]()

    async def move(self, name: str) -> None:
        following, promise = PROMISED[self.stage][name]
        assert await self._answer(name) == promise, (self.stage, name)
        self.stage = following
        assert all(receipt == self.receipts[0] for receipt in self.receipts)

    async def _answer(self, name: str) -> Promise:
        if name in ("release", "discard"):
            answer = await decide(self.grid, LEADER, self.parked, name)
            if (answer.status_code, name) == (200, "release"):
                told = answer.json().items()
                self.receipts.append({name: value for name, value in told if value is not None})
            code = answer.json()["code"] if answer.is_error else None
            return str(answer.status_code), code
        if name == "other":
            right = self.times["right"]
            result = await self.sent.again(self.grid, right, **other(self.sent))
        else:
            result = await self.sent.again(self.grid, self.times[name])
        self.parked = result.get("parked") or self.parked
        self.receipts += [result["receipt"]] if "receipt" in result else []
        return result["outcome"], result.get("code")


def other(sent: Sent) -> Body:
    """Another content of the same kind."""
    fields = {"create_report": "title", "cancel_report": "reason", "record_patrol": "findings"}
    field = fields.get(sent.operation, "place")
    return {field: "OUT_OF_SCOPE" if field == "reason" else "另一回事"}


async def begun(grid: Running, kind: Kind) -> Life:
    return Life(grid, await kind(grid, member(roles.FULL_TIME_GRID_MEMBER)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("stage", "move"), MOVES)
async def test_what_is_done_at_each_stage_is_answered_as_promised(
    grid: Running, kind: Kind, stage: str, move: str
) -> None:
    life = await begun(grid, kind)
    for before in (*BEFORE[stage], move):
        await life.move(before)


@pytest.mark.parametrize("seed", range(12))
async def test_in_whatever_order_it_is_done_once(grid: Running, seed: int) -> None:
    random = Random(seed)
    life = await begun(grid, random.choice(KINDS))
    for _ in range(8):
        await life.move(random.choice([*PROMISED[life.stage]]))
    query = "select count(distinct version) from outbox where aggregate_id = $1"
    (row,) = await grid.fetch(query, life.sent.id)
    is_done = life.stage in ("APPLIED", "RELEASED")
    assert row[0] == is_done + (life.sent.operation == "cancel_report")


async def test_a_device_that_corrects_its_time_as_a_reviewer_releases_is_told_of_one(
    grid: Running,
) -> None:
    for _ in range(6):
        life = await begun(grid, a_report)
        await life.move("ahead")
        told, answer = await asyncio.gather(
            life.sent.again(grid, life.times["right"]), decide(grid, LEADER, life.parked, "release")
        )
        ends = {("applied", 422), ("applied", 409), ("applied", 404), ("duplicate", 200)}
        assert (told["outcome"], answer.status_code) in ends
        again = await life.sent.again(grid, life.times["right"])
        assert (again["outcome"], again["receipt"]) == ("duplicate", told["receipt"])
