"""One module a goal; each measures its baselines and its subject in turns."""

from collections.abc import Mapping

from tests.bench.bench import Goal
from tests.bench.goals import batch, client, write

GOALS: Mapping[str, Goal] = {"client": client.measure, "P1": write.measure, "P2": batch.measure}
"""In the order in which they are measured when none is named."""
