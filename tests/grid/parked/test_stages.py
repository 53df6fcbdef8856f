"""A parked item at every stage: what a reviewer may do with it."""

from itertools import product
from typing import Any

import pytest

from tests.grid.parked.sending import LEADER, PARKED, ahead, decide, member, said
from tests.support.grid import batch, creation, refusal
from tests.support.running import Running

STAGES = ("held", "waiting", "released", "discarded", "done")
Told = tuple[Any, ...]
DECIDED: Told = (409, "already_decided")
GONE: Told = (404, "not_found")
EXPECTED: dict[str, dict[str, Told]] = {
    "held": {"release": (200,), "discard": (200,)},
    "waiting": {"release": (409, "nothing_held"), "discard": (200,)},
    "released": {"release": DECIDED, "discard": DECIDED},
    "discarded": {"release": DECIDED, "discard": DECIDED},
    "done": {"release": GONE, "discard": GONE},
}


async def brought_to(grid: Running, stage: str) -> str:
    """Its id among what is parked."""
    sender = member()
    wrong = creation("k", area_code="330703105999")
    (result,) = await batch(grid, sender, wrong if stage == "waiting" else ahead("k"))
    if stage in ("released", "discarded"):
        how = stage.removesuffix("d") if stage == "released" else "discard"
        assert (await decide(grid, LEADER, result["parked"], how)).status_code == 200
    if stage == "done":
        (done,) = await batch(grid, sender, creation("k", occurred_at=said(hours=1)))
        assert done["outcome"] == "applied"
    return str(result["parked"])


@pytest.mark.parametrize(("stage", "how"), list(product(STAGES, ("release", "discard"))))
async def test_a_reviewer_decides_once_on_what_is_open(grid: Running, stage: str, how: str) -> None:
    id_ = await brought_to(grid, stage)
    before = await grid.call(LEADER, "GET", f"{PARKED}/{id_}")
    answer = await decide(grid, LEADER, id_, how)
    told = (200,) if answer.status_code == 200 else refusal(answer)
    assert told == EXPECTED[stage][how]
    if told != (200,):
        after = await grid.call(LEADER, "GET", f"{PARKED}/{id_}")
        assert after.json().get("decision") == before.json().get("decision")
    else:
        assert refusal(await decide(grid, LEADER, id_, how)) == DECIDED
