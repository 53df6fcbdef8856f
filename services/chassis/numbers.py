"""Business numbers: what people quote on the telephone and on paper.

PREFIX (2 letters) + area (9 digits) + day (yyyymmdd) + sequence (5 digits, more when needed) +
check character (ISO 7064 Mod 37,36). The check finds every wrong character, and every swap of
neighbouring digits but a few of those that differ by one.
"""

import re
from collections.abc import Mapping
from datetime import date
from time import monotonic
from typing import Any, TypeVar

import asyncpg
from sqlmodel import Field, SQLModel

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SHAPE = re.compile(r"([A-Z]{2})([0-9]{9})([0-9]{8})([0-9]{5}|[1-9][0-9]{5,})([0-9A-Z])")

RESERVED = 20
MOST_RUNS = 1000
Run = tuple[str, str, date]
"""(prefix, area code, day): one run of numbers; each starts at 1."""
Key = TypeVar("Key", bound=Run)


class NumberSequence(SQLModel, table=True):
    """The last sequence given out. Gaps are possible (a rolled back transaction keeps none)."""

    __tablename__ = "number_sequence"

    prefix: str = Field(primary_key=True)
    area_code: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    last: int


def compose(prefix: str, area_code: str, day: date, sequence: int) -> str:
    payload = f"{prefix}{area_code}{day:%Y%m%d}{sequence:05}"
    if sequence < 1 or not _SHAPE.fullmatch(payload + "0"):
        raise ValueError(f"not the parts of a number: {prefix!r}, {area_code!r}, {sequence}")
    return payload + check_character(payload)


def is_valid(number: str) -> bool:
    match = _SHAPE.fullmatch(number)
    if not match or int(match[4]) == 0 or check_character(number[:-1]) != match[5]:
        return False
    try:
        date(int(match[3][:4]), int(match[3][4:6]), int(match[3][6:]))
    except ValueError:
        return False
    return True


def check_character(payload: str) -> str:
    """ISO 7064 Mod 37,36 over digits and capital letters."""
    product = 36
    for character in payload:
        product = ((product + _ALPHABET.index(character)) % 36 or 36) * 2 % 37
    return _ALPHABET[(37 - product) % 36]


class Ahead:
    """Numbers of this process, for creations that come one by one: where a run is asked again within a
    second, a few are reserved at once, so that a busy township's row is not locked for each."""

    def __init__(self) -> None:
        self._runs: dict[Run, tuple[float, list[int]]] = {}

    async def take(
        self, conn: "asyncpg.Connection[Any]", wanted: Mapping[Key, int]
    ) -> dict[Key, list[int]]:
        """One at a time, please."""
        now = monotonic()
        short = {
            key: n + (RESERVED if now - self._runs.get(key, (0.0, []))[0] < 1 else 0)
            for key, n in wanted.items()
            if n > len(self._runs.get(key, (0.0, []))[1])
        }
        reserved = await allocate(conn, short) if short else {}
        taken = {}
        for key, n in wanted.items():
            left = [*self._runs.pop(key, (0.0, []))[1], *reserved.get(key, ())]
            taken[key], rest = left[:n], left[n:]
            self._runs[key] = now, rest
        while len(self._runs) > MOST_RUNS:
            self._runs.pop(next(iter(self._runs)))
        return taken


async def allocate(conn: "asyncpg.Connection[Any]", wanted: Mapping[Key, int]) -> dict[Key, range]:
    """Reserve `wanted` numbers of each run: one statement, rows taken in one order everywhere.

    Call it outside a transaction: inside one the rows stay locked until its end, and others wait.
    """
    keys = sorted(key for key, count in wanted.items() if count > 0)
    rows = await conn.fetch(
        """
        insert into number_sequence as held (prefix, area_code, day, last)
        select prefix, area_code, day, n
          from unnest($1::text[], $2::text[], $3::date[], $4::int[]) with ordinality
               as asked (prefix, area_code, day, n, place)
         order by place
        on conflict (prefix, area_code, day) do update set last = held.last + excluded.last
        returning prefix, area_code, day, last""",
        [key[0] for key in keys],
        [key[1] for key in keys],
        [key[2] for key in keys],
        [wanted[key] for key in keys],
    )
    last = {(row["prefix"], row["area_code"], row["day"]): row["last"] for row in rows}
    return {key: range(last[key] - wanted[key] + 1, last[key] + 1) for key in keys}
