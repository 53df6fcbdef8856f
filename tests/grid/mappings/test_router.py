"""Reports of another system: read by a table that people keep, and taken over once, however often they are told."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.grid.field import imported
from tests.grid.parked.sending import said
from tests.grid.reports.test_archive import sweep
from tests.support.grid import REPORTS, attempt, refusal
from tests.support.people import DISTRICT, IMPORTER, RED_MEMBER, TOWNSHIP
from tests.support.running import Running

PATH, CODES = "/v1/grid/foreign-reports/import", "/v1/grid/source-codes"
ROW: dict[str, Any] = {
    "external_id": "ZJ-2018-1",
    "category_code": "环境卫生",
    "status_code": "待受理",
    "area_code": "330703105291001",
    "title": "河边垃圾",
    "reported_at": "2018-05-02T09:00:00+08:00",
}
ENDED = {
    "status_code": "办结",
    "accepted_at": "2018-05-02T15:00:00+08:00",
    "closed_at": "2018-05-04T10:00:00+08:00",
}


async def take(grid: Running, *rows: dict[str, Any], who: Any = IMPORTER, **more: Any) -> Any:
    batch = more.pop("import_batch", None) or await imported(grid, "平安浙江导出")
    told = {"source": "PINGAN_ZHEJIANG", "import_batch": batch, "rows": rows, **more}
    return await grid.call(who, "PUT", PATH, told)


async def found(grid: Running, external_id: str) -> Any:
    (row,) = await grid.fetch(
        "select *, (select count(*) from outbox where aggregate_id = report.id) as events,"
        " (select count(*) from clock where aggregate_id = report.id and stopped_at is null) as runs"
        " from report where external_id = $1",
        external_id,
    )
    return row


async def test_a_file_told_twice_changes_nothing(grid: Running) -> None:
    rows = [ROW | {"external_id": f"A-{n}"} for n in range(3)]
    rows += [ROW | ENDED | {"external_id": f"B-{n}"} for n in range(2)]
    assert (await take(grid, *rows)).json() == {"created": 5, "changed": 0, "unchanged": 0}
    before = await grid.fetch("select to_json(r)::text from report r order by id")
    assert (await take(grid, *rows)).json() == {"created": 0, "changed": 0, "unchanged": 5}
    await grid.fetch("delete from answer")  # as time does
    assert (await take(grid, *rows)).json() == {"created": 0, "changed": 0, "unchanged": 5}
    assert await grid.fetch("select to_json(r)::text from report r order by id") == before
    row = await found(grid, "B-1")
    assert (row["status"], row["category"], row["source"]) == (
        "CLOSED",
        "ENVIRONMENT",
        "PINGAN_ZHEJIANG",
    )
    assert (row["events"], row["runs"], row["import_batch_id"] is not None) == (1, 1, True)
    assert row["number"].startswith("GE33070310520180502")


async def test_what_becomes_of_it_there_is_followed(grid: Running) -> None:
    one, other = ROW | {"external_id": "C-1"}, ROW | {"external_id": "C-2"}
    await take(grid, one, other)
    assert (await found(grid, "C-1"))["runs"] == 1
    answer = await take(grid, one | ENDED, other | {"status_code": "注销"})
    assert answer.json() == {"created": 0, "changed": 2, "unchanged": 0}
    row = await found(grid, "C-1")
    assert (row["status"], row["version"], row["runs"]) == ("CLOSED", 2, 1)  # until it is archived
    assert (await found(grid, "C-2"))["status"] == "CANCELLED"
    assert (await take(grid, one)).json()["unchanged"] == 1  # an older file
    assert (await found(grid, "C-1"))["status"] == "CLOSED"


async def test_what_was_archived_here_is_closed_there_for_good(grid: Running) -> None:
    row = ROW | ENDED | {"external_id": "C-3"}
    opened = await imported(grid, "平安浙江导出")
    await take(grid, row, import_batch=opened)
    await sweep(grid, datetime.now(UTC))
    assert (await found(grid, "C-3"))["status"] == "CLOSED"
    await grid.call(IMPORTER, "POST", f"/v1/grid/imports/{opened}/complete", {})
    await sweep(grid, datetime.now(UTC))
    assert (await found(grid, "C-3"))["status"] == "ARCHIVED"
    assert (await take(grid, row | {"title": "改了标题"})).json()["unchanged"] == 1


async def test_what_is_taken_up_here_is_decided_here(grid: Running) -> None:
    row = ROW | {"external_id": "D-1"}
    await take(grid, row)
    report = await found(grid, "D-1")
    receipt = {"id": str(report["id"]), "version": 1}
    assert (await attempt(grid, TOWNSHIP, receipt, "accept")).status_code == 200
    assert (await take(grid, row)).json()["unchanged"] == 1
    answer = await take(grid, row | ENDED)
    assert refusal(answer) == (409, "taken_up_here", "/rows/0/status_code")


@pytest.mark.parametrize(
    ("facts", "code", "pointer"),
    [
        ({"category_code": "天文"}, "code_not_mapped", "/rows/1/category_code"),
        ({"status_code": "处置中"}, "code_not_mapped", "/rows/1/status_code"),
        ({"area_code": "330703105291999"}, "area_unknown", "/rows/1/area_code"),
        ({"status_code": "办结"}, "times_disagree", "/rows/1/accepted_at"),
        ({"reported_at": said(days=-30)}, "in_the_future", "/rows/1/reported_at"),
        (ENDED | {"closed_at": said(days=-30)}, "in_the_future", "/rows/1/closed_at"),
        (ENDED | {"accepted_at": said(hours=-1)}, "in_the_future", "/rows/1/accepted_at"),
        ({"external_id": "a b"}, "invalid_request", "/rows/1/external_id"),
        ({"more": "x"}, "invalid_request", "/rows/1/more"),
    ],
)
async def test_what_does_not_fit_is_named_with_row_and_column(
    grid: Running, facts: dict[str, Any], code: str, pointer: str
) -> None:
    good, bad = ROW | {"external_id": f"E-{code}{pointer}"}, ROW | {"external_id": "E-2"} | facts
    answer = await take(grid, good, bad)
    assert refusal(answer) == (422, code, pointer)
    kept = await grid.fetch("select 1 from report where external_id = $1", good["external_id"])
    assert len(kept) == (0 if code == "invalid_request" else 1)
    assert await grid.fetch("select 1 from report where external_id = 'E-2'") == []


async def test_the_district_says_what_a_code_means(grid: Running) -> None:
    told = {
        "source": "PINGAN_ZHEJIANG",
        "kind": "CATEGORY",
        "code": "0703",
        "label": "水环境",
        "category": "ENVIRONMENT",
        "subcategory": "WATER",
        "basis": "省平台编码表 2018 版",
        "confirmed": True,
    }
    row = ROW | {"external_id": "F-1", "category_code": "0703"}
    assert refusal(await take(grid, row))[1] == "code_not_mapped"
    answer = await grid.call(DISTRICT, "PUT", f"{CODES}/import", {"rows": [told]})
    assert answer.json() == {"created": 1, "changed": 0, "unchanged": 0}
    assert (await take(grid, row)).json()["created"] == 1
    assert (await found(grid, "F-1"))["subcategory"] == "WATER"
    table = (await grid.call(IMPORTER, "GET", CODES, source="PINGAN_ZHEJIANG")).json()["items"]
    assert {**told, "status": None} in table
    assert all(row["basis"] for row in table)
    wrong = told | {"status": "CLOSED"}
    answer = await grid.call(DISTRICT, "PUT", f"{CODES}/import", {"rows": [wrong]})
    assert refusal(answer) == (422, "invalid_request", "/rows/0")


async def test_who_imports(grid: Running) -> None:
    for who in (DISTRICT, TOWNSHIP, RED_MEMBER):
        answer = await take(grid, ROW, who=who)
        assert refusal(answer) == (403, "permission_missing")
    done = await imported(grid)
    await grid.call(IMPORTER, "POST", f"/v1/grid/imports/{done}/complete", {})
    answer = await take(grid, ROW | {"external_id": "G-1"}, import_batch=done)
    assert refusal(answer)[:2] == (409, "import_completed")


async def test_an_imported_report_is_one_like_any(grid: Running) -> None:
    await take(grid, ROW | {"external_id": "H-1"})
    id_ = (await found(grid, "H-1"))["id"]
    told = (await grid.call(TOWNSHIP, "GET", f"{REPORTS}/{id_}")).json()
    assert (told["source"], told["external_id"]) == ("PINGAN_ZHEJIANG", "H-1")
    assert "accept_report" in told["allowed_actions"]
