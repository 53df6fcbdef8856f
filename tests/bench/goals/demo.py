"""P8: `make demo`, the founding article's year through the public API; what it leaves in memory, and how long it
takes to make the gateway's figures anew."""

import time

from tests.bench.bench import Bench
from tests.bench.figures import Row
from tests.bench.goals.start import memory_row
from tests.bench.load import Refused
from tests.proof.played import SCALE

WAYS: dict[str, tuple[str, ...]] = {"snapshots": ("rebuild",)}
"""Ways of rebuilding, as arguments of `jinding`. That from the archive belongs here once there is one."""


async def measure(bench: Bench) -> list[Row]:
    year = await bench.played_year()
    if different := [row["figure"] for row in year.told["rows"] if not row["equal"]]:
        raise Refused(f"not the article's figures: {', '.join(different)}")
    told = f"{year.told['operations']:,} operations in {year.told['seconds']} s"
    if SCALE == 1:
        played = Row(
            "P8 make demo, seconds from nothing", [year.seconds], 120, at_most=True, told=told
        )
    else:
        played = Row(f"make demo, {SCALE:g} of the year, seconds", [year.seconds], told=told)
    return [
        played,
        memory_row("after the year", [year.memory()]),
    ]


async def rebuild(bench: Bench) -> list[Row]:
    """Of all projections of the year; `jinding verify` must find nothing afterwards."""
    year = await bench.played_year()
    rows = []
    for way, arguments in WAYS.items():
        bench.say(f"rebuild from {way}")
        began = time.monotonic()
        done = await year.jinding(*arguments)
        taken = time.monotonic() - began
        if done.returncode:
            raise Refused(f"{' '.join(arguments)}: {done.stderr[-500:]}")
        if (checked := await year.jinding("verify")).returncode:
            raise Refused(f"verify: {checked.stdout[-500:]}")
        ((cards,),) = await year.fetch("gateway", "select count(*) from card")
        told = f"{cards:,} cards of four services; verified"
        rows.append(Row(f"rebuild of the year from {way}, seconds", [taken], told=told))
    return rows
