import pytest

from tests.grid.patrols.walking import WALKERS, enrolled
from tests.support.running import Running


@pytest.fixture(scope="module", autouse=True)
async def walkers(grid: Running) -> None:
    """All that `somebody()` names."""
    await enrolled(grid, *WALKERS)
