"""Assembles a service from what it says of itself. Functions only: nothing here is inherited."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import APIRouter, FastAPI
from sqlalchemy import text

from services.chassis import collector, deadletters, logs, metrics, parked
from services.chassis.attachments import router as attachments
from services.chassis.attachments.upkeep import Upkeep
from services.chassis.attachments.upload import Attached
from services.chassis.audit import refusals
from services.chassis.audit import router as audit_router
from services.chassis.audit.anchors import Anchors
from services.chassis.audit.configuration import telling
from services.chassis.audit.recorder import opened
from services.chassis.background import Work, in_background
from services.chassis.consumer import Subscriber
from services.chassis.database import Database
from services.chassis.deadlines.sweeper import Sweeper
from services.chassis.erasure import copies, holds
from services.chassis.eventlog import open_log
from services.chassis.exports import router as exports
from services.chassis.exports.lists import lists_of
from services.chassis.exports.worker import Exporter
from services.chassis.gauges import Gauges
from services.chassis.http import batch, imports, internals, problems
from services.chassis.http.edge import Edge
from services.chassis.http.openapi import documented
from services.chassis.identity.internal_token import Verifier
from services.chassis.privacy import reveal, search
from services.chassis.privacy.rotation import OldKeys
from services.chassis.privacy.vault import Vault
from services.chassis.reader import LogReader
from services.chassis.relay import Relay
from services.chassis.retention import Retention
from services.chassis.runtime import Definition, Runtime
from services.chassis.schema import known_head
from services.chassis.settings import ServiceSettings
from services.chassis.together import Together
from services.chassis.unit import Unit
from services.tracing import Tracing, tracing_of


def create_service(
    definition: Definition, settings: ServiceSettings, routers: Sequence[APIRouter]
) -> FastAPI:
    """The service's application. Its background work lives and dies with it."""
    logs.configure(definition.name)
    tracing = tracing_of(definition.name, settings.otel_exporter_otlp_endpoint)
    lists = lists_of(routers)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            app.state.runtime = await _started(definition, settings, tracing, stack)
            if settings.run_upkeep:
                in_background(stack, Exporter(app, lists).works)
            yield

    app = FastAPI(
        title=f"Jinding {definition.name}",
        lifespan=lifespan,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        telemetry=tracing.telemetry,
    )
    problems.install(app)
    refusals.install(app, lambda app: app.state.runtime.audit)
    for router in (
        *routers,
        batch.router(definition.name),
        imports.router(definition.name),
        exports.router(definition.name, lists),
        deadletters.router(definition.name),
        parked.router(definition.name),
        holds.router(definition.name),
        copies.router(),
        *reveal.routers(definition.name, definition.nouns),
        audit_router.router(definition.name),
        search.router(definition.name),
        internals.router(),
        *attachments.routers(definition),
    ):
        app.include_router(router)
    app.add_middleware(Edge)
    documented(app)
    return app


async def _started(
    definition: Definition, settings: ServiceSettings, tracing: Tracing, stack: AsyncExitStack
) -> Runtime:
    stack.push_async_callback(tracing.stop)
    url = settings.database_url.get_secret_value()
    database = Database(url, settings.database_pool)
    stack.push_async_callback(database.close)
    metrics.POOL_BUSY.labels(definition.name).set_function(database.busy)
    vault = Vault(settings.keyring_file)
    database.engine.update_execution_options(vault=vault)
    await known_head(definition.name, database.engine)
    log = open_log(settings)
    await log.start()
    stack.push_async_callback(log.stop)
    woken = asyncio.Event()
    async with database.connection() as connection:
        epoch = await connection.scalar(text("select max(number) from epoch"))
    audit = opened(definition.name, settings, database)
    of = database, definition.policy, int(epoch or 1), woken.set, vault
    unit = Unit(*of, settings.attachment_video, configured=telling(audit))
    attached = Attached(settings, definition, database)
    anchors = Anchors(audit, unit.epoch, woken.set)
    told = Verifier(settings.internal_jwks_file), unit, Together(unit), attached, audit, anchors
    runtime = Runtime(definition, settings, database, log, *told)
    stack.push_async_callback(audit.stop)
    in_background(
        stack, [collector.give_back, audit.run, *_background(runtime, url, woken, tracing)]
    )
    if settings.metrics_port:
        metrics.serve(settings.metrics_port, settings.host)
    return runtime


def _background(runtime: Runtime, url: str, woken: asyncio.Event, tracing: Tracing) -> list[Work]:
    definition, settings, log = runtime.definition, runtime.settings, runtime.log
    work: list[Work] = []
    consumer, topics = "", set[str]()
    if definition.subscriptions:
        subscriber = runtime.subscriber = Subscriber(
            definition.name, definition.subscriptions, runtime.database, runtime.unit
        )
        consumer, topics = subscriber.name, subscriber.topics
        if settings.run_consumers:
            settle = tracing.settling(subscriber.settle)
            work.append(LogReader(consumer, topics, url, log, settle).run)
    work.append(Gauges(definition.name, runtime.database, log, consumer, topics).run)
    work.append(OldKeys(runtime.database, runtime.unit.vault).run)
    if settings.run_relay:
        work.append(Relay(url, tracing.publishing(log), woken).run)
    if settings.run_upkeep:
        work += [Retention(url, log, settings.answer_days).run, runtime.anchors.run]
    if settings.run_upkeep and runtime.attached.nouns:
        work.append(Upkeep(url, runtime.attached).run)
    if settings.run_upkeep and any(noun.overdue for noun in definition.nouns):
        seconds = settings.sweep_seconds
        work.append(Sweeper(runtime.database, runtime.unit, definition.nouns, seconds).run)
    return work
