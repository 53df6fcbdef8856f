"""Tasks over HTTP: issued, done, judged; and each refusal."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response

from services.chassis.deadlines.sweeper import Sweeper
from services.chassis.identity.caller import Caller
from services.contracts import roles
from tests.grid.field import GRID, MATE, MEMBER, OTHER_TOWN, TOWN, listed, made, post, seen, step
from tests.grid.field import stepped as moved
from tests.grid.people import ELSEWHERE, VILLAGE
from tests.support.grid import refusal
from tests.support.people import DISTRICT, OTHER_TOWNSHIP, TOWNSHIP, caller
from tests.support.running import Running

NAMES = {"name": "消防安全检查", "name_en": "Fire safety checks"}
FORM = [{"code": "found", "label": "发现隐患数", "kind": "NUMBER"}]
HERE = {"kind": "GRID", "area_code": GRID}


def soon(days: float = 7) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


async def admitted(grid: Running, code: str, **facts: Any) -> dict[str, Any]:
    body = {"area_code": "330703", "code": code, "valid_from": "2026-01-01", **NAMES} | facts
    return await made(grid, DISTRICT, "admission-items", **body)


async def code_of(grid: Running) -> str:
    """A matter that is on the list, of this test alone."""
    code = f"M-{uuid4().hex[:12].upper()}"
    await admitted(grid, code)
    return code


def order(code: str, **facts: Any) -> dict[str, Any]:
    usual = {"area_code": TOWN, "admission_item": code, "title": "检查出租房", "due_at": soon()}
    return usual | {"targets": [HERE], "form": FORM} | facts


async def issued(grid: Running, who: Caller = TOWNSHIP, **facts: Any) -> dict[str, Any]:
    code = facts.pop("code", None) or await code_of(grid)
    return await made(grid, who, "task-orders", **order(code, **facts))


async def items(grid: Running, receipt: dict[str, Any], who: Caller = DISTRICT) -> list[Any]:
    return await listed(grid, "task-items", who, order=receipt["id"], limit=200)


async def only_item(grid: Running, **facts: Any) -> dict[str, Any]:
    (item,) = await items(grid, await issued(grid, **facts))
    return dict(item)


async def done(grid: Running, item: dict[str, Any], *names: str) -> dict[str, Any]:
    said: dict[str, dict[str, Any]] = {
        "submit": {"answers": {"found": 2}},
        "reject": {"opinion": "请补充"},
    }
    by = {"accept": TOWNSHIP, "reject": TOWNSHIP}
    for name in names:
        who = by.get(name, MEMBER)
        item = await moved(grid, who, "task-items", item, name, **said.get(name, {}))
    return item


async def attempt(
    grid: Running, item: dict[str, Any], name: str, who: Caller = MEMBER, **body: Any
) -> Response:
    return await step(grid, who, "task-items", item, name, **body)


async def test_each_target_is_given_its_own_part(grid: Running) -> None:
    village = {"kind": "ENTERPRISE", "area_code": GRID[:12], "id": str(uuid4())}
    receipt = await issued(grid, targets=[HERE, village])
    found = {(i["target_kind"], i["area_code"], i["status"]) for i in await items(grid, receipt)}
    assert found == {("GRID", GRID, "PENDING"), ("ENTERPRISE", GRID[:12], "PENDING")}
    told = await seen(grid, "task-orders", receipt, MEMBER)
    assert (told["round"], told["form"][0]["code"], len(told["targets"])) == (1, "found", 2)


async def test_a_retry_by_its_key_alone_is_the_same_task(grid: Running) -> None:
    body, key = order(await code_of(grid)), {"Idempotency-Key": "one-and-the-same-task"}
    once, again = [
        await grid.call(TOWNSHIP, "POST", "/v1/grid/task-orders", body, key) for _ in range(2)
    ]
    assert (once.status_code, again.content) == (201, once.content)
    assert len(await items(grid, once.json())) == 1
    other = await grid.call(
        TOWNSHIP, "POST", "/v1/grid/task-orders", body | {"title": "另一任务"}, key
    )
    assert refusal(other) == (422, "key_reused", "/header/idempotency-key")


async def test_a_task_is_read_done_submitted_and_accepted(grid: Running) -> None:
    item = await done(grid, await only_item(grid), "read", "start", "submit", "accept")
    told = await seen(grid, "task-items", item)
    assert (told["status"], told["answers"], told["done_by"]) == (
        "ACCEPTED",
        {"found": 2},
        MEMBER.subject,
    )
    said: dict[str, Any] = {"submit": {"answers": {}}, "reject": {"opinion": "请补充"}}
    for name in ("read", "start", "submit", "accept", "reject"):
        who = TOWNSHIP if name in ("accept", "reject") else MEMBER
        answer = await attempt(grid, item, name, who, **said.get(name, {}))
        assert refusal(answer)[:2] == (409, "step_not_allowed")


async def test_what_is_rejected_is_done_again(grid: Running) -> None:
    item = await done(grid, await only_item(grid), "read", "start", "submit", "reject")
    told = await seen(grid, "task-items", item, MEMBER)
    assert (told["status"], told["submitted_at"], told["allowed_actions"]) == (
        "REJECTED",
        None,
        ["start_task"],
    )
    assert (await done(grid, item, "start", "submit", "accept"))["status"] == "ACCEPTED"


async def test_what_is_off_the_list_is_refused(grid: Running) -> None:
    refused = (422, "off_the_list", "/admission_item")
    assert refusal(await post(grid, TOWNSHIP, "task-orders", **order("NO-SUCH"))) == refused
    code = await code_of(grid)
    (entry,) = [e for e in await listed(grid, "admission-items", limit=200) if e["code"] == code]
    path = "admission-items"
    answer = await step(grid, DISTRICT, path, entry, "take-off", valid_to="2025-01-01")
    assert refusal(answer)[:2] == (422, "ends_before_it_begins")
    await moved(grid, DISTRICT, path, entry, "take-off", valid_to="2026-02-01")
    assert refusal(await post(grid, TOWNSHIP, "task-orders", **order(code))) == refused
    assert code in [e["code"] for e in await listed(grid, path, on="2026-01-31", limit=200)]
    assert code not in [e["code"] for e in await listed(grid, path, on="2026-02-01", limit=200)]
    await admitted(grid, code, valid_from="2026-02-01")
    await issued(grid, code=code)
    again = {"area_code": "330703", "code": code, "valid_from": "2026-05-01", **NAMES}
    answer = await post(grid, DISTRICT, path, **again)
    assert refusal(answer) == (422, "validity_overlaps", "/valid_from")
    assert refusal(await post(grid, TOWNSHIP, path, **again))[0] == 403
    again = again | {"valid_from": "2026-02-01"}
    answer = await post(grid, DISTRICT, path, **again)
    assert refusal(answer) == (422, "validity_overlaps", "/valid_from")


async def test_a_matter_is_put_on_the_list_once_however_many_ask(grid: Running) -> None:
    told = {"area_code": "330703", "code": f"ONCE-{uuid4().hex[:8].upper()}", **NAMES}
    told["valid_from"] = "2026-02-01"
    answers = await asyncio.gather(
        *(post(grid, DISTRICT, "admission-items", **told) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [422] * 3


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        ({"due_at": "2026-01-01T00:00:00Z"}, (422, "due_too_early", "/due_at")),
        ({"remind_at": soon(9)}, (422, "reminder_out_of_time", "/remind_at")),
        ({"targets": []}, (422, "invalid_request", "/targets")),
        ({"targets": [HERE, HERE]}, (422, "invalid_request", "/targets")),
        (
            {"targets": [HERE, {"kind": "GRID", "area_code": "330703105291999"}]},
            (422, "target_unknown", "/targets/1/area_code"),
        ),
        (
            {"targets": [{"kind": "HOUSEHOLD", "area_code": OTHER_TOWN, "id": str(uuid4())}]},
            (403, "target_not_yours", "/targets/0/area_code"),
        ),
        (
            {"targets": [HERE, {"kind": "HOUSEHOLD", "area_code": GRID, "id": str(uuid4())}]},
            (422, "target_not_there", "/targets/1/id"),
        ),
        (
            {"targets": [{"kind": "MEMBER", "area_code": GRID, "id": str(uuid4())}]},
            (422, "target_not_there", "/targets/0/id"),
        ),
        ({"area_code": OTHER_TOWN}, (403, "outside_scope", "/area_code")),
        ({"form": [*FORM, *FORM]}, (422, "invalid_request", "/form")),
        ({"period": "DAILY"}, (422, "invalid_request", "/period")),
        ({"extra": 1}, (422, "invalid_request", "/extra")),
    ],
)
async def test_what_is_not_issued(
    grid: Running, facts: dict[str, Any], refused: tuple[Any, ...]
) -> None:
    body = order(await code_of(grid), **facts)
    before = len(await listed(grid, "task-items", limit=200))
    assert refusal(await post(grid, TOWNSHIP, "task-orders", **body)) == refused
    assert len(await listed(grid, "task-items", limit=200)) == before


async def test_a_retry_issues_nothing_anew(grid: Running) -> None:
    body = order(await code_of(grid), id=str(uuid4()))
    first = await made(grid, TOWNSHIP, "task-orders", **body)
    assert await made(grid, TOWNSHIP, "task-orders", **body) == first
    assert len(await items(grid, first)) == 1
    answer = await post(grid, TOWNSHIP, "task-items", order_id=first["id"], place=1)
    assert refusal(answer)[:2] == (409, "already_exists")
    answer = await post(grid, TOWNSHIP, "task-items", order_id=first["id"], place=2)
    assert refusal(answer) == (422, "order_unknown", "/order_id")


async def test_whoever_is_named_does_it(grid: Running) -> None:
    identity = {"name": "朱跃建", "phone": "15400000001"}
    facts = {"area_code": GRID, "grids": [GRID], "kind": "RED", "identity": identity}
    member = await made(grid, TOWNSHIP, "members", **facts, account="task-mate")
    target = {"kind": "MEMBER", "area_code": GRID, "id": member["id"], "subject": MATE.subject}
    answer = await post(
        grid,
        TOWNSHIP,
        "task-orders",
        **order(await code_of(grid), targets=[target | {"kind": "HOUSEHOLD"}]),
    )
    assert refusal(answer) == (422, "target_not_there", "/targets/0/id")
    item = await only_item(grid, targets=[target])
    assert refusal(await attempt(grid, item, "read"))[:2] == (403, "not_theirs")
    far = caller(roles.RED_GRID_MEMBER, OTHER_TOWN, subject=MATE.subject)
    item = await moved(grid, far, "task-items", item, "read")
    assert item["status"] == "READ"
    assert (await moved(grid, VILLAGE, "task-items", item, "start"))["status"] == "DOING"


async def test_two_townships_see_nothing_of_each_other(grid: Running) -> None:
    receipt = await issued(grid)
    (item,) = await items(grid, receipt)
    for who in (OTHER_TOWNSHIP, ELSEWHERE):
        assert await items(grid, receipt, who) == []
        for path in (f"task-items/{item['id']}", f"task-orders/{receipt['id']}"):
            answer = await grid.call(who, "GET", f"/v1/grid/{path}")
            assert refusal(answer) == (404, "not_found")


async def test_members_do_and_offices_judge(grid: Running) -> None:
    item = await done(grid, await only_item(grid), "read", "start")
    refused = refusal(await attempt(grid, item, "submit", answers={}))
    assert refused == (422, "answer_missing", "/answers/found")
    item = await done(grid, item, "submit")
    assert refusal(await attempt(grid, item, "accept"))[:2] == (403, "permission_missing")
    assert refusal(await attempt(grid, item, "reject", TOWNSHIP))[0] == 422


async def test_time_reminds_and_expires(grid: Running) -> None:
    item = await only_item(grid, remind_at=soon(5))
    submitted = await done(grid, await only_item(grid), "read", "start", "submit")
    runtime = grid.runtime
    sweeper = Sweeper(runtime.database, runtime.unit, runtime.definition.nouns, 1)
    await sweeper.sweep(datetime.now(UTC) + timedelta(days=6))
    told = await seen(grid, "task-items", item)
    assert (told["reminded_at"], told["expired_at"]) == (told["remind_at"], None)
    await sweeper.sweep(datetime.now(UTC) + timedelta(days=8))
    told = await seen(grid, "task-items", item)
    assert (told["status"], told["expired_at"]) == ("PENDING", told["due_at"])
    assert (await seen(grid, "task-items", submitted))["expired_at"] is None
    expired = [i["id"] for i in await listed(grid, "task-items", expired="true", limit=200)]
    assert item["id"] in expired
    assert submitted["id"] not in expired
    late = await done(grid, told, "read", "start", "submit", "accept")
    assert late["status"] == "ACCEPTED"


async def test_a_task_that_comes_again_has_new_items(grid: Running) -> None:
    first = await issued(grid, period="WEEKLY")
    (old,) = await items(grid, first)
    await done(grid, old, "read", "start", "submit", "accept")
    second = await made(grid, TOWNSHIP, "task-orders/repeats", order_id=first["id"])
    (new,) = await items(grid, second)
    assert (new["id"] != old["id"], new["status"]) == (True, "PENDING")
    told, before = [await seen(grid, "task-orders", r) for r in (second, first)]
    assert (told["round"], told["series"]) == (2, before["series"])
    due = datetime.fromisoformat(told["due_at"]) - datetime.fromisoformat(before["due_at"])
    assert due == timedelta(days=7)
    answer = await post(grid, TOWNSHIP, "task-orders/repeats", order_id=first["id"])
    assert refusal(answer)[:2] == (409, "round_issued")
    assert len(await items(grid, first)) == 1


async def test_a_task_that_does_not_come_again_is_not_repeated(grid: Running) -> None:
    once = await issued(grid)
    answer = await post(grid, TOWNSHIP, "task-orders/repeats", order_id=once["id"])
    assert refusal(answer)[:2] == (409, "not_recurring")
    for who, id_ in ((OTHER_TOWNSHIP, once["id"]), (TOWNSHIP, str(uuid4()))):
        answer = await post(grid, who, "task-orders/repeats", order_id=id_)
        assert refusal(answer) == (404, "not_found")
