"""A household (户) and its tags. Pure."""

from collections.abc import Container, Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel

from services.chassis.errors import Conflict, Invalid
from services.grid.links.rules import BeforeItBegan, Held


class Step(StrEnum):
    CHANGE = "change"
    LINK = "link"
    UNLINK = "unlink"
    MOVE = "move"


class Stay(BaseModel):
    """A grid in which a household was before, and the first day on which it was in the next."""

    area_code: str
    until_on: date


class Piece(NamedTuple):
    """A part of a span, in one grid."""

    area_code: str
    since_on: date
    until_on: date | None


class TagUnknown(Invalid):
    def __init__(self, place: int) -> None:
        super().__init__(
            "标签表中没有该标签。", "No such tag in the table.", pointer=f"/tags/{place}"
        )


class NumberTaken(Conflict):
    zh = "该网格中已有相同户号的住户。"
    en = "The grid has a household of this number already."
    pointer = "/household_no"


class SameGrid(Conflict):
    zh = "该户已在此网格。"
    en = "The household is in this grid already."
    pointer = "/area_code"


class BeforeItMoved(Invalid):
    zh = "日期早于该户上一次迁移。"
    en = "The day lies before the household moved last."
    pointer = "/occurred_at"


def moved(stays: Sequence[Stay], now: str, to: str, day: date, held: Sequence[Held]) -> list[Stay]:
    """Where it was until `day`, from which on it is in the grid `to`."""
    if now == to:
        raise SameGrid
    if any(stay.until_on > day for stay in stays):
        raise BeforeItMoved
    if any(link.since_on > day for link in held):
        raise BeforeItBegan
    return [*stays, Stay(area_code=now, until_on=day)]


def pieces(
    stays: Sequence[Stay], now: str, since_on: date, until_on: date | None
) -> Iterator[Piece]:
    """The days of a span by the grids of which the household was."""
    begun = since_on
    for stay in stays:
        end = min(stay.until_on, until_on or date.max)
        if begun < end:
            yield Piece(stay.area_code, begun, end)
            begun = end
    if until_on is None or begun < until_on or begun == since_on:
        yield Piece(now, begun, until_on)


def reach(grids: Sequence[str]) -> str:
    """The smallest area in which all of these grids lie."""
    first, last = min(grids), max(grids)
    return next(first[:n] for n in (15, 12, 9, 6) if last.startswith(first[:n]))


def require_tags(tags: Sequence[str], known: Container[str]) -> None:
    """Refuse a tag that the table does not have."""
    for place, tag in enumerate(tags):
        if tag not in known:
            raise TagUnknown(place)
