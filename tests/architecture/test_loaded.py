"""What a serving process holds in memory, it holds five times."""

import os
import subprocess

import pytest

from jinding.processes import SERVICES, serving_process

UNUSED = {
    "aiokafka",
    "alembic",
    "chinese_calendar",
    "kafka",
    "pydantic.v1",
    "pygments",
    "rich",
    "typer",
} | {
    "google.protobuf",
    "obstore",  # this and the next three: only once somebody needs them
    "opentelemetry.sdk",
    "phonenumbers",
    "PIL",
    "requests",
    "xlsxwriter",
}
GATEWAYS_ALONE = {"aiohttp", "limits"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_loads_no_library_that_it_does_not_use(service: str) -> None:
    process = serving_process(service, "tests.architecture.loaded:create", 0)
    environment = {**os.environ, **process.environment, "SERVICE": service}
    with subprocess.Popen(
        process.command,
        env=environment,
        stdin=subprocess.PIPE,  # it would end if this were closed
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        loaded = set(running.stdout.read().split())
    assert "sqlalchemy" in loaded
    assert loaded & (UNUSED if service == "gateway" else UNUSED | GATEWAYS_ALONE) == set()
