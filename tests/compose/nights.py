"""The nightly works of a deployment, of which each is done at once where none was done before."""

import os
from pathlib import Path

from jinding.deploy.backup import newest, taken_at
from tests.compose.scale import METRICS
from tests.compose.stack import Stack
from tests.support.waiting import until

USER = 10001
BACKUP_SECONDS, VERIFY_SECONDS = 180.0, 300.0


async def backed_up_by_the_service(stack: Stack, folder: Path) -> Path:
    """Start the services of the profile `ops`, wait until a backup is there and both have told Prometheus so."""
    folder.mkdir()
    if os.getuid() == 0:
        os.chown(folder, USER, USER)
    else:
        stack.environment["BACKUP_USER"] = f"{os.getuid()}:{os.getgid()}"
    stack.environment |= {"BACKUP_TO": str(folder.absolute()), "COMPOSE_PROFILES": "ops"}
    stack.compose("up", "-d", "--wait", "--no-deps", "backup", "verify")
    await until(lambda: newest(folder) is not None, BACKUP_SECONDS)
    made = newest(folder)
    assert made is not None
    at = taken_at(made).timestamp()
    await until(
        lambda: told(stack, "backup", "backup_last_success_timestamp_seconds") == at, BACKUP_SECONDS
    )
    return made


async def verified_by_the_service(stack: Stack) -> None:
    """It was started while a service was down: it waits, then finds the figures equal."""
    metric = "verify_last_success_timestamp_seconds"
    await until(lambda: told(stack, "verify", metric) > 0, VERIFY_SECONDS)


def told(stack: Stack, container: str, metric: str) -> float:
    """What Prometheus would read."""
    text = stack.compose("exec", "-T", container, "python", "-c", METRICS)
    return float(next(line.split()[1] for line in text.splitlines() if line.startswith(metric)))
