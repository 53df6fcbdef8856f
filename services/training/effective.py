"""Configuration per audience that is in force from a day on."""

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

from services.chassis.errors import Unavailable
from services.contracts.codes_training import Audience

Row = TypeVar("Row", bound=Any)


class NotConfigured(Unavailable):
    def __init__(self, audience: Audience) -> None:
        super().__init__(
            f"未配置对象 {audience} 的合格标准或有效期。",
            f"No pass mark or validity is configured for {audience}.",
        )


def in_force(rows: Iterable[Row], audience: Audience, day: date) -> Row:
    """The newest of `rows` for `audience` that was in force on `day`."""
    known = (row for row in rows if row.audience == audience and row.valid_from <= day)
    row = max(known, key=lambda row: row.valid_from, default=None)
    if row is None:
        raise NotConfigured(audience)
    return row
