"""A page of the records that a figure is made of. The work of a page is bounded: it may hold few of them, or none."""

import base64
import json
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from services.chassis.database import DriverConnection
from services.chassis.http.paging import InvalidCursor
from services.gateway.dashboards.numbers import in_units
from services.gateway.drilldown.made_of import COUNTED, Made, counting, stretches
from services.gateway.projections.store import BY_NOUN
from services.gateway.reference.queries import NEAREST

SCANNED = 2000
"""Cards that a page looks at, at most."""
CHUNK = 250
NIL = UUID(int=0)

CARDS = """
    select id, area_code, data::text as data from card where noun = $1
      and (area_code, id) > ($2, $3) and area_code <= $4 order by area_code, id limit $5"""
DISTINCT = """
    select dimension, min(day) as day from tally where area_code = $1 and metric = $2
      and day between $3 and $4 and n > 0 and dimension > $5
      and ($7::text is null or dimension = $7) group by 1 order by 1 limit $6"""
AREAS = f"""
    select distinct on (area_code) area_code, id from card
    where noun = 'area' and area_code = any($2::text[]) order by area_code, {NEAREST}"""


class Listed(NamedTuple):
    lines: list[dict[str, Any]]
    next: str | None


async def page(
    connection: DriverConnection,
    made: Made,
    area: str,
    after: str | None,
    limit: int,
    *,
    knows: bool,
) -> Listed:
    """Of `limit` records at most; the lines of one stay together. Who does not know of sensitive records is not told
    which they are, by a cursor neither: they count, and come with others, but to nobody who chooses a dimension, since
    theirs is not told."""
    if made.is_distinct:
        return await _distinct(connection, made, area, after, limit)
    code, id_ = _read(after, 2) if after else ("", str(NIL))
    try:
        place = (code, UUID(id_))
    except ValueError:
        raise InvalidCursor from None
    lines: list[dict[str, Any]] = []
    scanned = records = 0
    for low, high in stretches(area, made.noun):
        place = max(place, (low, NIL))
        asked = CHUNK
        while asked == CHUNK and place[0] <= high:
            rows = await connection.fetch(CARDS, made.noun, *place, high, CHUNK)
            asked = len(rows)
            for row in rows:
                place = (row["area_code"], row["id"])
                card = BY_NOUN[made.noun].snapshot.model_validate_json(row["data"])
                withheld = not knows and getattr(card, "told_apart", False)
                untold = withheld and made.dimension is not None
                found = [] if untold else _lines(made, area, None if withheld else row["id"], card)
                lines += found
                records, scanned = records + bool(found), scanned + 1
                if (records >= limit or scanned >= SCANNED) and not withheld:
                    return Listed(lines, _cursor(*place))
    return Listed(lines, None)


def _lines(made: Made, area: str, id: UUID | None, card: Any) -> list[dict[str, Any]]:
    """What a record adds; without an `id` nothing besides."""
    number = getattr(card, "number", None) if id else None
    return [
        {
            "noun": made.noun,
            "id": id,
            "number": number,
            "day": e.day,
            "n": in_units(e.n, made.figure),
            "dimension": (id and e.dimension) or None,
        }
        for e in counting(made, area, card)
    ]


async def _distinct(
    connection: DriverConnection, made: Made, area: str, after: str | None, limit: int
) -> Listed:
    """Each person or place once, on the first day on which it counts."""
    [metric] = made.metrics
    behind = _read(after, 1)[0] if after else ""
    days = made.first, made.last
    rows = await connection.fetch(DISTINCT, area, metric, *days, behind, limit, made.dimension)
    told = [row["dimension"] for row in rows]
    ids = await _ids(connection, made, told)
    lines = [
        {"noun": COUNTED[metric], "id": ids.get(row["dimension"]), "number": None, "n": 1, **row}
        for row in rows
    ]
    return Listed(lines, _cursor(told[-1]) if len(told) == limit else None)


async def _ids(connection: DriverConnection, made: Made, told: Sequence[str]) -> dict[str, UUID]:
    if COUNTED[made.metrics[0]] != "area":
        return {dimension: UUID(dimension) for dimension in told}
    rows = await connection.fetch(AREAS, made.last, told)
    return {row["area_code"]: row["id"] for row in rows}


def _cursor(*place: object) -> str:
    return base64.urlsafe_b64encode(json.dumps([*map(str, place)]).encode()).decode()


def _read(cursor: str, length: int) -> list[str]:
    try:
        told = json.loads(base64.urlsafe_b64decode(cursor))
    except ValueError:
        raise InvalidCursor from None
    fits = isinstance(told, list) and len(told) == length
    if not fits or any(
        not isinstance(part, str) or not part.isascii() or "\0" in part for part in told
    ):
        raise InvalidCursor
    return list(told)
