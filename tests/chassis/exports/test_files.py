"""Cells: no text of anybody's is ever computed, and nothing is lost on the way."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID
from xml.etree.ElementTree import fromstring as parsed
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel

from services.chassis.exports.files import Folder
from services.chassis.exports.jobs import Job
from services.chassis.identity.caller import Caller
from services.contracts.codes_training import Audience
from services.sheets.columns import Cell, cells, columns_of
from services.sheets.csv_file import FORMULA, CsvFile
from services.sheets.xlsx_file import XlsxFile

JOB = Job(
    id=UUID(int=7),
    caller=Caller("=somebody", frozenset({"auditor"}), ("330703",)),
    list="reports",
    format="csv",
    language="zh",
    purpose="=2+2",
    filters={},
    state="RUNNING",
    reason=None,
    rows=0,
    bytes=None,
    attempt=1,
    asked_at=datetime(2026, 11, 30, 1, 2, 3, tzinfo=UTC),
    started_at=None,
    finished_at=None,
    expires_at=None,
)
EXCEL = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
DANGEROUS = st.builds(lambda first, rest: first + rest, st.sampled_from(FORMULA), TEXTS)
CELLS = st.one_of(
    TEXTS, DANGEROUS, st.none(), st.integers(-(10**9), 10**9), st.floats(allow_nan=False, width=32)
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


def written(folder: Path, rows: list[list[Cell]], width: int = 3) -> list[list[str]]:
    """Rows of cells as any reader of RFC 4180 finds them, headers included."""
    file = CsvFile(folder, [f"c{n}" for n in range(width)], JOB.marks)
    file.write(rows)
    with file.close(len(rows)).open(encoding="utf-8-sig", newline="") as text:
        return list(csv.reader(text, strict=True))


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=20))
def test_no_text_begins_as_a_formula_and_numbers_stay_numbers(
    folder: Path, rows: list[list[Cell]]
) -> None:
    header, *found = written(folder, rows)
    assert len(found) == len(rows)
    assert not any(cell.startswith(FORMULA) for cell in header)
    for given_row, row in zip(rows, found, strict=True):
        assert row.pop() == ""
        for cell, told in zip(given_row, row, strict=True):
            if isinstance(cell, str):
                assert not told.startswith(FORMULA)
                assert told.removeprefix("'" if cell.startswith(FORMULA) else "") == cell
            else:
                assert (float(told) if told else None) == cell


@given(st.lists(TEXTS, min_size=1, max_size=5))
@settings(max_examples=25)
def test_a_workbook_holds_any_text_and_computes_none(texts: list[str]) -> None:
    job = JOB.model_copy(update={"purpose": "".join(texts)})
    with TemporaryDirectory() as folder:
        file = XlsxFile(Path(folder), ["c0"], job.marks)
        file.write([text] for text in texts)
        with ZipFile(file.close(len(texts))) as book:
            parts = {name: parsed(book.read(name)) for name in book.namelist()}  # noqa: S314
    cells_of_it = list(parts["xl/worksheets/sheet1.xml"].iter(f"{EXCEL}c"))
    assert {cell.get("t") for cell in cells_of_it} <= {"inlineStr", None}
    assert not any(cell.find(f"{EXCEL}f") is not None for cell in cells_of_it)
    assert len(cells_of_it) == 1 + len(texts)


@pytest.mark.parametrize("first", "=+-@\t\r\n＝＋－＠")
def test_what_a_spreadsheet_would_compute_gets_an_apostrophe(folder: Path, first: str) -> None:
    text = f"{first}1+1"
    assert written(folder, [[text, -1, 0.5]])[1][:3] == [f"'{text}", "-1", "0.5"]


def test_the_header_tells_the_rows_whatever_the_purpose_says(folder: Path) -> None:
    (header, *_) = written(folder, [[1, 2, 3]] * 12)
    assert header[:3] == ["c0", "c1", "c2"]
    assert header[3].startswith("行数 rows: 0000000012 | 导出编号 export: 00000000-0000-")
    assert header[3].endswith("职责范围 scope: 330703 | 筛选 filters:  | 用途 purpose: =2+2")
    assert "时间 at: 2026-11-30T09:02:03+08:00" in header[3]


def test_nobody_else_on_the_host_reads_what_lies_there(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "exports" / "grid")
    part = folder.part(JOB)
    file = part / "file"
    file.write_text("朱**")
    assert folder.keep(file, JOB) == len("朱**".encode())
    modes = [path.stat().st_mode & 0o777 for path in (folder.path, part, folder.whole(JOB))]
    assert modes == [0o700, 0o700, 0o600]


class Line(BaseModel):
    id: UUID
    at: AwareDatetime | None
    found_at: datetime
    issued_on: date
    audiences: list[Audience]
    audience: Audience | None
    demo: bool
    heads: int
    notes: list[str]
    more: dict[str, int]


def test_each_kind_of_value_has_its_cell() -> None:
    columns = columns_of(Line, "en")
    record = {
        "id": str(UUID(int=1)),
        "at": None,
        "found_at": "2026-12-31T17:00:00.123456+00:00",
        "issued_on": "2026-02-28",
        "audiences": ["ENTERPRISE_PRINCIPAL", "SAFETY_OFFICER"],
        "demo": False,
        "heads": -3,
        "notes": ["a", "b"],
        "more": {"a": 1},
    }
    told = dict(zip((column.header for column in columns), cells(columns, record), strict=True))
    found_at = told.pop("Found at")
    assert isinstance(found_at, datetime)
    assert found_at.isoformat(timespec="seconds") == "2027-01-01T01:00:00+08:00"
    assert told.pop("Audiences") not in ("", None)
    assert told == {
        "Id": str(UUID(int=1)),
        "at": None,
        "Issued on": date(2026, 2, 28),
        "Audiences (code)": "ENTERPRISE_PRINCIPAL、SAFETY_OFFICER",
        "Audience": None,
        "Audience (code)": None,
        "Made up": "no",
        "Visitors": -3,
        "notes": "a、b",
        "more": '{"a":1}',
    }
