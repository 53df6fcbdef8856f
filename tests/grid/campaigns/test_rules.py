from datetime import date

import pytest

from services.grid.campaigns.rules import (
    CampaignBackwards,
    Campaigns,
    CampaignUnknown,
    OnlyExtended,
    OutsideCampaign,
    Running,
    require_days,
    require_longer,
)

FIRST, LAST = date(2017, 9, 1), date(2017, 10, 31)
KNOWN = Campaigns(
    [("CPC19-2017", Running("330703", FIRST, LAST)), ("T-1", Running("330703105", FIRST, LAST))]
)


@pytest.mark.parametrize("day", [FIRST, date(2017, 10, 18), LAST])
def test_a_campaign_runs_on_each_of_its_days(day: date) -> None:
    KNOWN.require("CPC19-2017", "330703105291001", day)


@pytest.mark.parametrize("day", [date(2017, 8, 31), date(2017, 11, 1), date(2018, 9, 1)])
def test_outside_its_days_nothing_belongs_to_a_campaign(day: date) -> None:
    with pytest.raises(OutsideCampaign, match="from 2017-09-01 to 2017-10-31"):
        KNOWN.require("CPC19-2017", "330703105", day)


@pytest.mark.parametrize(
    ("code", "area"), [("NO-SUCH", "330703105"), ("T-1", "330703101"), ("T-1", "330703")]
)
def test_a_campaign_is_of_its_area(code: str, area: str) -> None:
    with pytest.raises(CampaignUnknown):
        KNOWN.require(code, area, FIRST)


def test_nothing_has_to_belong_to_a_campaign() -> None:
    KNOWN.require(None, "330702", date(1999, 1, 1))


def test_a_campaign_may_be_of_one_day_and_not_of_fewer() -> None:
    require_days(FIRST, FIRST)
    with pytest.raises(CampaignBackwards):
        require_days(LAST, FIRST)


@pytest.mark.parametrize(
    ("first", "last", "refused"),
    [
        (FIRST, LAST, None),
        (date(2017, 8, 1), LAST, None),
        (FIRST, date(2017, 12, 31), None),
        (date(2017, 9, 2), LAST, OnlyExtended),
        (FIRST, date(2017, 10, 30), OnlyExtended),
        (date(2017, 9, 2), date(2018, 1, 1), OnlyExtended),
        (LAST, FIRST, CampaignBackwards),
    ],
)
def test_a_campaign_is_never_shortened(first: date, last: date, refused: type | None) -> None:
    if refused is None:
        require_longer((FIRST, LAST), (first, last))
    else:
        with pytest.raises(refused):
            require_longer((FIRST, LAST), (first, last))
