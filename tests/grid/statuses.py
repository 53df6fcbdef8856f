"""Which statuses the tests meet at each endpoint of the grid, and which its OpenAPI document tells.

make prove T=tests/grid/test_statuses.py # runs tests/grid, and fails where they differ
python -m tests.grid.statuses            # the same, and tells where
python -m tests.grid.statuses FOLDER     # compares what a run with STATUSES=FOLDER has left
"""

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from services.chassis.metrics import REQUESTS

Met = tuple[str, int]
"""Endpoint, as `POST /v1/grid/reports`, and status."""
EDGE = {413, 415}
"""Refused before it is known where to: `test_statuses` sees them at each endpoint, and no count does."""
GATEWAY = {429}
UNTOLD = {304, 500}
"""The first answers whoever asks with the version that they have, at every detail; as the second one a request counts
that was cut, and nobody was answered."""
OF_THE_CHASSIS = {("GET /v1/grid/attachments/{attachment_id}/content", n) for n in (409, 416)}
"""Tested there; and told there, where it is."""


def met_here() -> set[Met]:
    """By this process: every request of a service is counted by its route and status anyway."""
    samples = (sample for metric in REQUESTS.collect() for sample in metric.samples)
    told = (s.labels for s in samples if s.name.endswith("_count"))
    return {(f"{labels['method']} {labels['route']}", int(labels["status"])) for labels in told}


def keep(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{name} {status}\n" for name, status in sorted(met_here())))


def kept(files: Iterable[Path]) -> set[Met]:
    lines = (line.rpartition(" ") for file in files for line in file.read_text().splitlines())
    return {(name, int(status)) for name, _, status in lines}


def documented() -> set[Met]:
    from tests.grid.endpoints.surface import DOCUMENTED  # noqa: PLC0415  (the application)

    return {(e.name, int(status)) for e in DOCUMENTED for status in e.operation["responses"]}


def possible() -> set[Met]:
    """Of the refusals that are documented, those that the endpoint can give."""
    from services.contracts.roles import ROLES  # noqa: PLC0415
    from tests.grid.endpoints.surface import DOCUMENTED  # noqa: PLC0415

    found = {(name, status) for name, status in documented() if 400 <= status < 500}
    found = {(name, status) for name, status in found if status not in EDGE | GATEWAY}
    for each in DOCUMENTED:
        found -= {(each.name, 404)} if "{" not in each.path else set()
        found -= {(each.name, 400)} if each.schema is None else set()
        found -= {(each.name, 403)} if each.roles == ROLES.keys() else set()
    return found


def compared(met: set[Met]) -> int:
    """Tells what differs; whether something does."""
    ours, told = {name for name, _ in documented()}, documented()
    untold = {(n, s) for n, s in met - told if n in ours and s not in UNTOLD} - OF_THE_CHASSIS
    unmet = possible() - met - OF_THE_CHASSIS
    for words, pairs in (("未在文档中 not documented", untold), ("无测试 met by no test", unmet)):
        print(f"{words}: {len(pairs)}")
        print("".join(f"  {status} {name}\n" for name, status in sorted(pairs)), end="")
    return 1 if untold or unmet else 0


def run(folder: str) -> int:
    """Without the proofs: what is documented is met every day."""
    tests = ["-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", "tests/grid"]
    environment = os.environ | {"STATUSES": folder}
    return subprocess.run([sys.executable, *tests], env=environment, check=False).returncode


if __name__ == "__main__":
    with TemporaryDirectory() as fresh:
        folder = sys.argv[1] if sys.argv[1:] else fresh
        failed = 0 if sys.argv[1:] else run(folder)
        sys.exit(failed or compared(kept(Path(folder).glob("*.txt"))))
