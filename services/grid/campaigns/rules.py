"""Campaigns (专项行动): work in the field may refer to one that runs there on its day. Pure."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from services.chassis.errors import Conflict, Invalid


class Step(StrEnum):
    EXTEND = "extend"


class CampaignUnknown(Invalid):
    """There is none of that code, or it is another area's."""

    def __init__(self, code: str) -> None:
        super().__init__(
            f"该区域没有专项行动 {code}。",
            f"There is no campaign {code} in that area.",
            pointer="/campaign",
        )


class OutsideCampaign(Invalid):
    def __init__(self, code: str, first: date, last: date) -> None:
        super().__init__(
            f"专项行动 {code} 的时间为 {first} 至 {last}。",
            f"Campaign {code} runs from {first} to {last}.",
            pointer="/campaign",
        )


class CampaignBackwards(Invalid):
    zh = "结束日期早于开始日期。"
    en = "ends_on lies before starts_on."
    pointer = "/ends_on"


class OnlyExtended(Conflict):
    """Rows of its days refer to it already."""

    def __init__(self, pointer: str) -> None:
        super().__init__(
            "专项行动的时间只能延长，不能缩短。",
            "A campaign may be extended, not shortened.",
            pointer=pointer,
        )


class Running(NamedTuple):
    """Where and when a campaign runs; both days are its own."""

    area_code: str
    starts_on: date
    ends_on: date


class Campaigns:
    """Those of some codes."""

    def __init__(self, known: Iterable[tuple[str, Running]]) -> None:
        self._known = dict(known)

    def require(self, code: str | None, area_code: str, day: date) -> None:
        """Refuse a campaign that does not run in the area on that day."""
        if code is None:
            return
        campaign = self._known.get(code)
        if campaign is None or not area_code.startswith(campaign.area_code):
            raise CampaignUnknown(code)
        _, first, last = campaign
        if not first <= day <= last:
            raise OutsideCampaign(code, first, last)


def require_days(first: date, last: date) -> None:
    if last < first:
        raise CampaignBackwards


def require_longer(before: tuple[date, date], after: tuple[date, date]) -> None:
    require_days(*after)
    if after[0] > before[0]:
        raise OnlyExtended("/starts_on")
    if after[1] < before[1]:
        raise OnlyExtended("/ends_on")
