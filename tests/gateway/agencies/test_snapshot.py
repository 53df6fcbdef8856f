"""Snapshot and feed together are complete."""

import random
from typing import Any

import pytest

from services.contracts.grid import ReportReported, ReportSnapshot
from services.contracts.registry import by_type
from services.gateway.agencies.scope import Scope
from services.gateway.projections import grid
from tests.gateway.agencies.feeding import (
    FIRE,
    LINGXIA,
    REPORTS,
    WHOLE,
    XIAOSHUN,
    Event,
    Fed,
    fits,
    histories,
)

Replica = dict[str, tuple[int, int, Any]]


def apply(replica: Replica, event: Event) -> None:
    """As an agency would: drop what is not newer, and be sure that nothing is missing."""
    epoch, version, known = replica.get(event["subject"], (1, 0, None))
    if (event["epoch"], event["aggregateversion"]) <= (epoch, version):
        return
    read = by_type()[event["type"]].model_validate(event["data"])
    if not isinstance(read, ReportSnapshot):
        assert event["aggregateversion"] == version + 1, "something is missing"
    after = grid.apply(known, read)  # type: ignore[arg-type]
    replica[event["subject"]] = (event["epoch"], event["aggregateversion"], after)


@pytest.mark.parametrize("scope", [FIRE, WHOLE], ids=str)
@pytest.mark.parametrize("seed", range(3))
async def test_a_replica_of_snapshot_and_feed_is_what_a_new_snapshot_says(
    fed: Fed, scope: Scope, seed: int
) -> None:
    chance = random.Random(seed)
    facts = histories(8, seed)
    fire = await fed.agency("fire-brigade", scope)
    cut = sorted(chance.sample(range(len(facts)), 4))
    await fed.happen(facts[: cut[0]])
    _, cursor = await fire.read("latest")
    replica: Replica = {}
    left = facts[cut[0] :]
    asked: dict[str, Any] = {"type": ReportSnapshot.type, "limit": 3}
    while True:  # while the pages are read, more happens
        answer = await fire.get("/snapshot", **asked)
        for event in answer.json():
            apply(replica, event)
        happened, left = left[:5], left[5:]
        await fed.happen(happened)
        if "next" not in answer.links:
            break
        asked["after"] = answer.json()[-1]["subject"]
    while left:
        size = chance.randint(1, 40)
        happened, left = left[:size], left[size:]
        await fed.happen(happened)
        events, cursor = await fire.read(cursor, limit=chance.choice((1, 5, 100)))
        for event in chance.choice(([], events)) + events:  # delivered again
            apply(replica, event)
    events, _ = await fire.read(cursor)
    for event in events:
        apply(replica, event)
    fresh: Replica = {}
    for event in await fire.snapshot():
        apply(fresh, event)
    assert replica == fresh
    assert replica.keys() == {str(f.id) for f in facts if fits(f, scope, facts)}


async def test_a_page_says_where_the_next_begins_and_the_last_does_not(fed: Fed) -> None:
    fire = await fed.agency("fire-brigade", WHOLE)
    await fed.happen([fact for fact in histories(3) if fact.version == 1])
    for limit, pages in ((1000, 1), (4, 3), (1, 10)):
        events = await fire.snapshot(limit=limit)
        assert [event["subject"] for event in events] == sorted({e["subject"] for e in events})
        assert len(events) == 9
        assert pages == 9 // limit + 1
    for area, wanted in ((XIAOSHUN, XIAOSHUN), (LINGXIA, LINGXIA), ("330703", "330703")):
        areas = {event["data"]["area_code"] for event in await fire.snapshot(area=area)}
        assert areas
        assert all(code.startswith(wanted) for code in areas)


async def test_a_snapshot_tells_more_than_some_of_the_types(fed: Fed) -> None:
    fire = await fed.agency("fire-brigade", Scope((REPORTS,), types=(ReportReported.type,)))
    land = await fed.agency("land", Scope((REPORTS,), (XIAOSHUN,), types=(ReportSnapshot.type,)))
    asked = {"type": ReportSnapshot.type}
    assert await fire.refused("/snapshot", **asked) == (403, "outside_grant", "/query/type")
    assert (await land.get("/snapshot", **asked)).status_code == 200
    outside = (403, "outside_grant", "/query/area")
    assert await land.refused("/snapshot", **asked, area=LINGXIA) == outside


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"type": None}, "type"),
        ({"type": "x"}, "type"),
        ({"type": ReportReported.type}, "type"),
        ({"after": "x"}, "after"),
        ({"limit": 1001}, "limit"),
        ({"area": "x"}, "area"),
        ({"wait": 1}, "wait"),
    ],
)
async def test_what_is_malformed_is_named(fed: Fed, query: dict[str, Any], pointer: str) -> None:
    fire = await fed.agency("fire-brigade", WHOLE)
    asked = {name: x for name, x in ({"type": ReportSnapshot.type} | query).items() if x}
    status, _, blamed = await fire.refused("/snapshot", **asked)
    assert (status, blamed) == (422, f"/query/{pointer}")
