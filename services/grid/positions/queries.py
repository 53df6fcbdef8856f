"""How accurate a position must be, by area and day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.database import driver
from services.chassis.deadlines.calendar_table import recent
from services.chassis.effective import in_force
from services.chassis.errors import Unavailable


class PositionLimitMissing(Unavailable):
    zh = "未配置定位精度要求。"
    en = "No limit for the accuracy of positions is configured."


class Rule(NamedTuple):
    """One row of `PositionLimit`."""

    area_code: str
    valid_from: date
    accuracy_m: float


@dataclass(frozen=True)
class Accuracy:
    """The limits in force."""

    rows: Sequence[Rule]

    def limit(self, area_code: str, day: date) -> float:
        rule = in_force(self.rows, area_code, day)
        if rule is None:
            raise PositionLimitMissing
        return rule.accuracy_m


async def accuracy(connection: AsyncConnection) -> Accuracy:
    return Accuracy(await recent(connection, _rules))


async def _rules(connection: AsyncConnection) -> list[Rule]:
    raw = await driver(connection)
    rows = await raw.fetch("select area_code, valid_from, accuracy_m from position_limit")
    return [Rule(*row) for row in rows]
