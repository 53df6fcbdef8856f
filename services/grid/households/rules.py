"""A household (户) and its tags. Pure."""

from collections.abc import Container, Sequence
from enum import StrEnum

from services.chassis.errors import Conflict, Invalid


class Step(StrEnum):
    CHANGE = "change"
    LINK = "link"
    UNLINK = "unlink"


class TagUnknown(Invalid):
    def __init__(self, place: int) -> None:
        super().__init__(
            "标签表中没有该标签。", "No such tag in the table.", pointer=f"/tags/{place}"
        )


class NumberTaken(Conflict):
    zh = "该网格中已有相同户号的住户。"
    en = "The grid has a household of this number already."
    pointer = "/household_no"


def require_tags(tags: Sequence[str], known: Container[str]) -> None:
    """Refuse a tag that the table does not have."""
    for place, tag in enumerate(tags):
        if tag not in known:
            raise TagUnknown(place)
