"""What an operator's command acts on: the deployment, inside one; elsewhere the system of the data folder."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

from jinding.databases import Name, as_sqlalchemy
from jinding.deploy.settings import DeploySettings
from jinding.plainly import settings_of
from jinding.processes import SERVICES, make_keys
from jinding.refusal import Refusal
from jinding.settings import HOST, Settings
from jinding.system import serving
from services.chassis.settings import Service

IN_COMPOSE = 'make ops C="…"'


class Addresses(Protocol):
    """Where a service's database is: as the service itself, and as the owner of its tables."""

    def url(self, name: Name) -> str: ...

    def owner(self, name: Service) -> str: ...


class Deployed(DeploySettings):
    """The databases of a deployment, from inside."""

    def url(self, name: Name) -> str:
        if name == "log":
            raise Refusal("部署以 Kafka 为事件日志。", "A deployment's log is Kafka.")
        return as_sqlalchemy(self.own_url(name))

    def owner(self, name: Service) -> str:
        return as_sqlalchemy(self.owners_url(name))


@asynccontextmanager
async def beside(settings: Settings) -> AsyncIterator[Addresses]:
    """The databases, whether the system runs or not. A command never makes a system: an answer of an empty one
    would pass for that of the deployment which was meant."""
    if settings.inside:
        yield settings_of(Deployed)
        return
    refuse_without_system(settings.folder)
    async with serving(settings, stop_adopted=False) as databases:
        yield databases


def services_of(settings: Settings) -> tuple[Mapping[str, str], Path]:
    """Where the running services are, and the gateway's key, by which it is known to them."""
    if settings.inside:
        deployed = settings_of(Deployed)
        return {
            str(name): f"http://{name}:{deployed.service_port}" for name in SERVICES
        }, deployed.secrets_folder / "internal_key"
    ports = settings.ports
    return {str(name): f"http://{HOST}:{ports[name]}" for name in SERVICES}, make_keys(
        settings.folder
    ).internal


def refuse_without_system(folder: Path) -> None:
    if not (folder / "passwords.json").exists():
        raise Refusal(
            f"{folder} 中没有系统：请先 jinding run；部署在 docker compose 中的，请用 {IN_COMPOSE}。",
            f"There is no system in {folder}: `jinding run` makes one; for a deployment in docker compose "
            f"use {IN_COMPOSE}.",
        )
