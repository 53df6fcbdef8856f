"""Background work of a service as a process of its own. It reads the settings that the service reads."""

import asyncio
import errno
import importlib
from typing import Literal

from jinding.databases import complete_address
from jinding.plainly import settings_of
from jinding.refusal import Refusal
from services.chassis.settings import Service, ServiceSettings

Part = Literal["relay", "consume"]


async def run_alone(service: Service, part: Part) -> None:
    """The application, but nothing is served and nothing else is done in it."""
    complete_address()
    main = importlib.import_module(f"services.{service}.main")
    if service == "gateway" and part == "relay":
        raise Refusal("网关没有要发布的事件。", "The gateway has no events to publish.")
    if service != "gateway" and part == "consume" and not main.DEFINITION.subscriptions:
        raise Refusal(f"{service} 不读取任何事件。", f"{service} reads no events.")
    settings = _settings(service, part)
    app = main.create_app(settings)
    try:
        async with app.router.lifespan_context(app):
            await asyncio.Event().wait()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        port = settings.metrics_port
        raise Refusal(
            f"端口 {port} 已被占用，请用 METRICS_PORT 指定其他端口。",
            f"Port {port} is in use; set METRICS_PORT to another.",
        ) from error


def _settings(service: Service, part: Part) -> ServiceSettings:
    only = {
        "run_relay": part == "relay",
        "run_consumers": part == "consume",
        "run_upkeep": False,
    }
    kind: type[ServiceSettings] = ServiceSettings
    if service == "gateway":
        kind = importlib.import_module("services.gateway.settings").GatewaySettings
    return settings_of(kind, **only)
