"""The whole story holds, step by step; what it tells is told."""

from pathlib import Path

import pytest

from tests.examples.story import broker_of_its_own, story
from tests.support.postgres import FreshDatabases


@pytest.mark.proof
@pytest.mark.kafka
async def test_a_partners_whole_story(fresh_database: FreshDatabases, tmp_path: Path) -> None:
    steps = []
    async with broker_of_its_own(tmp_path / "kafka") as broker:
        async for step in story(fresh_database, tmp_path, broker, "fire-brigade"):
            print(*step, sep=": ")
            steps.append(step)
    assert len(steps) == 9
