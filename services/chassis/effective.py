"""Configuration that is in force from a day on, for an area and all below it."""

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

Row = TypeVar("Row", bound=Any)


def in_force(rows: Iterable[Row], area: str, day: date) -> Row | None:
    """The row that holds in `area` on `day`: of the smallest area that it is given for, the newest."""
    fitting = (row for row in rows if row.valid_from <= day and area.startswith(row.area_code))
    return max(fitting, key=lambda row: (len(row.area_code), row.valid_from), default=None)
