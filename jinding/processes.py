import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from jinding.databases import Databases
from jinding.settings import HOST, METRICS_OFFSET, Settings
from services.chassis.identity.keys import load_or_create_private_key, publish
from services.chassis.privacy import keyring
from services.chassis.settings import Service

SERVICES: tuple[Service, ...] = get_args(Service)
GRACE_SECONDS = 5
LEAN = {
    # glibc's defaults, fixed: else they rise with every large batch, whose memory is then never given back
    "MALLOC_MMAP_THRESHOLD_": "131072",
    "MALLOC_TRIM_THRESHOLD_": "131072",
    "MALLOC_ARENA_MAX": "1",  # one thread does the work
    "PYTHONNODEBUGRANGES": "1",  # tracebacks name the line, not the column
}
"""A process that uses little memory."""


@dataclass(frozen=True)
class Process:
    """One process to supervise. `port`: where it says whether it is ready, if it serves."""

    name: str
    command: Sequence[str]
    port: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)


def serving_process(
    name: str, factory: str, port: int, environment: Mapping[str, str] | None = None
) -> Process:
    """An application factory on a port of the loopback."""
    options = f"--host {HOST} --port {port} --no-access-log --loop uvloop --http httptools"
    grace = f"--timeout-graceful-shutdown {GRACE_SECONDS}"
    headers = "--no-server-header --no-proxy-headers"
    run = [sys.executable, "-m", "jinding.child", "--factory", factory]
    command = [*run, *f"{options} {grace} {headers} --log-level warning".split()]
    return Process(name, command, port, LEAN | dict(environment or {}))


@dataclass(frozen=True)
class Keys:
    """Files below `keys/`: the gateway's key, its public half, the development issuer's key."""

    internal: Path
    internal_public: Path
    dev_issuer: Path


def make_keys(folder: Path) -> Keys:
    """Create the keys that are missing; private ones are readable by their owner alone."""
    place = folder / "keys"
    place.mkdir(mode=0o700, exist_ok=True)
    keys = Keys(
        place / "internal.private.json", place / "internal.jwks.json", place / "dev.private.json"
    )
    publish(keys.internal_public, [load_or_create_private_key(keys.internal)])
    load_or_create_private_key(keys.dev_issuer)
    keyring.create(folder / "keyring.json")
    return keys


def service_processes(settings: Settings, databases: Databases, keys: Keys) -> list[Process]:
    """The five processes, the gateway last; their settings go through the environment."""
    return [
        serving_process(
            name,
            f"services.{name}.main:create",
            settings.ports[name],
            service_environment(name, settings, databases, keys),
        )
        for name in SERVICES
    ]


def service_environment(
    name: Service, settings: Settings, databases: Databases, keys: Keys
) -> dict[str, str]:
    port = settings.ports[name]
    values = {
        "ENVIRONMENT": "development",
        "HOST": HOST,
        "PORT": str(port),
        "METRICS_PORT": str(port + METRICS_OFFSET),
        "DATABASE_URL": databases.url(name),
        "EVENT_LOG": settings.event_log,
        "EVENT_LOG_URL": databases.url("log"),
        "INTERNAL_JWKS_FILE": str(keys.internal_public),
        "KEYRING_FILE": str(settings.keyring.absolute()),
        "EXPORTS_FOLDER": str(settings.folder / "exports"),
        "ATTACHMENTS": str(settings.folder / "attachments"),
    }
    if settings.kafka_bootstrap:
        values["KAFKA_BOOTSTRAP"] = settings.kafka_bootstrap
    if settings.otel_exporter_otlp_endpoint:
        values["OTEL_EXPORTER_OTLP_ENDPOINT"] = settings.otel_exporter_otlp_endpoint
    if name == "gateway":
        values |= _gateway_environment(settings, keys)
    return values


def _gateway_environment(settings: Settings, keys: Keys) -> dict[str, str]:
    services = [name for name in SERVICES if name != "gateway"]
    urls = {name: f"http://{HOST}:{settings.ports[name]}" for name in services}
    return {
        "INTERNAL_KEY_FILE": str(keys.internal),
        "SERVICE_URLS": json.dumps(urls),
        "DEV_ISSUER": "1",
        "DEV_ISSUER_KEY_FILE": str(keys.dev_issuer),
    }
