"""What was acknowledged, against every place where it must be, once."""

from tests.compose.load import Load
from tests.compose.stack import Stack
from tests.support.waiting import until

SETTLED_SECONDS = 120.0

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


async def account(stack: Stack, load: Load) -> dict[str, tuple[int, int]]:
    """Wait until everything has arrived, then count: check → found, expected."""
    expected = {str(id_) for id_ in load.answered}

    def arrived() -> bool:
        return all(_ids(stack, *place) >= expected for place in PLACES.values()) and all(
            sql(stack, *place) == ["0"] for place in EMPTY.values()
        )

    await until(arrived, SETTLED_SECONDS)
    counts: dict[str, tuple[int, int]] = {}
    for name, place in PLACES.items():
        found = _ids(stack, *place)
        counts[f"{name}, lost"] = len(expected - found), 0
        counts[f"{name}, never acknowledged"] = len(found - expected), 0
    counts["gateway: tally"] = int(sql(stack, "gateway", TALLY)[0]), len(expected)
    counts["gateway: archive, versions"] = int(sql(stack, "gateway", VERSIONS)[0]), len(expected)
    counts["requests refused"] = len(load.refused), 0
    return counts


def _ids(stack: Stack, database: str, query: str) -> set[str]:
    return set(sql(stack, database, query))
