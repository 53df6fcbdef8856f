from uuid import uuid4

from tests.support.grid import REPORT, reported, step
from tests.support.people import DISTRICT, HANDLER, OTHER_TOWNSHIP, RED_MEMBER, TOWNSHIP, VERIFIER
from tests.support.running import Running


async def test_a_report_goes_from_reported_to_closed(grid: Running) -> None:
    receipt = await reported(grid)
    assert receipt["status"] == "REPORTED"
    assert receipt["number"].startswith("GE330703105")
    receipt = await step(grid, TOWNSHIP, receipt, "accept")
    receipt = await step(grid, TOWNSHIP, receipt, "assign", organisation="330703-enforcement")
    receipt = await step(grid, HANDLER, receipt, "start")
    receipt = await step(grid, HANDLER, receipt, "resolve", opinion="已清理")
    receipt = await step(grid, VERIFIER, receipt, "verify")
    receipt = await step(grid, TOWNSHIP, receipt, "close")
    assert receipt["version"] == 7
    assert [event for event in await grid.events() if event[0].startswith("grid.report")] == [
        ("grid.report.reported.v1", 1),
        ("grid.report.accepted.v1", 2),
        ("grid.report.assigned.v1", 3),
        ("grid.report.processing_started.v1", 4),
        ("grid.report.resolved.v1", 5),
        ("grid.report.verified.v1", 6),
        ("grid.report.closed.v1", 7),
    ]
    shown = (await grid.call(DISTRICT, "GET", f"/v1/grid/reports/{receipt['id']}")).json()
    assert shown["status"] == "CLOSED"
    assert shown["allowed_actions"] == []


async def test_another_township_sees_nothing(grid: Running) -> None:
    receipt = await reported(grid)
    answer = await grid.call(OTHER_TOWNSHIP, "GET", f"/v1/grid/reports/{receipt['id']}")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"
    listed = await grid.call(OTHER_TOWNSHIP, "GET", "/v1/grid/reports")
    assert listed.json() == {"items": [], "next": None}
    listed = await grid.call(TOWNSHIP, "GET", "/v1/grid/reports")
    assert receipt["id"] in [line["id"] for line in listed.json()["items"]]


async def test_a_client_uuid_is_answered_once_and_replayed(grid: Running) -> None:
    body = REPORT | {"id": str(uuid4())}
    first = await grid.call(RED_MEMBER, "POST", "/v1/grid/reports", body)
    again = await grid.call(RED_MEMBER, "POST", "/v1/grid/reports", body)
    assert again.json() == first.json()
    other = await grid.call(RED_MEMBER, "POST", "/v1/grid/reports", body | {"title": "别的内容"})
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
