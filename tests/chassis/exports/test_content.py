"""What stands in the file: the list, as its caller sees it."""

from dataclasses import replace
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from services.contracts import roles
from tests.support.exports import asked, content, exported, exporter, records
from tests.support.grid import REPORTS, brought_to, refusal, reported
from tests.support.people import DISTRICT, OTHER_TOWNSHIP, TOWNSHIP
from tests.support.running import Running


async def listed(grid: Running, caller: Any, **filters: Any) -> list[dict[str, Any]]:
    answer = await grid.call(caller, "GET", REPORTS, limit=200, **filters)
    return list(answer.json()["items"])


async def test_it_is_the_list_with_its_filters_scope_and_order(
    grid: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.chassis.exports.lists.PAGE", 2)
    for n in range(5):
        await reported(grid, title=f"事项 {n}")
    await brought_to(grid, "CLOSED")
    await reported(grid, DISTRICT, area_code="330703101", title="孝顺的事")
    for who, seen, filters in (
        (DISTRICT, 7, {}),
        (DISTRICT, 6, {"status": ["REPORTED"]}),
        (DISTRICT, 1, {"area": "330703101"}),
        (TOWNSHIP, 6, {}),
        (OTHER_TOWNSHIP, 1, {}),
    ):
        rows = records(await exported(grid, who, filters=filters))
        lines = await listed(grid, who, **filters)
        assert len(rows) == seen
        assert [row["标识"] for row in rows] == [line["id"] for line in lines]
        assert [row["标题"] for row in rows] == [line["title"] for line in lines]


async def test_codes_come_with_labels_and_times_are_beijings(grid: Running) -> None:
    receipt = await reported(grid, occurred_at="2026-11-29T20:00:00Z")
    rows = records(await exported(grid, DISTRICT))
    row = next(row for row in rows if row["标识"] == receipt["id"])
    assert (row["状态"], row["状态（代码）"]) == ("待受理", "REPORTED")
    assert (row["事件类别"], row["事件类别（代码）"]) == ("生态环境与环境卫生", "ENVIRONMENT")
    assert row["上报时间"] == "2026-11-30T04:00:00+08:00"
    assert (row["办结时间"], row["是否补录"], row["版本"]) == ("", "否", "1")
    assert row["区划代码"] == "330703105291001"
    (english,) = records(await exported(grid, DISTRICT, language="en"))
    assert (english["Status"], english["Status (code)"]) == ("Reported", "REPORTED")
    assert english["Late entry"] == "no"


async def test_a_csv_says_who_took_it_when_and_what_for(grid: Running) -> None:
    await reported(grid)
    told = await exported(grid, TOWNSHIP, filters={"status": ["REPORTED"]})
    assert told.startswith("\ufeff".encode())
    header, first, end = told.decode("utf-8-sig").split("\r\n")
    mark = header.rsplit(',"', 1)[1]
    for part in ("行数 rows: 0000000001", TOWNSHIP.subject, "330703105", "月度核对", "REPORTED"):
        assert part in mark
    assert first.endswith(',""')
    assert end == ""


async def test_an_xlsx_is_a_workbook_with_a_sheet_that_says_so(grid: Running) -> None:
    await reported(grid, title="=1+1")
    book = ZipFile(BytesIO(await exported(grid, DISTRICT, format="xlsx")))
    parts = {name: book.read(name).decode() for name in book.namelist() if name.endswith("xml")}
    first, second = (parts[f"xl/worksheets/sheet{n}.xml"] for n in (1, 2))
    assert "<t>=1+1</t>" in first
    assert "<f>" not in first
    assert "<t>生态环境与环境卫生</t>" in first
    assert "<t>0000000001</t>" in second
    assert "月度核对" in second
    assert DISTRICT.subject in parts["docProps/core.xml"]
    assert "导出说明" in parts["xl/workbook.xml"]


async def test_a_sheet_that_is_full_is_followed_by_another(
    grid: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.sheets.xlsx_file.SHEET_ROWS", 3)
    for n in range(5):
        await reported(grid, title=f"第 {n} 件")
    book = ZipFile(BytesIO(await exported(grid, DISTRICT, format="xlsx")))
    sheets = [book.read(f"xl/worksheets/sheet{n}.xml").decode() for n in (1, 2, 3, 4)]
    assert [sheet.count("第 ") for sheet in sheets] == [2, 2, 1, 0]
    assert all("<t>标题</t>" in sheet for sheet in sheets[:3])


@pytest.mark.parametrize(
    ("now", "status", "code"),
    [
        (replace(DISTRICT, roles=frozenset({roles.MEDIATOR})), 403, "permission_missing"),
        (replace(DISTRICT, roles=frozenset({roles.AUDITOR})), 404, "not_found"),
        (replace(DISTRICT, areas=("330703105",)), 404, "not_found"),
        (replace(DISTRICT, areas=("330703", "330702")), 200, ""),
    ],
)
async def test_what_was_lost_since_is_not_fetched(
    grid: Running, now: Any, status: int, code: str
) -> None:
    job = await asked(grid, DISTRICT)
    await exporter(grid).run()
    answer = await content(grid, now, job)
    assert answer.status_code == status
    assert not code or refusal(answer)[1] == code


async def test_a_file_is_offered_under_a_name(grid: Running) -> None:
    job = await asked(grid, DISTRICT)
    answer = await content(grid, DISTRICT, job)
    assert refusal(answer) == (404, "content_missing")
    assert "QUEUED" in answer.json()["detail"]
    await exporter(grid).run()
    answer = await content(grid, DISTRICT, job)
    told = answer.headers["Content-Disposition"]
    assert told.startswith('attachment; filename="reports-')
    assert told.endswith('.csv"')
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
