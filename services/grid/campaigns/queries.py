"""Who sees which campaigns, and what work in the field must know of its area and its campaign."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, false, literal, or_, true
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.database import driver
from services.chassis.decision import AlreadyExists, OutsideScope
from services.chassis.identity.caller import Caller
from services.chassis.identity.scope import within
from services.chassis.operation import Item, Noun
from services.grid.areas import queries as areas
from services.grid.areas.rules import AreaUnknown, Validity
from services.grid.campaigns.models import Campaign
from services.grid.campaigns.rules import Campaigns, Running, require_days
from services.grid.campaigns.schemas import CampaignOut


def concerning(column: Any, caller: Caller) -> ColumnElement[bool]:
    """What is of the caller's areas, of an area below them, or of one that they lie in."""
    if caller.is_job:
        return true()
    above = (literal(area).startswith(column) for area in caller.areas)
    return or_(within(column, caller.areas), false(), *above)


CAMPAIGNS: Noun[Campaign] = Noun(
    "campaign",
    Campaign,
    lambda caller: concerning(col(Campaign.area_code), caller),
    lambda campaign, caller, allowed: CampaignOut.of(
        campaign, allowed if caller.covers(campaign.area_code) else []
    ),
)


def on(day: date | None) -> ColumnElement[bool] | None:
    """Those that run on `day`."""
    if day is None:
        return None
    return (col(Campaign.starts_on) <= day) & (col(Campaign.ends_on) >= day)


@dataclass(frozen=True)
class Ground:
    """What work in the field must know: when each area named is valid, and when each campaign named runs."""

    areas: Validity
    campaigns: Campaigns

    def require(self, caller: Caller, area_code: str, campaign: str | None, day: date) -> None:
        """Refuse what is not the caller's, not there, or not of its campaign's days."""
        if not caller.covers(area_code):
            raise OutsideScope(area_code)
        if not self.areas.holds(area_code, day):
            raise AreaUnknown(area_code)
        self.campaigns.require(campaign, area_code, day)


@dataclass(frozen=True)
class Planning:
    """What is planned for some days must know: when its area is valid, and which codes of campaigns are taken."""

    areas: Validity
    codes: set[str]

    def require(self, caller: Caller, area_code: str, first: date, last: date) -> None:
        """Refuse what has no day, or none on which its area is there."""
        require_days(first, last)
        if not caller.covers(area_code):
            raise OutsideScope(area_code)
        if not self.areas.overlaps(area_code, first, last + timedelta(days=1)):
            raise AreaUnknown(area_code)

    def take(self, code: str) -> None:
        if code in self.codes:
            raise AlreadyExists(pointer="/code")
        self.codes.add(code)


async def planning(connection: AsyncConnection, items: Sequence[Item]) -> Planning:
    """Who takes the same code meanwhile meets a unique key, and then finds it here."""
    raw = await driver(connection)
    codes = [code for item in items if (code := getattr(item.body, "code", None))]
    rows = await raw.fetch("select code from campaign where code = any($1::text[])", codes)
    known = await areas.validity(connection, {item.body.area_code for item in items})
    return Planning(known, {row[0] for row in rows})


async def campaigns(connection: AsyncConnection, codes: Iterable[str | None]) -> Campaigns:
    raw = await driver(connection)
    rows = await raw.fetch(
        "select code, area_code, starts_on, ends_on from campaign where code = any($1::text[])",
        [*{code for code in codes if code}],
    )
    return Campaigns((row[0], Running(row[1], row[2], row[3])) for row in rows)


async def ground(connection: AsyncConnection, items: Sequence[Item]) -> Ground:
    """Of bodies with an `area_code`, and perhaps a `campaign`."""
    return Ground(
        await areas.validity(connection, {item.body.area_code for item in items}),
        await campaigns(connection, {getattr(item.body, "campaign", None) for item in items}),
    )
