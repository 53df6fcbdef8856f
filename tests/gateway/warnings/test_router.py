"""Work warnings over the API: who sees them, who takes which step, and what is refused."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from httpx import Response

from services.chassis.session import dsn
from services.contracts.codes_gateway import WarningRule
from services.gateway.warnings import store
from services.gateway.warnings.rules import Finding
from tests.gateway.district import DISTRICT, LINGXIA, XIAOSHUN, District

ALL = "/v1/warnings"
REMARK = {"remark": "已逐件督办并办结"}
EVIDENCE = {
    "figure": "reports_filed",
    "definition": "reports_filed.v1",
    "period": {"from": "2026-03-18", "to": "2026-03-18"},
    "dimension": "RESIDENT",
    "n": 9,
    "d": None,
    "as_of": "2026-03-19T00:00:00Z",
    "records": None,
    "earlier": [1, 2],
    "mean": 1.5,
    "deviation": 0.5,
}
NAMES = count()
TO = {"ack": "ACKED", "handle": "HANDLING", "resolve": "RESOLVED", "dismiss": "FALSE_ALARM"}
UNTIL = {
    "RAISED": (),
    "ACKED": ("ack",),
    "HANDLING": ("ack", "handle"),
    "RESOLVED": ("ack", "handle", "resolve"),
    "FALSE_ALARM": ("ack", "handle", "dismiss"),
}
NEXT = {"RAISED": ["ack"], "ACKED": ["handle"], "HANDLING": ["resolve", "dismiss"]}


async def raised(made: District, area: str = LINGXIA, ago: timedelta = timedelta()) -> str:
    connection = await asyncpg.connect(dsn(made.system.databases["gateway"]))
    try:
        rule = await store.in_force(connection, WarningRule.RISE, date(2026, 3, 18))
        assert rule is not None
        finding = Finding(area, f"{area}/test/{next(NAMES)}", [EVIDENCE])
        now = datetime.now(UTC) - ago
        id_ = await store.raise_(
            connection, WarningRule.RISE, rule, finding, date(2026, 3, 18), now
        )
    finally:
        await connection.close()
    assert isinstance(id_, UUID)
    return str(id_)


async def asked(
    made: District,
    method: str,
    path: str,
    body: Any = None,
    *,
    role: str = "township_operator",
    area: str = LINGXIA,
    subject: str = "somebody",
    match: str | None = None,
) -> Response:
    token = await made.system.token(role, areas=[area], subject=subject)
    headers = {"If-Match": match} if match else None
    return await made.system.call(token, method, path, body, headers)


async def step(made: District, id: str, name: str, **how: Any) -> Response:
    how = {"match": "*"} | how
    body = how.pop("body", REMARK if name in ("resolve", "dismiss") else None)
    return await asked(made, "POST", f"{ALL}/{id}/{name}", body, **how)


async def test_from_raised_to_resolved_with_who_and_when(jindong: District) -> None:
    id_ = await raised(jindong)
    seen = await asked(jindong, "GET", f"{ALL}/{id_}")
    told = seen.json()
    assert (told["state"], told["allowed_actions"], told["owner"]) == ("RAISED", ["ack"], None)
    assert told["evidence"] == [EVIDENCE]
    for number, name in enumerate(("ack", "handle", "resolve"), 1):
        assert seen.headers["ETag"] == f'"{number}"'
        match = seen.headers["ETag"]
        seen = await step(jindong, id_, name, match=match, subject=f"person-{name}")
        assert (seen.status_code, seen.json()["state"]) == (200, TO[name]), seen.text
    told = (await asked(jindong, "GET", f"{ALL}/{id_}")).json()
    assert told == seen.json()
    assert (told["owner"], told["allowed_actions"]) == ("person-handle", [])
    assert told["acked_at"]
    assert told["ended_at"]
    assert not told["ack_overdue"]
    assert [(s["step"], s["state"], s["by"], s["remark"]) for s in told["steps"]] == [
        ("raise", "RAISED", "svc:warnings", None),
        ("ack", "ACKED", "person-ack", None),
        ("handle", "HANDLING", "person-handle", None),
        ("resolve", "RESOLVED", "person-resolve", REMARK["remark"]),
    ]
    audited = "select subject, outcome, area_code from audit where object_id = $1 order by seq"
    rows = await jindong.system.fetch("gateway", audited, UUID(id_))
    assert [tuple(row) for row in rows] == [
        (f"person-{name}", TO[name].lower(), LINGXIA) for name in ("ack", "handle", "resolve")
    ]


@pytest.mark.parametrize("state", UNTIL)
async def test_every_step_in_every_state(jindong: District, state: str) -> None:
    for name, after in TO.items():
        id_ = await raised(jindong)
        for before in UNTIL[state]:
            assert (await step(jindong, id_, before)).status_code == 200
        seen = await asked(jindong, "GET", f"{ALL}/{id_}")
        assert (seen.json()["state"], seen.json()["allowed_actions"]) == (
            state,
            NEXT.get(state, []),
        )
        answer = await step(jindong, id_, name)
        if name in NEXT.get(state, []):
            assert (answer.status_code, answer.json()["state"]) == (200, after)
        else:
            assert (answer.status_code, answer.json()["code"]) == (409, "step_not_allowed")


async def test_what_is_not_acknowledged_within_two_hours_is_overdue(jindong: District) -> None:
    late, soon = timedelta(hours=2, minutes=1), timedelta(hours=1, minutes=58)
    for ago, overdue in ((late, True), (soon, False)):
        id_ = await raised(jindong, ago=ago)
        assert (await asked(jindong, "GET", f"{ALL}/{id_}")).json()["ack_overdue"] is overdue
        assert (await step(jindong, id_, "ack")).json()["ack_overdue"] is overdue


async def test_a_list_shows_ones_own_areas_by_filter_and_page(jindong: District) -> None:
    mine, second, others = [await raised(jindong, area) for area in (LINGXIA, LINGXIA, XIAOSHUN)]
    await step(jindong, second, "ack")

    async def ids(query: str, **how: Any) -> list[str]:
        answer = await asked(jindong, "GET", f"{ALL}?rule=W7{query}", **how)
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["items"]]

    assert (await ids(""))[:2] == [second, mine]
    assert others not in await ids("")
    district: dict[str, Any] = {"role": "district_operator", "area": DISTRICT}
    assert (await ids("", **district))[:3] == [others, second, mine]
    assert (await ids(f"&area={LINGXIA}", **district))[:2] == [second, mine]
    assert (await ids("&state=ACKED"))[0] == second
    assert second in await ids("&open=true&limit=200")
    assert second not in await ids("&open=false&limit=200")
    assert await ids("", role="auditor", area="330702") == []
    first = await asked(jindong, "GET", f"{ALL}?rule=W7&limit=1")
    assert [item["id"] for item in first.json()["items"]] == [second]
    assert (await ids(f"&after={first.json()['next']}"))[0] == mine
    silent = await asked(jindong, "GET", f"{ALL}?rule=W9&limit=200")
    assert mine not in [item["id"] for item in silent.json()["items"]]


async def test_the_rules_are_told_with_their_versions(jindong: District) -> None:
    items = (await asked(jindong, "GET", "/v1/warning-rules")).json()["items"]
    assert [(rule["rule"], rule["version"]) for rule in items] == [
        ("W1", 1),
        ("W3", 1),
        ("W6", 1),
        ("W7", 1),
        ("W9", 1),
    ]
    assert items[0]["settings"]["at_least"] == "0.10"


async def test_an_auditor_reads_and_takes_no_step(jindong: District) -> None:
    id_ = await raised(jindong)
    seen = await asked(jindong, "GET", f"{ALL}/{id_}", role="auditor")
    assert (seen.status_code, seen.json()["allowed_actions"]) == (200, [])
    answer = await step(jindong, id_, "ack", role="auditor")
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")


@pytest.mark.parametrize(
    ("name", "how", "status", "code"),
    [
        ("ack", {"area": XIAOSHUN}, 404, "not_found"),
        ("ack", {"role": "grid_leader"}, 403, "permission_missing"),
        ("ack", {"match": None}, 428, "if_match_missing"),
        ("ack", {"match": "1"}, 422, "malformed_if_match"),
        ("ack", {"match": '"2"'}, 412, "precondition_failed"),
        ("handle", {}, 409, "step_not_allowed"),
        ("resolve", {"body": {"remark": "好"}}, 422, "invalid_request"),
        ("resolve", {"body": {"remark": "已致电 13800005678"}}, 422, "invalid_request"),
        ("dismiss", {"body": {}}, 422, "invalid_request"),
        ("dismiss", {"body": REMARK | {"more": 1}}, 422, "invalid_request"),
    ],
)
async def test_what_is_refused(
    jindong: District, name: str, how: dict[str, Any], status: int, code: str
) -> None:
    id_ = await raised(jindong)
    answer = await step(jindong, id_, name, **how)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    seen = await asked(jindong, "GET", f"{ALL}/{id_}")
    assert (seen.json()["state"], seen.json()["version"]) == ("RAISED", 1)


async def test_what_is_out_of_sight_or_unknown_is_not_found(jindong: District) -> None:
    id_ = await raised(jindong, XIAOSHUN)
    for path in (f"{ALL}/{id_}", f"{ALL}/{uuid4()}"):
        assert (await asked(jindong, "GET", path)).status_code == 404
    for role in ("resident", "agency", "grid_leader", "operator"):
        for path in (ALL, f"{ALL}/{id_}", "/v1/warning-rules"):
            answer = await asked(jindong, "GET", path, role=role)
            assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")
