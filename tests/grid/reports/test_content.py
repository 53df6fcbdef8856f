"""What a report tells besides title and description: subcategory, fields, parties, position; who is kept secret."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.contracts import roles
from services.grid.reports.lifecycle import OPEN
from tests.grid.people import FULL_TIME, GRID, NEIGHBOUR, RESIDENT, VILLAGE
from tests.support.grid import (
    BY,
    LIVES,
    REPORT,
    REPORTS,
    attempt,
    batch,
    brought_to,
    creation,
    refusal,
    reported,
    shown,
    step,
)
from tests.support.people import (
    DISTRICT,
    HANDLER,
    OTHER_TOWNSHIP,
    RED_MEMBER,
    TOWNSHIP,
    caller,
)
from tests.support.running import Running

TOLD: dict[str, Any] = {"subcategory": "WATER", "details": {"medium": "WATER"}, "place": "桥头"}
PARTIES = [{"name": "朱某某", "phone": "13857912345"}, {"name": "欧阳某"}]
DISPUTE: dict[str, Any] = {
    "category": "DISPUTE",
    "subcategory": "NEIGHBOUR",
    "place": "示范村 3 号",
    "parties": PARTIES,
}
CLUE: dict[str, Any] = {
    "category": "PUBLIC_SECURITY",
    "subcategory": "FRAUD_CLUE",
    "place": "村口",
}


def position(**facts: Any) -> dict[str, Any]:
    at = datetime.now(UTC)
    usual: dict[str, Any] = {
        "lng": 119.7,
        "lat": 29.1,
        "datum": "WGS84",
        "accuracy_m": 12,
        "captured_at": at,
    }
    told = usual | facts
    return told | {"captured_at": told["captured_at"].isoformat()}


async def post(grid: Running, who: Any = RED_MEMBER, **facts: Any) -> Any:
    return await grid.call(who, "POST", REPORTS, REPORT | facts)


async def test_a_report_tells_its_subcategory_and_fields(grid: Running) -> None:
    told = await shown(grid, await reported(grid, **TOLD))
    assert TOLD.items() <= told.items()
    assert told["incomplete"] == ["/details/cause", "/details/people"]
    (row,) = await grid.fetch(
        "select convert_from(body, 'utf8') as body from outbox where aggregate_id = $1", told["id"]
    )
    assert '"subcategory":"WATER"' in row["body"]
    assert "medium" not in row["body"]


@pytest.mark.parametrize(
    ("facts", "code", "pointer"),
    [
        ({"subcategory": "NOISY"}, "subcategory_unknown", "/subcategory"),
        ({"subcategory": "FOOD"}, "subcategory_unknown", "/subcategory"),
        ({"subcategory": "water"}, "invalid_request", "/subcategory"),
        ({"details": {"medium": "SOUP"}}, "detail_invalid", "/details/medium"),
        ({"details": {"road": "x"}}, "detail_unknown", "/details/road"),
        ({"details": {}}, "report_incomplete", "/details/medium"),
        ({"place": ""}, "report_incomplete", "/place"),
        ({"description": ""}, "report_incomplete", "/description"),
        ({"parties": PARTIES}, "parties_not_asked", "/parties"),
        ({"parties": [{"name": "朱某某", "phone": "110"}]}, "invalid_request", "/parties/0/phone"),
        ({"position": {"lng": 1}}, "invalid_request", "/position/lat"),
    ],
)
async def test_what_does_not_fit_is_named(
    grid: Running, facts: dict[str, Any], code: str, pointer: str
) -> None:
    status, found, *pointers = refusal(await post(grid, **TOLD | facts))
    assert (status, found, pointers[0]) == (422, code, pointer)


async def test_clients_of_before_tell_less(grid: Running) -> None:
    told = await shown(grid, await brought_to(grid, "CLOSED", description="", place=""))
    assert (told["subcategory"], told["incomplete"], told["status"]) == (None, [], "CLOSED")


SHORT = "九个字的说明还不够"
ENOUGH = SHORT + "。"


@pytest.mark.parametrize("course", ["", SHORT, f"  {SHORT} "])
@pytest.mark.parametrize("subcategory", [{}, {"subcategory": "OTHER"}])
async def test_another_matter_is_told_in_ten_characters(
    grid: Running, course: str, subcategory: dict[str, str]
) -> None:
    told = {"category": "OTHER", "place": "桥头", **subcategory}
    answer = await post(grid, **told, description=course)
    assert refusal(answer) == (422, "report_incomplete", "/description")
    (result,) = await batch(grid, RED_MEMBER, creation("other", **told, description=course))
    assert (result["code"], result["errors"][0]["pointer"]) == (
        "report_incomplete",
        "/body/description",
    )
    assert (await post(grid, **told, description=ENOUGH)).status_code == 201


async def test_another_matter_is_told_in_ten_characters_when_it_is_reported_again(
    grid: Running,
) -> None:
    receipt = await brought_to(grid, "RETURNED", category="OTHER", description=ENOUGH)
    answer = await attempt(grid, RED_MEMBER, receipt, "resubmit", description=SHORT)
    assert refusal(answer) == (422, "report_incomplete", "/description")
    await step(grid, RED_MEMBER, receipt, "resubmit", description=ENOUGH)
    other = await brought_to(grid, "RETURNED")
    await step(grid, RED_MEMBER, other, "resubmit", description=SHORT)


async def test_a_dispute_has_two_parties_who_are_sealed(grid: Running) -> None:
    answer = await post(grid, **DISPUTE | {"parties": PARTIES[:1]})
    assert refusal(answer) == (422, "report_incomplete", "/parties")
    receipt = await reported(grid, **DISPUTE)
    told = await shown(grid, receipt)
    assert [(p["name"], p["phone"]) for p in told["parties"]] == [
        ("朱**", "138****2345"),
        ("欧阳*", None),
    ]
    (row,) = await grid.fetch(
        "select to_json(r)::text as t from report r where id = $1", told["id"]
    )
    assert "朱" not in row["t"]
    person = told["parties"][0]["id"]
    path = f"{REPORTS}/{told['id']}/people/{person}/reveal"
    wish = {"purpose": "电话核实情况", "fields": ["phone"]}
    answer = await grid.call(TOWNSHIP, "POST", path, wish)
    assert answer.json()["phone"] == "13857912345"
    assert refusal(await grid.call(RED_MEMBER, "POST", path, wish)) == (403, "permission_missing")


async def test_a_report_is_completed_before_it_is_closed(grid: Running) -> None:
    receipt = await brought_to(grid, "VERIFIED", **TOLD)
    refused = await attempt(grid, TOWNSHIP, receipt, "close")
    assert refusal(refused) == (409, "not_complete_yet")
    assert "/details/cause, /details/people" in refused.json()["detail"]
    said = {"details": {"cause": "暴雨", "people": "无"}}
    receipt = await step(grid, RED_MEMBER, receipt, "describe", **said)
    told = await shown(grid, receipt)
    assert told["details"] == {"medium": "WATER", "cause": "暴雨", "people": "无"}
    await step(grid, TOWNSHIP, receipt, "close")


@pytest.mark.parametrize("status", [status for status in LIVES if status in OPEN])
async def test_more_is_said_until_it_is_closed(grid: Running, status: str) -> None:
    receipt = await brought_to(grid, status)
    for who in (HANDLER,) if status in ("PROCESSING", "RESOLVED", "VERIFIED") else (TOWNSHIP,):
        assert "describe_report" in (await shown(grid, receipt, who))["allowed_actions"]
        receipt = await step(grid, who, receipt, "describe", **TOLD)
    assert (await shown(grid, receipt))["subcategory"] == "WATER"


async def test_who_has_no_hand_in_it_says_nothing(grid: Running) -> None:
    receipt = await reported(grid)
    for who in (NEIGHBOUR, FULL_TIME, VILLAGE):
        assert refusal(await attempt(grid, who, receipt, "describe", **TOLD)) == (
            403,
            "not_the_reporter",
        )
        assert "describe_report" not in (await shown(grid, receipt, who))["allowed_actions"]
    answer = await attempt(grid, OTHER_TOWNSHIP, receipt, "describe", **TOLD)
    assert refusal(answer) == (404, "not_found")
    closed = await brought_to(grid, "CLOSED")
    answer = await attempt(grid, TOWNSHIP, closed, "describe", **TOLD)
    assert refusal(answer) == (409, "step_not_allowed")


async def test_what_is_refused_leaves_the_report_as_it_was(grid: Running) -> None:
    receipt = await reported(grid, **TOLD)
    items = [
        {"operation": "describe_report", "id": receipt["id"], "key": key, "body": body}
        for key, body in (("c1", {"details": {"road": "x"}}), ("c2", {"place": "村东"}))
    ]
    wish = {"items": items}
    answer = await grid.call(TOWNSHIP, "POST", "/v1/grid/batch", wish)
    first, second = answer.json()["results"]
    assert (first["outcome"], first["errors"][0]["pointer"]) == ("rejected", "/body/details/road")
    assert second["outcome"] == "applied"
    told = await shown(grid, receipt)
    assert (told["details"], told["place"]) == ({"medium": "WATER"}, "村东")


async def test_a_clue_is_chosen_when_it_is_reported(grid: Running) -> None:
    receipt = await reported(grid, category="PUBLIC_SECURITY")
    answer = await attempt(grid, TOWNSHIP, receipt, "describe", subcategory="THEFT_CLUE")
    assert refusal(answer) == (409, "clue_said_too_late", "/subcategory")


@pytest.mark.parametrize(
    "facts", [CLUE, {"anonymous": True}, {"accuses": True}], ids=["clue", "anonymous", "accuses"]
)
async def test_who_tells_of_others_is_kept_secret(grid: Running, facts: dict[str, Any]) -> None:
    receipt = await reported(grid, RESIDENT, position=position(), **facts)
    assert (await shown(grid, receipt))["sensitive"] is True
    (row,) = await grid.fetch(
        "select convert_from(body, 'utf8') as told from outbox where aggregate_id = $1",
        receipt["id"],
    )
    assert json.loads(row["told"])["subcategory"] is None
    for who in (NEIGHBOUR, FULL_TIME, VILLAGE):
        path = f"{REPORTS}/{receipt['id']}"
        assert refusal(await grid.call(who, "GET", path)) == (404, "not_found")
        listed = await grid.call(who, "GET", REPORTS, limit=200)
        assert receipt["id"] not in listed.text
    for name in ("accept", "assign", "start"):
        receipt = await step(grid, BY.get(name, TOWNSHIP), receipt, name)
    told = await shown(grid, receipt, HANDLER)
    assert (told["reporter"], told["finder"], told["position"]) == (None, None, None)
    assert (told["position_kind"], told["centroid"]) == ("GRID_CENTROID", None)  # it has none
    for who in (TOWNSHIP, RESIDENT):
        told = await shown(grid, receipt, who)
        assert (told["reporter"], told["finder"]) == (RESIDENT.subject, "RESIDENT")
        assert (told["position"]["lng"], told["position_kind"]) == (119.7, "EXACT")


async def test_a_plain_report_is_its_neighbours_business(grid: Running) -> None:
    told = await shown(grid, await reported(grid, RESIDENT, position=position()), NEIGHBOUR)
    assert (told["sensitive"], told["reporter"], told["finder"]) == (False, None, "RESIDENT")
    assert told["position"]["lat"] == 29.1


@pytest.mark.parametrize(
    ("facts", "doubt"),
    [
        ({}, None),
        ({"mock": True}, "MOCK"),
        ({"accuracy_m": 101}, "INACCURATE"),
        ({"captured_at": datetime.now(UTC) + timedelta(hours=3)}, "FROM_THE_FUTURE"),
    ],
)
async def test_a_doubtful_position_is_kept_for_review(
    grid: Running, facts: dict[str, Any], doubt: str | None
) -> None:
    receipt = await reported(grid, position=position(**facts))
    told = await shown(grid, receipt)
    kept = told["position"]
    assert told["suspicions"] == kept["suspicions"] == ([doubt] if doubt else [])
    assert kept["captured_at"] <= kept["received_at"] or doubt == "FROM_THE_FUTURE"
    wanted = "true" if doubt else "false"
    found = await grid.call(DISTRICT, "GET", REPORTS, suspicious=wanted, limit=200)
    assert receipt["id"] in found.text
    other = "false" if doubt else "true"
    found = await grid.call(DISTRICT, "GET", REPORTS, suspicious=other, limit=200)
    assert receipt["id"] not in found.text


async def test_a_report_from_the_future_is_refused_as_any(grid: Running) -> None:
    ahead = (datetime.now(UTC) + timedelta(minutes=6)).isoformat()
    assert refusal(await post(grid, occurred_at=ahead)) == (422, "in_the_future", "/occurred_at")


async def test_the_reporter_is_unknown_to_an_agency(grid: Running) -> None:
    agency = caller(roles.AGENCY, GRID, organisation="330703-enforcement")
    receipt = await brought_to(grid, "ASSIGNED", anonymous=True)
    assert (await shown(grid, receipt, agency))["reporter"] is None
