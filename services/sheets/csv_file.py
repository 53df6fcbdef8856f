"""CSV for people's spreadsheets and for machines: UTF-8 with BOM, RFC 4180."""

import csv
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

from services.sheets.columns import Cell, Marks, cells

HEADER = 4_000_000
"""Bytes at most: a request has half as many."""
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""With which a spreadsheet would begin to compute; also in full width."""


class CsvFile:
    """What it says of itself is one more header: no line is there that is not a record."""

    media = "text/csv; charset=utf-8"
    shown = staticmethod(cells)

    def __init__(self, folder: Path, headers: list[str], marks: Marks) -> None:
        self.path, self.marks = folder / "content", marks
        self.file = self.path.open("w", encoding="utf-8-sig", newline="")
        self.writer = csv.writer(self.file, quoting=csv.QUOTE_NONNUMERIC)
        self.writer.writerow([*headers, self._mark(0)])

    def write(self, rows: Iterable[list[Cell]]) -> None:
        self.writer.writerows([*map(_text, row), None] for row in rows)

    def close(self, rows: int) -> Path:
        """The number of rows is known only now: it takes the place that the header has kept for it."""
        self.file.close()
        with self.path.open("r+b") as file:
            file.seek(file.read(HEADER).index(self._mark(0).encode()))
            file.write(self._mark(rows).encode())
        return self.path

    def abandon(self) -> None:
        self.file.close()

    def _mark(self, rows: int) -> str:
        return " | ".join(self.marks(rows)).replace('"', "'")


def _text(cell: Cell) -> str | int | float | None:
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(FORMULA) else cell
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    return cell.isoformat() if isinstance(cell, date) else cell
