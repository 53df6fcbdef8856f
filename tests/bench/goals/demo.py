"""P8: `make demo`, the founding article's year through the public API."""

from tests.bench.bench import Bench
from tests.bench.figures import Row


async def measure(bench: Bench) -> list[Row]:
    year = await bench.played_year()
    told = f"{year.told['operations']:,} operations in {year.told['seconds']} s, {year.told['per_second']:,} a second"
    assert all(row["equal"] for row in year.told["rows"]), "a figure differs from the article's"
    return [Row("P8 make demo, seconds from nothing", [year.seconds], 120, at_most=True, told=told)]
