from datetime import datetime
from typing import Any

import pytest

from services.chassis.deadlines.calendar import local_day
from services.chassis.identity.caller import Caller
from services.contracts import roles
from tests.disputes.calls import GROUP_MEMBER, GROUPS, MEMBERS, ago, attempt, created, refusal
from tests.support.people import DISTRICT, OTHER_TOWNSHIP, TOWNSHIP
from tests.support.running import Running

GROUP: dict[str, Any] = {
    "area_code": "330703105",
    "members": MEMBERS,
    "projects": ["金义东轨道交通"],
}


async def test_a_group_is_formed_changed_and_dissolved(disputes: Running) -> None:
    formed, changed = ago(days=20), ago(days=9)
    receipt = await created(disputes, DISTRICT, GROUPS, GROUP | {"occurred_at": formed})
    newcomer = {"agency": "JUSTICE", "name": "孙司法"}
    body = {"members": [MEMBERS[0], newcomer], "occurred_at": changed}
    path = f"{GROUPS}/{{}}/members"
    answer = await attempt(disputes, DISTRICT, path, receipt, method="PUT", **body)
    shown = (await disputes.call(GROUP_MEMBER, "GET", f"{GROUPS}/{receipt['id']}")).json()
    belonged = [(m["name"], m["since"], m["until"]) for m in shown["members"]]
    assert belonged == [
        ("王法官", day(formed), None),
        ("赵警官", day(formed), day(changed)),
        ("孙司法", day(changed), None),
    ]
    assert [(p["name"], p["until"]) for p in shown["projects"]] == [
        ("金义东轨道交通", day(changed))
    ]
    answer = await attempt(disputes, DISTRICT, f"{GROUPS}/{{}}/dissolve", answer.json())
    assert answer.json()["status"] == "DISSOLVED"
    answer = await attempt(disputes, DISTRICT, path, answer.json(), method="PUT", members=MEMBERS)
    assert refusal(answer) == (409, "group_dissolved")
    assert await disputes.events() == [
        ("disputes.service_group.formed.v1", 1),
        ("disputes.service_group.members_changed.v1", 2),
        ("disputes.service_group.dissolved.v1", 3),
    ]


async def test_a_township_has_one_active_group(disputes: Running) -> None:
    receipt = await created(disputes, TOWNSHIP, GROUPS, GROUP)
    answer = await disputes.call(TOWNSHIP, "POST", GROUPS, GROUP)
    assert refusal(answer) == (409, "township_has_group")
    await attempt(disputes, TOWNSHIP, f"{GROUPS}/{{}}/dissolve", receipt)
    await created(disputes, TOWNSHIP, GROUPS, GROUP)


async def test_of_two_groups_formed_in_one_batch_the_database_keeps_the_first(
    disputes: Running,
) -> None:
    items = [{"operation": "form_service_group", "key": key, "body": GROUP} for key in ("a", "b")]
    answer = await disputes.call(TOWNSHIP, "POST", "/v1/disputes/batch", {"items": items})
    results = [(result["outcome"], result.get("code")) for result in answer.json()["results"]]
    assert results == [("applied", None), ("conflict", "township_has_group")]


async def test_a_group_needs_two_agencies(disputes: Running) -> None:
    members = [MEMBERS[0], MEMBERS[0] | {"name": "李法官"}]
    answer = await disputes.call(TOWNSHIP, "POST", GROUPS, GROUP | {"members": members})
    assert refusal(answer) == (422, "too_few_agencies")


async def test_no_event_names_a_member(disputes: Running) -> None:
    await created(disputes, TOWNSHIP, GROUPS, GROUP)
    ((body,),) = await disputes.fetch("select convert_from(body, 'utf8') from outbox")
    assert '"agencies":["COURT","POLICE"]' in body
    assert "王" not in body


async def test_another_township_does_not_see_the_group(disputes: Running) -> None:
    receipt = await created(disputes, TOWNSHIP, GROUPS, GROUP)
    answer = await disputes.call(OTHER_TOWNSHIP, "GET", f"{GROUPS}/{receipt['id']}")
    assert refusal(answer) == (404, "not_found")
    assert (await disputes.call(OTHER_TOWNSHIP, "GET", GROUPS)).json()["items"] == []
    assert len((await disputes.call(TOWNSHIP, "GET", GROUPS)).json()["items"]) == 1


async def test_no_group_ends_before_it_was_formed_nor_begins_before_the_last_one_ended(
    disputes: Running,
) -> None:
    receipt = await created(disputes, TOWNSHIP, GROUPS, GROUP | {"occurred_at": ago(days=20)})
    path = f"{GROUPS}/{{}}/dissolve"
    answer = await attempt(disputes, TOWNSHIP, path, receipt, occurred_at=ago(days=21))
    assert refusal(answer) == (422, "earlier_than_the_last_step")
    answer = await attempt(disputes, TOWNSHIP, path, receipt, occurred_at=ago(days=10))
    assert answer.json()["status"] == "DISSOLVED"
    body = GROUP | {"occurred_at": ago(days=15)}
    assert refusal(await disputes.call(TOWNSHIP, "POST", GROUPS, body)) == (
        409,
        "township_has_group",
    )
    await created(disputes, TOWNSHIP, GROUPS, GROUP | {"occurred_at": ago(days=10)})


@pytest.mark.parametrize("role", [roles.MEDIATOR, roles.TOWNSHIP_OPERATOR])
async def test_without_areas_nobody_sees_or_dissolves_a_group(disputes: Running, role: str) -> None:
    receipt = await created(disputes, TOWNSHIP, GROUPS, GROUP)
    nobody = Caller(subject="m", roles=frozenset({role}))
    assert (await disputes.call(nobody, "GET", GROUPS)).json()["items"] == []
    answer = await disputes.call(nobody, "GET", f"{GROUPS}/{receipt['id']}")
    assert refusal(answer) == (404, "not_found")
    answer = await attempt(disputes, nobody, f"{GROUPS}/{{}}/dissolve", receipt)
    assert answer.status_code in {403, 404}


def day(instant: str) -> str:
    return local_day(datetime.fromisoformat(instant)).isoformat()
