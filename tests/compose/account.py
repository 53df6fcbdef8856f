"""What was acknowledged, against every place where it must be, once."""

from collections.abc import Callable, Set

from tests.compose.stack import Stack
from tests.support.waiting import until

SETTLED_SECONDS = 120.0
Counts = dict[str, tuple[int, int]]
"""Check → found, expected."""

PLACES = {
    "grid: report": ("grid", "select id from report"),
    "gateway: card": ("gateway", "select id from card where noun = 'report'"),
}
EMPTY = {
    "grid: unpublished": ("grid", "select count(*) from unpublished"),
    "gateway: dead letters": ("gateway", "select count(*) from dead_letter"),
}
TALLY = (
    "select coalesce(sum(n), 0) from tally where metric = 'reports_filed' and length(area_code) = 6"
)
VERSIONS = (
    "select count(*) from (select key, headers ->> 'ce_aggregateversion' from archive "
    "where topic = 'jinding.grid.report.v1' group by 1, 2) t"
)


def sql(stack: Stack, database: str, query: str) -> list[str]:
    """The lines of psql's answer."""
    told = stack.compose(
        *("exec", "-T", "postgres", "psql", "-U", "postgres", "-d", database, "-Atc", query)
    )
    return told.split()


async def account(
    stack: Stack, must: Set[str], may: Set[str], arrived: Callable[[], bool] = lambda: True
) -> Counts:
    """Wait until all that `must` be there has arrived, then count; nothing but what `may` be there is."""

    def settled() -> bool:
        return (
            all({*sql(stack, *place)} >= must for place in PLACES.values())
            and all(sql(stack, *place) == ["0"] for place in EMPTY.values())
            and arrived()
        )

    await until(settled, SETTLED_SECONDS)
    counts: Counts = {}
    known = {*sql(stack, *PLACES["grid: report"])}
    for name, place in PLACES.items():
        found = {*sql(stack, *place)}
        counts[f"{name}, lost"] = len(must - found), 0
        counts[f"{name}, never acknowledged"] = len(found - may), 0
        counts[f"{name}, beside grid"] = len(found ^ known), 0
    counts["gateway: tally"] = int(sql(stack, "gateway", TALLY)[0]), len(known)
    return counts
