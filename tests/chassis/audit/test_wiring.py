"""What a service tells its audit of itself, and what an auditor finds there."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import Response

from services.chassis.identity.caller import Caller
from services.contracts import roles
from tests.chassis.test_deadletters import letter, settle
from tests.support.grid import AREAS, REPORTS, acceptance, batch, reported
from tests.support.people import DISTRICT, OPERATOR, OTHER_TOWNSHIP, RED_MEMBER, TOWNSHIP, caller
from tests.support.running import Running

__all__ = ["letter"]
AUDITOR = caller(roles.AUDITOR)
TOWN_AUDITOR = caller(roles.AUDITOR, "330703105", subject="town-auditor")
AUDIT = "/v1/grid/audit"


async def told(service: Running, *columns: str) -> list[tuple[Any, ...]]:
    """Of every row but those of the service's beginning, which puts its areas."""
    await service.runtime.audit.flush()
    rows = await service.fetch("select * from audit where action <> 'CONFIGURED' order by seq")
    return [tuple(row[name] for name in columns) for row in rows]


async def looked(grid: Running, who: Caller = AUDITOR, **asked: Any) -> Response:
    await grid.runtime.audit.flush()
    return await grid.call(who, "GET", AUDIT, **asked)


async def test_who_lacks_the_role_is_told(grid: Running) -> None:
    report = await reported(grid)
    path = f"{REPORTS}/{report['id']}/accept"
    answer = await grid.call(RED_MEMBER, "POST", path, {}, {"If-Match": '"1"'})
    assert answer.status_code == 403
    assert await told(grid, "subject", "action", "noun", "object_id", "fields", "outcome") == [
        (
            *(RED_MEMBER.subject, "REFUSED", "report", UUID(report["id"])),
            *(["report.accept"], "permission_missing"),
        )
    ]


async def test_who_reaches_beyond_the_own_area_is_told(grid: Running) -> None:
    body = {"rows": [AREAS[1] | {"name": "新镇"}]}
    other = caller(roles.DISTRICT_OPERATOR, "330704", subject="other-district")
    assert (await grid.call(other, "PUT", "/v1/grid/areas/import", body)).status_code == 403
    assert await told(grid, "subject", "outcome") == [("other-district", "outside_scope")]


async def test_an_item_of_a_batch_is_refused_like_a_request(grid: Running) -> None:
    report = await reported(grid)
    await batch(grid, RED_MEMBER, acceptance("k", report["id"]))
    told_of = await told(grid, "subject", "action", "object_id", "fields")
    assert told_of == [(RED_MEMBER.subject, "REFUSED", UUID(report["id"]), ["report.accept"])]


async def test_a_row_of_a_table_is_told_when_it_is_put_and_only_then(grid: Running) -> None:
    every = "select subject, noun from audit where action = 'CONFIGURED' order by seq"
    before = [tuple(row) for row in await grid.fetch(every)]
    assert before == [(DISTRICT.subject, noun) for noun in ["area"] * 5 + ["organisation"] * 4]
    rows = [AREAS[0], AREAS[1] | {"name": "新镇"}]
    await grid.call(OPERATOR, "PUT", "/v1/grid/areas/import", {"rows": rows})
    answer = await grid.call(DISTRICT, "PUT", "/v1/grid/areas/import", {"rows": rows})
    assert answer.json() == {"created": 0, "changed": 1, "unchanged": 1}
    assert len(await grid.fetch(every)) == len(before) + 1


@pytest.mark.parametrize(("how", "done"), [("retry", "retried"), ("discard", "discarded")])
async def test_who_settles_a_dead_letter_is_told(
    grid: Running, letter: UUID, how: str, done: str
) -> None:
    assert await settle(grid, letter, how) == 200
    assert await told(grid, "subject", "action", "object_id", "outcome") == [
        (OPERATOR.subject, "DEADLETTER", letter, done)
    ]


async def test_who_has_events_published_again_is_told(grid: Running) -> None:
    await reported(grid)
    await grid.fetch("update outbox set parked = 'too large' where topic like '%report.v1'")
    ((id_,),) = await grid.fetch("select id from outbox where parked is not null")
    await grid.call(OPERATOR, "POST", f"/v1/grid/parked-events/{id_}/release")
    await grid.fetch("delete from unpublished")
    times = {"since": "2020-01-01T00:00:00Z", "until": "2199-12-31T00:00:00Z"}
    body = {"topic": "jinding.grid.report.v1", **times}
    await grid.call(OPERATOR, "POST", "/v1/grid/replays", body)
    assert await told(grid, "action", "noun", "outcome") == [
        ("DEADLETTER", "parked_event", f"released {id_}"),
        ("DEADLETTER", "replay", "replayed"),
    ]


async def test_an_auditor_finds_what_is_asked_for_and_is_told_himself(grid: Running) -> None:
    for who in (RED_MEMBER, TOWNSHIP, RED_MEMBER):
        await grid.call(who, "GET", "/v1/grid/dead-letters")
    answer = await looked(grid, subject=RED_MEMBER.subject, action="REFUSED")
    found = answer.json()
    assert [line["subject"] for line in found["items"]] == [RED_MEMBER.subject] * 2
    assert found["items"][0]["seq"] > found["items"][1]["seq"]
    assert found["next"] is None
    searched = (await looked(grid, action="SEARCHED")).json()["items"]
    assert [(line["subject"], line["fields"]) for line in searched] == [
        (AUDITOR.subject, ["subject", "action"])
    ]


async def test_pages_follow_each_other(grid: Running) -> None:
    for _ in range(5):
        await grid.call(RED_MEMBER, "GET", "/v1/grid/dead-letters")
    seen: list[int] = []
    after: dict[str, Any] = {}
    while True:
        answer = await looked(grid, limit="2", action="REFUSED", **after)
        seen += [line["seq"] for line in answer.json()["items"]]
        if not (following := answer.json()["next"]):
            break
        assert f"after={following}" in answer.headers["link"]
        after = {"after": following}
    assert (len(seen), seen) == (5, sorted(set(seen), reverse=True))


async def test_filters_by_time_and_object(grid: Running) -> None:
    await grid.call(RED_MEMBER, "GET", "/v1/grid/dead-letters")
    object_id = str(uuid4())
    await grid.call(RED_MEMBER, "POST", f"/v1/grid/dead-letters/{object_id}/retry")
    assert len((await looked(grid, object_id=object_id)).json()["items"]) == 1
    assert len((await looked(grid, noun="deadletter")).json()["items"]) == 2
    assert (await looked(grid, until="2020-01-01T00:00:00Z")).json()["items"] == []
    assert (await looked(grid, since="2199-01-01T00:00:00Z")).json()["items"] == []


async def test_an_auditor_of_a_township_finds_what_was_done_there(grid: Running) -> None:
    for who in (TOWNSHIP, OTHER_TOWNSHIP, DISTRICT, Caller("nowhere")):
        await grid.call(who, "GET", "/v1/grid/dead-letters")
    everybody = {TOWNSHIP.subject, OTHER_TOWNSHIP.subject, DISTRICT.subject, "nowhere"}
    for who, seen in ((TOWN_AUDITOR, {TOWNSHIP.subject}), (AUDITOR, everybody)):
        lines = (await looked(grid, who, action="REFUSED")).json()["items"]
        assert {line["subject"] for line in lines} == seen


@pytest.mark.parametrize("who", [TOWNSHIP, DISTRICT, OPERATOR])
async def test_nobody_else_reads_the_audit(grid: Running, who: Caller) -> None:
    assert (await looked(grid, who)).status_code == 403


@pytest.mark.parametrize(
    "asked", [{"action": "x"}, {"noun": "A"}, {"after": "-1"}, {"since": "gestern"}, {"name": "x"}]
)
async def test_what_is_no_filter_is_refused(grid: Running, asked: dict[str, Any]) -> None:
    assert (await looked(grid, **asked)).status_code == 422
