"""`Caller.covers` as part of a WHERE."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, false, func, or_


def within(column: Any, areas: Iterable[str]) -> ColumnElement[bool]:
    """Whether an area code lies inside one of `areas`; inside none, where there are none."""
    return or_(false(), *(func.starts_with(column, area) for area in areas))
