"""Emergency access: reads reach further for a while, writes never; it is on record, and somebody else reviews it."""

from typing import Any
from uuid import uuid4

import pytest
from httpx import Response

from services.gateway.main import create_app
from services.gateway.settings import GatewaySettings
from tests.gateway.district import LINGXIA, XIAOSHUN, District
from tests.support.ports import free_ports
from tests.support.running import eventually
from tests.support.stack import serving

BEGIN, ALL = "/v1/emergency-access", "/v1/emergency-accesses"
REASON = "老人走失，需立即核对邻镇的事件记录"
REVIEW = {"finding": "JUSTIFIED", "remark": "当日确有走失报告，访问必要"}


async def asked(
    made: District, subject: str, method: str, path: str, body: Any = None, **how: Any
) -> Response:
    """As a township operator of Xiaoshun, unless told otherwise."""
    role, areas = how.get("role", "township_operator"), how.get("areas", [XIAOSHUN])
    token = await made.system.token(role, areas=areas, subject=subject)
    return await made.system.call(token, method, path, body, how.get("headers"))


async def begun(made: District, subject: str, area: str = LINGXIA) -> dict[str, Any]:
    answer = await asked(made, subject, "POST", BEGIN, {"area_code": area, "reason": REASON})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def sees(made: District, subject: str) -> bool:
    """Whether the first report, which lies in Lingxia, and the list of that township are shown."""
    one = await asked(made, subject, "GET", f"/v1/grid/reports/{made.reports[0]}")
    page = await asked(made, subject, "GET", f"/v1/grid/reports?area={LINGXIA}")
    assert (one.status_code == 200) is bool(page.json()["items"])
    assert one.status_code in (200, 404)
    return one.status_code == 200


async def ended(made: District, subject: str, access: dict[str, Any], **how: Any) -> Response:
    return await asked(made, subject, "POST", f"{ALL}/{access['id']}/end", **how)


async def reviewed(made: District, subject: str, access: dict[str, Any], **how: Any) -> Response:
    how = {"role": "district_operator", "areas": ["330703"]} | how
    return await asked(made, subject, "POST", f"{ALL}/{access['id']}/review", REVIEW, **how)


async def test_reads_reach_the_area_until_it_is_ended(jindong: District) -> None:
    assert not await sees(jindong, "reader")
    access = await begun(jindong, "reader")
    assert await sees(jindong, "reader")
    assert not await sees(jindong, "neighbour")
    assert (await ended(jindong, "neighbour", access)).status_code == 404
    answer = await ended(jindong, "reader", access)
    assert (answer.status_code, answer.json()["ended_by"]) == (200, "reader")
    assert not await sees(jindong, "reader")


async def test_it_ends_by_itself_after_three_hours(jindong: District) -> None:
    access = await begun(jindong, "until")
    row = "select ends_at - began_at = interval '3 hours' as so from emergency_access where id = $1"
    assert (await jindong.system.fetch("gateway", row, access["id"]))[0]["so"]
    assert await sees(jindong, "until")
    passed = "update emergency_access set ends_at = now() where id = $1"
    await jindong.system.fetch("gateway", passed, access["id"])

    async def over() -> bool:
        path = f"/v1/grid/reports/{jindong.reports[0]}"
        return (await asked(jindong, "until", "GET", path)).status_code == 404

    await eventually(over)
    assert not await sees(jindong, "until")


async def test_no_write_reaches_further(jindong: District) -> None:
    await begun(jindong, "writer")
    report = jindong.reports[2]  # reported, in Lingxia
    seen = await asked(jindong, "writer", "GET", f"/v1/grid/reports/{report}")
    assert (seen.status_code, seen.json()["allowed_actions"]) == (200, [])
    path, match = f"/v1/grid/reports/{report}/accept", {"If-Match": seen.headers["ETag"]}
    refused = await asked(jindong, "writer", "POST", path, {}, headers=match)
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    body = {"area_code": f"{LINGXIA}291001", "category": "ENVIRONMENT", "title": "越界上报"}
    refused = await asked(jindong, "writer", "POST", "/v1/grid/reports", body)
    assert (refused.status_code, refused.json()["code"]) == (403, "outside_scope")
    items = [{"operation": "accept_report", "key": "e1", "id": str(report), "body": {}}]
    batch = await asked(jindong, "writer", "POST", "/v1/grid/batch", {"items": items})
    assert batch.json()["results"][0]["outcome"] == "rejected"


async def test_each_read_that_needs_it_is_audited_and_no_other(jindong: District) -> None:
    await begun(jindong, "watched")
    await asked(jindong, "watched", "GET", f"/v1/grid/reports/{jindong.reports[0]}")
    await asked(jindong, "watched", "GET", f"/v1/grid/reports/{jindong.reports[4]}")  # one's own
    await asked(jindong, "watched", "GET", "/v1/grid/reports")
    told = "select object_id, area_code from audit where subject = $1 and action = 'EMERGENCY'"
    assert [tuple(row) for row in await jindong.system.fetch("grid", told, "watched")] == [
        (jindong.reports[0], f"{LINGXIA}291001"),
        (None, LINGXIA),
    ]
    [row] = await jindong.system.fetch("gateway", told + " and purpose = $2", "watched", REASON)
    assert row["area_code"] == LINGXIA


async def test_another_replica_knows_at_once(jindong: District) -> None:
    held = jindong.system.apps["gateway"].state.gateway
    settings = GatewaySettings.model_validate(
        held.settings.model_dump() | {"run_consumers": False, "run_upkeep": False}
    )
    other = create_app(settings)
    [port] = free_ports(1)
    async with serving(other, port):
        known = other.state.gateway.emergencies

        async def reaches() -> bool:
            return "everywhere" in known.known

        access = await begun(jindong, "everywhere")
        await eventually(reaches)
        await ended(jindong, "everywhere", access)

        async def gone() -> bool:
            return not await reaches()

        await eventually(gone)


async def test_somebody_else_reviews_it_once_after_its_end(jindong: District) -> None:
    access = await begun(jindong, "district-1")
    assert (await reviewed(jindong, "district-2", access)).json()["code"] == "still_in_force"
    await ended(jindong, "district-1", access)
    own = await reviewed(jindong, "district-1", access)
    assert (own.status_code, own.json()["code"]) == (403, "own_emergency")
    elsewhere = await reviewed(jindong, "district-3", access, areas=["330702"])
    assert elsewhere.status_code == 404
    mere = await reviewed(jindong, "mere", access, role="township_operator")
    assert (mere.status_code, mere.json()["code"]) == (403, "permission_missing")
    done = await reviewed(jindong, "district-2", access)
    assert (done.status_code, done.json()["reviewed_by"]) == (200, "district-2")
    assert (await reviewed(jindong, "district-2", access)).json()["code"] == "already_reviewed"


async def test_reviewers_list_what_waits_and_others_their_own(jindong: District) -> None:
    access = await begun(jindong, "listed")

    async def ids(subject: str, query: str = "", **how: Any) -> list[str]:
        answer = await asked(jindong, subject, "GET", f"{ALL}{query}", **how)
        return [item["id"] for item in answer.json()["items"]]

    reviewer: dict[str, Any] = {"role": "auditor", "areas": ["330703"]}
    assert await ids("listed") == [access["id"]]
    assert await ids("stranger") == []
    assert (await ids("audits", **reviewer))[0] == access["id"]
    assert await ids("audits", role="auditor", areas=["330702"]) == []
    answer = await asked(jindong, "audits", "GET", f"{ALL}?limit=1", **reviewer)
    rest = await ids("audits", f"?after={answer.json()['next']}", **reviewer)
    assert access["id"] not in rest
    await ended(jindong, "listed", access)
    await reviewed(jindong, "district-2", access)
    assert access["id"] not in await ids("audits", "?unreviewed=true", **reviewer)


@pytest.mark.parametrize(
    ("body", "status", "code", "pointer"),
    [
        ({"area_code": XIAOSHUN}, 409, "area_is_yours", None),
        ({"reason": "太短了"}, 422, "invalid_request", "/reason"),
        ({"reason": "核对 13800005678 的事件记录"}, 422, "invalid_request", "/reason"),
        ({"reason": "核对 330703190001011013 的记录"}, 422, "invalid_request", "/reason"),
        ({"area_code": "3307"}, 422, "invalid_request", "/area_code"),
        ({"hours": 24}, 422, "invalid_request", "/hours"),
    ],
)
async def test_what_is_refused(
    jindong: District, body: dict[str, Any], status: int, code: str, pointer: str | None
) -> None:
    asked_for = {"area_code": LINGXIA, "reason": REASON} | body
    answer = await asked(jindong, "refused", "POST", BEGIN, asked_for)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == ([pointer] if pointer else [])


async def test_neither_agencies_nor_residents_may_and_what_is_unknown_is_not_found(
    jindong: District,
) -> None:
    body = {"area_code": LINGXIA, "reason": REASON}
    for role in ("agency", "resident", "enterprise_contact", "operator"):
        answer = await asked(jindong, role, "POST", BEGIN, body, role=role)
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")
    for step, told in (("end", None), ("review", REVIEW)):
        path = f"{ALL}/{uuid4()}/{step}"
        answer = await asked(
            jindong, "district-2", "POST", path, told, role="district_operator", areas=["330703"]
        )
        assert answer.status_code == 404
