"""What an emergency access must say, and who may look at it. Pure."""

from datetime import timedelta
from enum import StrEnum

from services.chassis.errors import Conflict, Forbidden
from services.chassis.identity.caller import Caller

LASTS = timedelta(hours=3)


class Finding(StrEnum):
    """What a review finds."""

    JUSTIFIED = "JUSTIFIED"
    UNJUSTIFIED = "UNJUSTIFIED"


class AreaIsYours(Conflict):
    zh = "该区域在您的职责范围内，无需紧急访问。"
    en = "The area is within your scope: that needs no emergency."


class OwnEmergency(Forbidden):
    zh = "不能审查自己的紧急访问。"
    en = "Nobody reviews their own emergency access."


class StillInForce(Conflict):
    zh = "紧急访问尚未结束，结束后再审查。"
    en = "It is in force yet: review it once it has ended."


class AlreadyReviewed(Conflict):
    zh = "该紧急访问已审查。"
    en = "It has been reviewed already."


def require_beyond(caller: Caller, area_code: str) -> None:
    if caller.covers(area_code):
        raise AreaIsYours
