"""XLSX row by row: what is written goes to the disk, not into memory. Texts are never formulas or links."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

from services.sheets.columns import Cell, Marks, cells

SHEET, ABOUT = "数据 Data", "导出说明 About"
SHEET_ROWS = 1_048_576
WIDTH = 20
FOOTER = 200
NEVER = {0xFFFE: " ", 0xFFFF: " "}
NO_TEXT = re.compile("[\x00-\x1f\ufffe\uffff]")
"""What XML cannot hold; of a cell the library itself escapes all but the last two, `NEVER`."""


class XlsxFile:
    """What it says of itself stands in its properties, below each printed page and on a sheet of its own."""

    media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    shown = staticmethod(cells)

    def __init__(self, folder: Path, headers: list[str], marks: Marks) -> None:
        self.path, self.headers, self.numbers = folder / "content", headers, count(1)
        self.marks: Marks = lambda rows: [NO_TEXT.sub(" ", mark) for mark in marks(rows)]
        options = {"constant_memory": True, "tmpdir": str(folder), "use_zip64": True}
        self.book: Any = import_module("xlsxwriter").Workbook(self.path, options)
        self.book.set_properties({"comments": "\n".join(self.marks(0)[1:])})
        self.times = self.book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.days = self.book.add_format({"num_format": "yyyy-mm-dd"})
        self._headed()

    def write(self, rows: Iterable[list[Cell]]) -> None:
        for row in rows:
            if self.row == SHEET_ROWS:
                self._headed()
            self._write(row)

    def close(self, rows: int) -> Path:
        """Takes long for many rows: they are compressed only now."""
        self._begin(ABOUT)
        for mark in self.marks(rows):
            self._write(mark.split(": ", 1))
        self.book.close()
        return self.path

    def abandon(self) -> None:
        for sheet in self.book.worksheets():
            sheet.row_data_fh.close()

    def _headed(self) -> None:
        self._begin(f"{SHEET} {next(self.numbers)}")
        self.sheet.freeze_panes(1, 0)
        self.sheet.set_column(0, len(self.headers) - 1, WIDTH)
        self._write(self.headers)

    def _begin(self, name: str) -> None:
        self.sheet, self.row = self.book.add_worksheet(name), 0
        told = " ".join(self.marks(0)[1:])[:FOOTER]
        self.sheet.set_footer(f"&L{told.replace('&', '&&')}")

    def _write(self, row: Iterable[Cell]) -> None:
        at = self.row
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                self.sheet.write_string(at, column, cell.translate(NEVER))
            elif isinstance(cell, datetime):
                self.sheet.write_datetime(at, column, cell.replace(tzinfo=None), self.times)
            elif isinstance(cell, date):
                self.sheet.write_datetime(at, column, cell, self.days)
            elif cell is not None:
                self.sheet.write_number(at, column, cell)
        self.row += 1
