"""A campaign before, during and after its days: what may be done with it, and what may belong to it."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from services.chassis.deadlines.calendar import local_day
from services.chassis.decision import AlreadyExists, OutsideScope
from services.chassis.errors import Refusal
from services.contracts.grid_outreach import CampaignSnapshot
from services.grid.areas.rules import AreaUnknown, Validity
from services.grid.campaigns.models import Campaign
from services.grid.campaigns.operations import extend_campaign, plan_campaign
from services.grid.campaigns.queries import CAMPAIGNS, Planning
from services.grid.campaigns.rules import (
    CampaignBackwards,
    Campaigns,
    OnlyExtended,
    OutsideCampaign,
    Running,
)
from services.grid.campaigns.schemas import CampaignIn, ExtendIn
from tests.grid.matrix import Outcome, Told, Try, steps, tried
from tests.support.people import TOWNSHIP

FIRST, LAST = date(2026, 3, 9), date(2026, 3, 15)
SINCE, UNTIL = date(2026, 1, 1), date(2026, 12, 31)
"""The area's."""
DAY = timedelta(days=1)
MIDNIGHT = datetime(2026, 3, 8, 16, tzinfo=UTC)
"""In Asia/Shanghai the first day begins."""
SECOND = timedelta(seconds=1)
TIMES = {
    "ahead": MIDNIGHT - SECOND,
    "its first moment": MIDNIGHT,
    "its last moment": MIDNIGHT + 7 * DAY - SECOND,
    "over": MIDNIGHT + 7 * DAY,
}


def campaign() -> Campaign:
    id_ = UUID(int=1)
    told: dict[str, Any] = {"id": id_, "correlation_id": id_, "area_code": "330703", "code": "T-1"}
    return Campaign(**told, name="示范", name_en="Sample", starts_on=FIRST, ends_on=LAST)


def extend(first: date, last: date) -> Try:
    return Try(extend_campaign, ExtendIn(starts_on=first, ends_on=last))


WAYS = {
    "as it is": extend(FIRST, LAST),
    "earlier": extend(FIRST - DAY, LAST),
    "longer": extend(FIRST, LAST + DAY),
    "both": extend(FIRST - DAY, LAST + DAY),
    "later begin": extend(FIRST + DAY, LAST),
    "earlier end": extend(FIRST, LAST - DAY),
    "another week": extend(FIRST + 7 * DAY, LAST + 7 * DAY),
    "backwards": extend(LAST, FIRST),
    "by a township": Try(extend_campaign, ExtendIn(starts_on=FIRST, ends_on=LAST), caller=TOWNSHIP),
}
PLANNED = Told("PLANNED", CampaignSnapshot)
MATRIX: dict[str, Outcome] = {
    "as it is": PLANNED,
    "earlier": PLANNED,
    "longer": PLANNED,
    "both": PLANNED,
    "later begin": OnlyExtended,
    "earlier end": OnlyExtended,
    "another week": OnlyExtended,
    "backwards": CampaignBackwards,
    "by a township": OutsideScope,
}
"""The same at any time: what was recorded late belongs to a campaign that is over."""


@pytest.mark.parametrize(("time", "way"), list(product(TIMES, WAYS)))
def test_what_becomes_of_a_campaign(time: str, way: str) -> None:
    told = WAYS[way]
    tried_then = Try(told.operation, told.body, at=TIMES[time], caller=told.caller)
    assert tried_then.on(campaign()) == MATRIX[way]


def test_every_step_is_tried() -> None:
    assert tried(WAYS.values()) == steps(CAMPAIGNS)
    assert MATRIX.keys() == WAYS.keys()


@pytest.mark.parametrize(
    ("first", "last", "outcome"),
    [
        (FIRST, LAST, PLANNED),
        (FIRST, FIRST, PLANNED),
        (LAST, FIRST, CampaignBackwards),
        (SINCE - DAY, SINCE, PLANNED),
        (SINCE - DAY, SINCE - DAY, AreaUnknown),
        (UNTIL - DAY, UNTIL, PLANNED),
        (UNTIL, UNTIL, AreaUnknown),
    ],
)
def test_a_campaign_is_planned_for_a_day_or_more(first: date, last: date, outcome: Outcome) -> None:
    told = {"area_code": "330703", "code": "T-1", "name": "示范", "name_en": "Sample"}
    body = CampaignIn.model_validate(told | {"starts_on": first, "ends_on": last})
    given = Planning(Validity([("330703", SINCE, UNTIL)]), {"T-2"})
    assert Try(plan_campaign, body, given).on(None) == outcome
    if outcome == PLANNED:
        assert Try(plan_campaign, body, given).on(None) is AlreadyExists
        assert Try(plan_campaign, body, given, caller=TOWNSHIP).on(None) is OutsideScope


@pytest.mark.parametrize(
    ("time", "refused"),
    [
        ("ahead", OutsideCampaign),
        ("its first moment", None),
        ("its last moment", None),
        ("over", OutsideCampaign),
    ],
)
def test_its_days_begin_and_end_at_midnight_in_china(
    time: str, refused: type[Refusal] | None
) -> None:
    known = Campaigns([("T-1", Running("330703", FIRST, LAST))])
    if refused is None:
        known.require("T-1", "330703105", local_day(TIMES[time]))
    else:
        with pytest.raises(refused):
            known.require("T-1", "330703105", local_day(TIMES[time]))
