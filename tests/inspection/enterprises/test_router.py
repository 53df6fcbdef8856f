from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.inspection.doing import ENTERPRISE, Inspection
from tests.inspection.people import (
    AUDITOR,
    CONTACT,
    EXPERT,
    OFFICER,
    OTHER_CONTACT,
    OTHER_EXPERT,
    OTHER_USCC,
)


def an_hour_ago() -> str:
    return (datetime.now(UTC) - timedelta(hours=1)).isoformat()


POINT = {"name": "抛光车间", "likelihood": 3, "exposure": 10, "consequence": 15}


async def test_an_enterprise_is_registered_filed_and_rated(inspection: Inspection) -> None:
    receipt = await inspection.enterprise()
    assert (receipt["version"], receipt["status"]) == (1, "OPERATING")
    receipt = await inspection.step(EXPERT, "enterprises", receipt, "file")
    receipt = await inspection.step(
        EXPERT, "enterprises", receipt, "ratings", method="LEC", points=[POINT]
    )
    receipt = await inspection.step(OFFICER, "enterprises", receipt, "status", status="MOVED_OUT")
    assert await inspection.events() == [
        ("enterprise.registered", 1),
        ("enterprise.file_opened", 2),
        ("enterprise.rated", 3),
        ("enterprise.status_changed", 4),
    ]
    shown = (await inspection.get(OFFICER, f"enterprises/{receipt['id']}")).json()
    assert [fact["colour"] for fact in shown["ratings"]] == ["RED", None]
    assert shown["ratings"][0]["points"][0]["consequence"] == "15"
    assert shown["allowed_actions"] == ["change_enterprise_status"]


async def test_an_auditor_can_do_nothing_with_an_enterprise(inspection: Inspection) -> None:
    receipt = await inspection.enterprise()
    shown = (await inspection.get(AUDITOR, f"enterprises/{receipt['id']}")).json()
    assert shown["allowed_actions"] == []


async def test_events_say_nothing_of_people(inspection: Inspection) -> None:
    await inspection.enterprise()
    rows = await inspection.service.fetch("select convert_from(body, 'utf8') from outbox")
    for secret in ("朱", "13800005678", "五金", "MA00000157"):
        assert secret not in rows[0][0]


async def test_a_credit_code_has_one_enterprise(inspection: Inspection) -> None:
    await inspection.enterprise()
    answer = await inspection.post(EXPERT, "enterprises", ENTERPRISE)
    assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")
    assert len(await inspection.events()) == 1


async def test_a_replayed_registration_is_one_registration(inspection: Inspection) -> None:
    body = ENTERPRISE | {"id": str(uuid4())}
    first = await inspection.created(EXPERT, "enterprises", body)
    assert await inspection.created(EXPERT, "enterprises", body) == first
    assert len(await inspection.events()) == 1


async def test_what_does_not_fit_is_named(inspection: Inspection) -> None:
    for facts, pointer, code in (
        ({"uscc": "91330703MA00000158"}, "/uscc", "uscc_check"),
        ({"uscc": "123"}, "/uscc", "uscc_shape"),
        ({"area_code": "330703"}, "/area_code", "string_pattern_mismatch"),
        ({"industry_code": "33"}, "/industry_code", "string_pattern_mismatch"),
        ({"colour": "RED"}, "/colour", "extra_forbidden"),
        ({"principal": {"name": "朱", "phone": "1"}}, "/principal/phone", "mobile_shape"),
    ):
        answer = await inspection.post(EXPERT, "enterprises", ENTERPRISE | facts)
        assert answer.status_code == 422
        found = [(error["pointer"], error["code"]) for error in answer.json()["errors"]]
        assert found == [(pointer, code)]


async def test_enterprises_are_registered_within_ones_scope(inspection: Inspection) -> None:
    answer = await inspection.post(OTHER_EXPERT, "enterprises", ENTERPRISE)
    assert (answer.status_code, answer.json()["code"]) == (403, "outside_scope")
    answer = await inspection.post(CONTACT, "enterprises", ENTERPRISE)
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")


async def test_a_rating_is_refused(inspection: Inspection) -> None:
    receipt = await inspection.enterprise()
    late = {"method": "OVERRIDE", "reason": "迟报", "occurred_at": an_hour_ago()}
    refusals: list[tuple[dict[str, Any], int, str]] = [
        ({"method": "LEC"}, 422, "points_missing"),
        ({"method": "LEC", "points": [POINT | {"exposure": 4}]}, 422, "not_an_lec_value"),
        ({"method": "LEC", "points": [POINT], "colour": "BLUE"}, 422, "colour_follows_from_points"),
        ({"method": "OVERRIDE", "colour": "BLUE"}, 422, "reason_missing"),
        ({"method": "EXIT"}, 422, "exit_is_recorded_by_status"),
        (late, 409, "before_the_last"),
    ]
    for body, status, code in refusals:
        met = await inspection.refused(EXPERT, "enterprises", receipt, "ratings", **body)
        assert met == (status, code)
    assert len(await inspection.events()) == 1


async def test_a_file_and_a_status_are_refused_where_they_cannot_be(
    inspection: Inspection,
) -> None:
    receipt = await inspection.enterprise()
    receipt = await inspection.step(EXPERT, "enterprises", receipt, "file")
    twice = await inspection.refused(EXPERT, "enterprises", receipt, "file")
    assert twice == (409, "file_already_open")
    same = await inspection.refused(OFFICER, "enterprises", receipt, "status", status="OPERATING")
    assert same == (409, "status_change_not_allowed")
    receipt = await inspection.step(OFFICER, "enterprises", receipt, "status", status="CLOSED")
    left = await inspection.refused(
        EXPERT, "enterprises", receipt, "ratings", method="OVERRIDE", reason="复评"
    )
    assert left == (409, "enterprise_left")


async def test_only_its_area_and_its_contact_see_an_enterprise(inspection: Inspection) -> None:
    receipt = await inspection.enterprise()
    other = await inspection.enterprise(uscc=OTHER_USCC)
    path = f"enterprises/{receipt['id']}"
    assert (await inspection.get(OTHER_EXPERT, path)).status_code == 404
    assert (await inspection.get(OTHER_CONTACT, path)).status_code == 404
    assert (await inspection.get(CONTACT, path)).status_code == 200
    for caller, ids in (
        (OTHER_EXPERT, []),
        (CONTACT, [receipt["id"]]),
        (EXPERT, [other["id"], receipt["id"]]),
    ):
        listed = (await inspection.get(caller, "enterprises")).json()["items"]
        assert [line["id"] for line in listed] == ids


async def test_enterprises_are_listed_by_what_they_are(inspection: Inspection) -> None:
    receipt = await inspection.enterprise()
    await inspection.enterprise(uscc=OTHER_USCC, is_industrial=False)
    receipt = await inspection.step(EXPERT, "enterprises", receipt, "file")
    await inspection.step(
        EXPERT, "enterprises", receipt, "ratings", method="OVERRIDE", colour="RED", reason="火灾"
    )
    for filters in (
        {"colour": "RED"},
        {"is_industrial": True},
        {"has_file": True},
        {"status": ["OPERATING", "CLOSED"], "has_file": True},
    ):
        listed = (await inspection.get(OFFICER, "enterprises", **filters)).json()["items"]
        assert [line["id"] for line in listed] == [receipt["id"]]
    listed = (await inspection.get(OFFICER, "enterprises", status="CLOSED")).json()["items"]
    assert listed == []
