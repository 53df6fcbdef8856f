"""Where somebody says to have been (provenance of a position), and what makes that doubtful. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

from services.contracts.codes_outreach import Datum, Suspicion

AHEAD = timedelta(minutes=5)
"""How much a device's clock may go before ours."""
EARTH_M = 6_371_008.8


@dataclass(frozen=True)
class Point:
    lng: float
    lat: float
    datum: Datum


class Limit(NamedTuple):
    """One row of `PositionLimit`."""

    area_code: str
    valid_from: date
    accuracy_m: float
    stale_minutes: int
    far_m: float


class Fix(NamedTuple):
    """How a position came about. `of`: the instant that it is to prove; `away_m`: how far it is from the middle of the
    grid, zero where nobody knows that."""

    captured_at: datetime
    received_at: datetime
    of: datetime
    accuracy_m: float
    mock: bool = False
    away_m: float = 0


def suspicions(fix: Fix, limit: Limit) -> list[Suspicion]:
    """Why a position proves nothing; it is kept all the same."""
    found = {
        Suspicion.MOCK: fix.mock,
        Suspicion.INACCURATE: fix.accuracy_m > limit.accuracy_m,
        Suspicion.FROM_THE_FUTURE: fix.captured_at - fix.received_at > AHEAD,
        Suspicion.STALE: fix.of - fix.captured_at > timedelta(minutes=limit.stale_minutes),
        Suspicion.FAR: fix.away_m > limit.far_m,
    }
    return [suspicion for suspicion, holds in found.items() if holds]


def distance_m(one: Point, other: Point) -> float | None:
    """Along the earth's surface; None where the two refer to different datums, which are never mixed."""
    if one.datum is not other.datum:
        return None
    north, south = radians(one.lat), radians(other.lat)
    across = radians(other.lng - one.lng)
    half = sin((south - north) / 2) ** 2 + cos(north) * cos(south) * sin(across / 2) ** 2
    return 2 * EARTH_M * asin(min(1.0, sqrt(half)))


def all_of(*several: Iterable[Suspicion]) -> list[Suspicion]:
    """Each once, in the order of the code table."""
    found = {suspicion for some in several for suspicion in some}
    return [suspicion for suspicion in Suspicion if suspicion in found]
