"""An agency reads how its own notices fared."""

from pathlib import Path
from typing import Any

import pytest

from services.gateway.agencies.push import Pushes
from tests.gateway.agencies.feeding import WHOLE, Fed, feeding
from tests.support.auditing import audit_of
from tests.support.postgres import FreshDatabases

MADE = """
    insert into agency_delivery (agency, notice, attempt, at, status, fault, ms)
    select $1, 'msg_' || n, 1, now(), case when n % 2 = 0 then 204 end,
        case when n % 2 = 1 then 'timed_out' end, n
    from generate_series(1, $2) n returning id"""


@pytest.fixture
async def fire(fresh_database: FreshDatabases, tmp_path: Path) -> Any:
    async with feeding(fresh_database, tmp_path, run_upkeep=False) as fed:
        yield await fed.agency("fire", WHOLE)


async def read(fed: Fed, **parameters: Any) -> dict[str, Any]:
    answer = await fed.get("/deliveries", **parameters)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_without_a_push_there_is_nothing_to_tell(fire: Fed) -> None:
    assert await read(fire) == {"items": [], "next": None, "push": None}


async def test_the_newest_come_first_and_pages_hold_each_once(fire: Fed) -> None:
    await Pushes(audit_of(fire.archive.database), "tester").to("fire", "https://fire.example/news")
    await fire.archive.fetch(MADE, "fire", 7)
    first = await fire.get("/deliveries", limit=3)
    found = first.json()
    assert found["push"]["url"] == "https://fire.example/news"
    assert (found["push"]["state"], found["push"]["attempts"]) == ("on", 0)
    assert "secret" not in {*found["push"], *found["items"][0]}
    seen = [item["notice"] for item in found["items"]]
    assert first.links["next"]["url"].endswith(f"after={found['next']}")
    while found["next"]:
        found = await read(fire, limit=3, after=found["next"])
        seen += [item["notice"] for item in found["items"]]
    assert seen == [f"msg_{n}" for n in range(7, 0, -1)]
    assert {item["fault"] for item in found["items"]} == {"timed_out"}
    assert {item["status"] for item in found["items"]} == {None}


async def test_an_agency_reads_its_own_alone(fire: Fed) -> None:
    land = await fire.agency("land", WHOLE)
    await Pushes(audit_of(fire.archive.database), "tester").to("fire", "https://fire.example/news")
    await fire.archive.fetch(MADE, "fire", 3)
    assert await read(land) == {"items": [], "next": None, "push": None}
    [newest] = await fire.archive.fetch("select max(id) from agency_delivery")
    assert (await read(land, after=str(newest[0] + 1)))["items"] == []
    assert len((await read(fire))["items"]) == 3


async def test_what_is_not_allowed_is_refused(fire: Fed) -> None:
    assert await fire.refused("/deliveries", limit=0) == (422, "invalid_request", "/query/limit")
    assert await fire.refused("/deliveries", limit=201) == (422, "invalid_request", "/query/limit")
    assert await fire.refused("/deliveries", after="x") == (422, "invalid_request", "/query/after")
    wrong = await fire.refused("/deliveries", agency="land")
    assert wrong == (422, "unknown_parameter", "/query/agency")
    await fire.partners.revoke("fire", "终止")
    assert (await fire.refused("/deliveries"))[0] == 401


async def test_who_is_no_agency_is_refused(fire: Fed) -> None:
    fire.key = await fire.system.token("district_operator")
    assert await fire.refused("/deliveries") == (403, "permission_missing", "")
    assert (await fire.system.client.get("/v1/events/deliveries")).status_code == 401
