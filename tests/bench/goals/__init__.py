"""One module a goal; each measures its baselines and its subject in turns."""

from collections.abc import Mapping

from tests.bench.bench import Goal
from tests.bench.goals import (
    batch,
    client,
    dashboard,
    demo,
    device,
    duty,
    events,
    export,
    growth,
    hop,
    latency,
    listing,
    soak,
    start,
    streams,
    trees,
    visible,
    write,
)

GOALS: Mapping[str, Goal] = {
    "client": client.measure,
    "P1": write.measure,
    "P2": batch.measure,
    "device": device.measure,
    "P3": listing.measure,
    "complete": listing.measure_complete,
    "duty": duty.measure,
    "trees": trees.measure,
    "P6": events.measure,
    "streams": streams.measure,
    "latency": latency.measure,
    "start": start.measure,
    "P8": demo.measure,
    "P4": dashboard.measure,
    "P5": hop.measure,
    "P7": visible.measure,
    "rebuild": demo.rebuild,
}
"""In the order in which they are measured: those that need the year come behind it."""
LONG: Mapping[str, Goal] = {
    "growth": growth.measure,
    "soak": soak.measure,
    "P9": export.measure,
}
"""Those that are measured only when they are named."""
