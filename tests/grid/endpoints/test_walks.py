"""A long walk from answer to answer: all is documented, a step is one version, a refusal leaves no trace."""

from pathlib import Path

import asyncpg
import pytest

from tests.grid.endpoints.furnished import Furnished, furnish
from tests.grid.endpoints.walking import Walk
from tests.support.grid import running_grid
from tests.support.postgres import FreshDatabases

pytestmark = pytest.mark.proof
WAYS = 1_500


@pytest.mark.parametrize("seed", [20171018])
async def test_every_promise_is_kept_on_the_way(
    fresh_database: FreshDatabases, tmp_path: Path, seed: int
) -> None:
    async with running_grid(fresh_database, tmp_path) as grid:
        watching = await asyncpg.connect(grid.database_url.replace("+asyncpg", ""))
        try:
            walk = Walk(Furnished(grid, await furnish(grid)), watching, seed)
            for _ in range(WAYS):
                await walk.goes()
        finally:
            await watching.close()
    assert len(walk.took) > 65, walk.took
    assert {200, 201, 403, 404, 409, 412, 422, 428} <= {status for _, status in walk.answers}
