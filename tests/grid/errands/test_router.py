"""Errands over HTTP: a whole one, and each refusal."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.contracts import roles
from tests.grid.errands.asking import (
    ERRAND,
    GRID,
    LIVES,
    NAME,
    NUMBER,
    PATH,
    PHONE,
    RUNNER,
    SAYING,
    TRIPS,
    attempt,
    brought_to,
    shown,
    step,
    submitted,
)
from tests.grid.field import OTHER_TOWN, imported, listed, post
from tests.grid.people import (
    AUDITOR,
    ELSEWHERE,
    NEIGHBOUR,
    OTHER_RESIDENT,
    RESIDENT,
    STRANGER,
)
from tests.support.grid import refusal
from tests.support.people import DISTRICT, HANDLER, IMPORTER, TOWNSHIP, caller
from tests.support.running import Running

GUARDIAN = {"name": "朱家长", "phone": "15400000002"}


async def test_an_errand_runs_to_three_departments_at_once(grid: Running) -> None:
    """The founding article's: the papers go to planning, land and enforcement; the resident never has to."""
    receipt = await brought_to(grid, "ACCEPTED")
    receipt = await step(grid, receipt, "authorise")
    receipt = await step(grid, receipt, "take-paper")
    receipt = await step(grid, receipt, "start")
    for window in ("规划窗口", "国土窗口", "执法窗口"):
        receipt = await step(grid, receipt, "file", window=window)
    told = await shown(grid, receipt)
    assert [(w["window"], w["result"]) for w in told["windows"]] == [
        ("规划窗口", None),
        ("国土窗口", None),
        ("执法窗口", None),
    ]
    for number in (3, 1):
        receipt = await step(grid, receipt, "answer", window_no=number)
    assert refusal(await attempt(grid, receipt, "obtain"))[:2] == (409, "windows_open")
    receipt = await step(grid, receipt, "answer", window_no=2, result="NOT_NEEDED")
    for name in ("obtain", "deliver", "return-paper", "close"):
        receipt = await step(grid, receipt, name)
    told = await shown(grid, receipt)
    assert (told["status"], told["outcome"], told["document"]) == (
        "CLOSED",
        "OBTAINED",
        "农民建房施工牌",
    )
    assert (told["resident_trips"], told["member_trips"]) == (0, 3)
    assert told["number"].startswith("HR330703105")


async def test_its_applicant_is_sealed_and_masked(grid: Running) -> None:
    receipt = await brought_to(grid, "ACCEPTED")
    (line,) = [line for line in await listed(grid, PATH) if line["id"] == receipt["id"]]
    assert (line["masked_name"], line["applicant"]) == ("朱**", line["applicant"])
    (person,) = (await shown(grid, receipt))["people"]
    assert (person["name"], person["phone"], person["resident_id"], person["address"]) == (
        "朱**",
        "154****0001",
        "3****************3",
        "岭下镇示范村***",
    )
    (person,) = (await shown(grid, receipt, RUNNER))["people"]
    assert (person["name"], person["phone"]) == (NAME, "154****0001")
    rows = await grid.fetch("select e::text from errand e")
    rows += await grid.fetch("select convert_from(body, 'UTF8') || headers::text from outbox")
    assert not [row[0] for row in rows if NUMBER in row[0] or PHONE in row[0] or NAME in row[0]]


async def test_a_clear_number_is_told_for_a_purpose_alone(grid: Running) -> None:
    receipt = await submitted(grid)
    path = f"/v1/grid/errands/{receipt['id']}/people/{(await shown(grid, receipt))['applicant']}/reveal"
    body = {"purpose": "电话告知办理进度", "fields": ["phone"]}
    assert (await grid.call(RUNNER, "POST", path, body)).json()["phone"] == PHONE
    (row,) = await grid.fetch(
        "select purpose from audit where object_id = $1 and action = 'REVEALED'", receipt["id"]
    )
    assert row["purpose"] == "电话告知办理进度"
    assert refusal(await grid.call(RUNNER, "POST", path, {"fields": ["phone"]}))[0] == 422
    assert refusal(await grid.call(RESIDENT, "POST", path, body))[0] == 403


async def test_its_events_tell_a_kind_of_matter_and_nobody(grid: Running) -> None:
    receipt = await brought_to(grid, "CLOSED")
    rows = await grid.fetch(
        "select body from outbox where aggregate_id = $1 order by id", receipt["id"]
    )
    told = [json.loads(row["body"]) for row in rows]
    assert [event["status"] for event in told] == ["SUBMITTED", "ACCEPTED", "CLOSED"]
    assert told[-1].keys() == {
        *("area_code", "occurred_at", "correlation_id", "number", "status", "matter", "finder"),
        *("windows", "submitted_at", "accepted_at", "promised_by", "delivered_at", "closed_at"),
        *("overdue_at", "outcome", "impossible_reason", "resident_trips", "member_trips"),
    }


@pytest.mark.parametrize("status", LIVES)
async def test_a_step_offered_is_a_step_taken(grid: Running, status: str) -> None:
    receipt = await brought_to(grid, status)
    offered = set((await shown(grid, receipt, RUNNER))["allowed_actions"])
    names = {name: operation_of(name) for name in [*SAYING, "accept", "start", "close", "withdraw"]}
    for name, operation in names.items():
        answer = await attempt(grid, receipt | {"version": 999}, name)
        assert answer.status_code == 412  # what follows is refused for the step alone
        if operation not in offered:
            refused = (
                "already_authorised" if status == "IN_PROGRESS" and name == "authorise" else None
            )
            told = refusal(await attempt(grid, receipt, name))
            assert told[:2] == (409, refused or "step_not_allowed")


def operation_of(name: str) -> str:
    papers = {"take-paper": "take_paper", "return-paper": "return_paper"}
    return papers.get(name) or name.replace("-", "_") + "_errand"


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        ({"area_code": "330703105291999"}, (422, "area_unknown", "/area_code")),
        ({"area_code": OTHER_TOWN}, (403, "outside_scope", "/area_code")),
        ({"matter": "LOAN"}, (422, "invalid_request", "/matter")),
        ({"title": "x"}, (422, "invalid_request", "/title")),
        ({"applicant": {"phone": PHONE}}, (422, "invalid_request", "/applicant/name")),
        (
            {"applicant": {"name": "朱示范", "phone": "110"}},
            (422, "invalid_request", "/applicant/phone"),
        ),
        (
            {"applicant": {"name": "朱示范", "resident_id": "330703000101101"}},
            (422, "first_generation_number", "/applicant/resident_id"),
        ),
        ({"applicant": {"name": "朱小"}, "under_14": True}, (422, "guardian_missing", "/guardian")),
        ({"finder": "RESIDENT"}, (422, "finder_not_yours", "/finder")),
        ({"remark": "x"}, (422, "invalid_request", "/remark")),
    ],
)
async def test_what_is_not_taken_up(
    grid: Running, facts: dict[str, Any], refused: tuple[Any, ...]
) -> None:
    answer = await post(grid, caller(roles.RED_GRID_MEMBER, "330703105"), PATH, **ERRAND | facts)
    assert refusal(answer) == refused


async def test_for_a_child_the_guardian_decides(grid: Running) -> None:
    child: dict[str, Any] = {"applicant": {"name": "朱小孩"}, "under_14": True}
    answer = await post(grid, RUNNER, PATH, **ERRAND | child)
    assert refusal(answer) == (422, "guardian_missing", "/guardian")
    receipt = await submitted(grid, guardian=GUARDIAN, **child)
    receipt = await step(grid, receipt, "accept")
    refused = refusal(await attempt(grid, receipt, "authorise"))
    assert refused == (422, "guardian_decides", "/by")
    receipt = await step(grid, receipt, "authorise", by="GUARDIAN")
    told = await shown(grid, receipt)
    assert (told["under_14"], told["authorisation"]["by"]) == (True, "GUARDIAN")
    assert [person["name"] for person in told["people"]] == ["朱**", "朱**"]


async def test_who_is_14_by_the_number_decides_alone(grid: Running) -> None:
    grown: dict[str, Any] = {
        "applicant": {"name": "朱成年", "resident_id": NUMBER},
        "under_14": True,
    }
    for guardian in (None, GUARDIAN):
        answer = await post(grid, RUNNER, PATH, **ERRAND | grown, guardian=guardian)
        assert refusal(answer) == (422, "age_contradicted", "/under_14")
    receipt = await submitted(grid, **grown | {"under_14": False})
    assert (await shown(grid, receipt))["under_14"] is False


async def test_an_authorisation_is_recorded_once(grid: Running) -> None:
    receipt = await step(grid, await brought_to(grid, "ACCEPTED"), "start")
    assert "authorise_errand" in (await shown(grid, receipt, RUNNER))["allowed_actions"]
    receipt = await step(grid, receipt, "authorise")
    first = (await shown(grid, receipt, RUNNER))["authorisation"]
    refused = refusal(await attempt(grid, receipt, "authorise", signed="E_CONSENT"))
    assert refused == (409, "already_authorised")
    told = await shown(grid, receipt, RUNNER)
    assert told["authorisation"] == first
    assert "authorise_errand" not in told["allowed_actions"]


@pytest.mark.parametrize("started", [False, True])
async def test_an_original_is_not_taken_before_the_authorisation(
    grid: Running, started: bool
) -> None:
    receipt = await brought_to(grid, "ACCEPTED")
    if started:
        receipt = await step(grid, receipt, "start")
    refused = refusal(await attempt(grid, receipt, "take-paper"))
    assert refused == (409, "authorisation_missing")
    receipt = await step(grid, receipt, "take-paper", form="COPY")
    receipt = await step(grid, receipt, "authorise")
    receipt = await step(grid, receipt, "take-paper")
    forms = [paper["form"] for paper in (await shown(grid, receipt))["papers"]]
    assert forms == ["COPY", "ORIGINAL"]


async def test_a_paper_goes_back_after_it_came_and_none_comes_after_the_end(
    grid: Running,
) -> None:
    receipt = await step(grid, await brought_to(grid, "AUTHORISED"), "take-paper")
    before = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    refused = refusal(await attempt(grid, receipt, "return-paper", occurred_at=before))
    assert refused == (422, "earlier_than_the_last_step", "/occurred_at")
    receipt = await step(grid, await step(grid, receipt, "return-paper"), "settle")
    for name in ("take-paper", "return-paper"):
        refused = refusal(await attempt(grid, receipt, name))
        assert refused == (409, "step_not_allowed")
        refused = refusal(await attempt(grid, receipt, name, occurred_at=before))
        assert refused == (422, "earlier_than_the_last_step", "/occurred_at")


async def test_nobody_acts_for_another_without_authorisation(grid: Running) -> None:
    receipt = await step(grid, await brought_to(grid, "ACCEPTED"), "start")
    assert refusal(await attempt(grid, receipt, "file"))[:2] == (409, "authorisation_missing")
    receipt = await step(grid, receipt, "authorise", signed="E_CONSENT")
    assert receipt["status"] == "IN_PROGRESS"
    assert (await step(grid, receipt, "file"))["status"] == "IN_PROGRESS"


@pytest.mark.parametrize("name", ["settle", "withdraw", "give-up"])
async def test_nothing_ends_while_an_original_is_out(grid: Running, name: str) -> None:
    receipt = await step(grid, await brought_to(grid, "AUTHORISED"), "take-paper")
    assert refusal(await attempt(grid, receipt, name))[:2] == (409, "original_not_returned")
    receipt = await step(grid, receipt, "return-paper")
    refused = refusal(await attempt(grid, receipt, "return-paper"))
    assert refused == (422, "paper_unknown", "/paper_no")
    assert (await step(grid, receipt, name))["status"] in {"CLOSED", "WITHDRAWN", "IMPOSSIBLE"}


async def test_nothing_is_settled_behind_a_departments_back(grid: Running) -> None:
    receipt = await brought_to(grid, "IN_PROGRESS")
    for department in ("330703-enforcement", "330703-market-supervision"):
        receipt = await step(grid, receipt, "file", department=department)
    answer = await attempt(grid, receipt, "settle")
    assert refusal(answer)[:2] == (409, "windows_open")
    assert "1 (330703-enforcement)、2 (330703-market-supervision)" in answer.json()["detail"]
    receipt = await step(grid, receipt, "answer", window_no=1)
    answer = await attempt(grid, receipt, "settle")
    assert "：2 (330703-market-supervision)。" in answer.json()["detail"]
    receipt = await step(grid, receipt, "answer", window_no=2, result="NOT_NEEDED")
    assert (await step(grid, receipt, "settle"))["status"] == "CLOSED"


async def test_an_errand_that_was_delivered_waits_for_the_original(grid: Running) -> None:
    receipt = await step(grid, await brought_to(grid, "IN_PROGRESS"), "take-paper")
    for name in ("file", "answer", "obtain", "deliver"):
        receipt = await step(grid, receipt, name)
    assert refusal(await attempt(grid, receipt, "close"))[:2] == (409, "original_not_returned")
    receipt = await step(grid, receipt, "return-paper")
    assert (await step(grid, receipt, "close"))["status"] == "CLOSED"


async def test_a_department_answers_for_itself(grid: Running) -> None:
    receipt = await step(grid, await brought_to(grid, "IN_PROGRESS"), "file")
    receipt = await step(grid, receipt, "file", department="330703-market-supervision")
    assert "answer_errand" in (await shown(grid, receipt, HANDLER))["allowed_actions"]
    refused = refusal(await attempt(grid, receipt, "answer", HANDLER, window_no=2))
    assert refused[:2] == (403, "not_your_window")
    receipt = await step(grid, receipt, "answer", HANDLER, window_no=1, result="REFUSED")
    receipt = await step(grid, receipt, "answer", STRANGER, window_no=2, result="REFUSED")
    assert refusal(await attempt(grid, receipt, "obtain"))[:2] == (409, "nothing_granted")
    for number in (2, 3):
        refused = refusal(await attempt(grid, receipt, "answer", window_no=number))
        assert refused == (422, "window_unknown", "/window_no")
    refused = refusal(await attempt(grid, receipt, "file", department="330703-nobody"))
    assert refused == (422, "department_unknown", "/department")


async def test_whoever_accepted_it_is_in_charge(grid: Running) -> None:
    receipt = await brought_to(grid, "ACCEPTED")
    assert (await shown(grid, receipt, NEIGHBOUR))["allowed_actions"] == []
    assert refusal(await attempt(grid, receipt, "start", NEIGHBOUR))[:2] == (403, "not_in_charge")
    assert refusal(await attempt(grid, receipt, "withdraw", NEIGHBOUR))[:2] == (403, "not_yours")
    assert (await step(grid, receipt, "start", TOWNSHIP))["status"] == "IN_PROGRESS"


async def test_a_resident_asks_and_withdraws_and_no_other_sees_it(grid: Running) -> None:
    receipt = await submitted(grid, RESIDENT)
    assert (await shown(grid, receipt, RESIDENT))["allowed_actions"] == ["withdraw_errand"]
    answer = await grid.call(OTHER_RESIDENT, "GET", f"/v1/grid/errands/{receipt['id']}")
    assert refusal(answer) == (404, "not_found")
    assert refusal(await attempt(grid, receipt, "accept", RESIDENT))[0] == 403
    done = await step(grid, receipt, "withdraw", RESIDENT)
    assert (done["status"], (await shown(grid, done))["finder"]) == ("WITHDRAWN", "RESIDENT")


async def test_two_townships_see_nothing_of_each_other(grid: Running) -> None:
    receipt = await submitted(grid)
    answer = await grid.call(ELSEWHERE, "GET", f"/v1/grid/errands/{receipt['id']}")
    assert refusal(answer) == (404, "not_found")
    assert receipt["id"] not in [line["id"] for line in await listed(grid, PATH, ELSEWHERE)]
    assert receipt["id"] in [line["id"] for line in await listed(grid, PATH, AUDITOR)]
    assert refusal(await attempt(grid, receipt, "accept", ELSEWHERE)) == (404, "not_found")
    assert refusal(await attempt(grid, receipt | {"id": uuid4()}, "accept")) == (404, "not_found")


async def test_a_time_is_promised(grid: Running) -> None:
    receipt = await submitted(grid)
    past = "2026-03-01T09:00:00+08:00"
    refused = refusal(await attempt(grid, receipt, "accept", promised_by=past))
    assert refused == (422, "promise_in_the_past", "/promised_by")
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    receipt = await step(grid, receipt, "accept", promised_by=tomorrow)
    told = await shown(grid, receipt)
    assert datetime.fromisoformat(told["promised_by"]) == datetime.fromisoformat(tomorrow)


@pytest.mark.parametrize(
    ("name", "body", "pointer"),
    [
        ("give-up", {"route": None}, "/route"),
        ("give-up", {"reason": "BORED"}, "/reason"),
        ("settle", {"outcome": "OBTAINED"}, "/outcome"),
        ("settle", {"resident_trips": -1}, "/resident_trips"),
        ("settle", {"member_trips": None}, "/member_trips"),
        ("settle", {"note": ""}, "/note"),
    ],
)
async def test_an_end_says_what_it_must(
    grid: Running, name: str, body: dict[str, Any], pointer: str
) -> None:
    receipt = await brought_to(grid, "ACCEPTED")
    answer = await attempt(grid, receipt, name, **body)
    assert refusal(answer) == (422, "invalid_request", pointer)


async def test_a_list_is_narrowed(grid: Running) -> None:
    closed = await brought_to(grid, "CLOSED", matter="SUBSIDY")
    advised = await brought_to(grid, "ACCEPTED", matter="SUBSIDY")
    advised = await step(grid, advised, "settle", outcome="ADVISED")
    queries: list[tuple[dict[str, Any], list[bool]]] = [
        ({"matter": "SUBSIDY", "status": "CLOSED"}, [True, True]),
        ({"outcome": "ADVISED"}, [False, True]),
        ({"matter": "MEDICAL_CARE"}, [False, False]),
        ({"overdue": "true"}, [False, False]),
        ({"overdue": "false"}, [True, True]),
    ]
    for query, found in queries:
        ids = [line["id"] for line in await listed(grid, PATH, limit=200, **query)]
        assert [receipt["id"] in ids for receipt in (closed, advised)] == found


async def test_history_is_imported_for_whoever_did_it(grid: Running) -> None:
    batch, id_, at = await imported(grid), str(uuid4()), "2017-05-03T09:00:00+08:00"
    told = {"occurred_at": at, "on_behalf_of": "red-1"}
    old = ERRAND | {"applicant": {"name": NAME, "resident_id": "330703000101101"}}
    items = [
        {"operation": name, "id": id_, "key": f"{name}/{id_}", "body": body | told}
        for name, body in (
            ("submit_errand", old | {"finder": "RED_MEMBER"}),
            ("accept_errand", {}),
            ("settle_errand", {"outcome": "DIFFICULTY_RESOLVED", "note": "已解决", **TRIPS}),
        )
    ]
    body = {"import_batch": batch, "items": items}
    answer = await grid.call(IMPORTER, "POST", "/v1/grid/batch", body)
    assert [item["outcome"] for item in answer.json()["results"]] == ["applied"] * 3, answer.text
    told = await shown(grid, {"id": id_}, DISTRICT)
    assert (told["handler"], told["finder"], told["outcome"]) == (
        "red-1",
        "RED_MEMBER",
        "DIFFICULTY_RESOLVED",
    )
    assert told["area_code"] == GRID
