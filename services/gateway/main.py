"""The gateway: one API for every frontend, and the district's dashboards."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import aiohttp
from fastapi import Depends, FastAPI

from services.chassis import collector, logs, metrics
from services.chassis.audit import refusals
from services.chassis.audit.anchors import Anchors
from services.chassis.audit.recorder import opened
from services.chassis.background import in_background
from services.chassis.database import Database
from services.chassis.eventlog import open_log
from services.chassis.http import problems
from services.chassis.http.edge import Edge
from services.chassis.http.openapi import documented
from services.chassis.identity.internal_token import Signer
from services.chassis.relay import Relay
from services.chassis.schema import known_head
from services.gateway import admin, anchors, audit, deadletters, health, page
from services.gateway.agencies import deliveries
from services.gateway.agencies.router import router as events
from services.gateway.agencies.sender import Sender
from services.gateway.agencies.stream_log import trimming
from services.gateway.agencies.streams import Streams
from services.gateway.auth.bearer import bearer_validator
from services.gateway.auth.dev_issuer import DevIssuer, dev_issuer, dev_router
from services.gateway.dashboards.answers import Answers
from services.gateway.dashboards.live import Live
from services.gateway.dashboards.router import router as dashboards
from services.gateway.drilldown.router import router as drilldown
from services.gateway.edge import proxy
from services.gateway.edge.cors import Cors
from services.gateway.edge.guard import Gateway, within_token_limit
from services.gateway.emergency.access import Emergencies
from services.gateway.emergency.router import router as emergency
from services.gateway.indicators.router import router as indicators
from services.gateway.limits import RateLimiter
from services.gateway.policy import POLICY, everywhere
from services.gateway.projections.registry import SERVICES
from services.gateway.projections.runner import Runner, readers
from services.gateway.projections.snapshots import Services
from services.gateway.projections.watermarks import Watermarks
from services.gateway.public.router import router as public
from services.gateway.reference import documents
from services.gateway.reference.router import router as reference
from services.gateway.settings import GatewaySettings
from services.gateway.subjects.router import router as subjects
from services.gateway.warnings.router import router as warnings
from services.gateway.warnings.watcher import Watcher
from services.tracing import Tracing, tracing_of

MAX_FIELD = 65_536
"""Of a service's answer: a `Link` repeats the query of its request, however long that was."""


def create_app(settings: GatewaySettings) -> FastAPI:
    logs.configure("gateway")
    tracing = tracing_of("gateway", settings.otel_exporter_otlp_endpoint)
    dev = dev_issuer(settings, settings.environment, settings.host, settings.port)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            app.state.gateway = await _started(settings, dev, tracing, stack)
            yield

    app = FastAPI(
        title="金鼎 Jinding",
        version="1",
        lifespan=lifespan,
        openapi_url=None,
        telemetry=tracing.telemetry,
        redirect_slashes=False,
    )
    problems.install(app)
    refusals.install(app, lambda app: app.state.gateway.audit)
    app.include_router(dashboards)
    app.include_router(drilldown)
    app.include_router(indicators)
    app.include_router(reference)
    app.include_router(documents.router)
    app.include_router(events)
    app.include_router(deliveries.router)
    app.include_router(deadletters.router)
    app.include_router(admin.router)
    app.include_router(emergency)
    app.include_router(subjects)
    app.include_router(public)
    app.include_router(warnings)
    app.include_router(audit.router)
    app.include_router(health.router)
    app.include_router(page.router)
    if dev:
        app.include_router(dev_router(dev), dependencies=[Depends(within_token_limit)])
    app.router.routes.extend(proxy.ROUTES)
    documented(app)
    app.add_middleware(Edge, trusted_id=False)
    app.add_middleware(Cors, origins=settings.cors_origins)
    return app


async def _started(
    settings: GatewaySettings, dev: DevIssuer | None, tracing: Tracing, stack: AsyncExitStack
) -> Gateway:
    stack.push_async_callback(tracing.stop)
    url = settings.database_url.get_secret_value()
    database = Database(url, settings.database_pool)
    stack.push_async_callback(database.close)
    metrics.POOL_BUSY.labels("gateway").set_function(database.busy)
    await known_head("gateway", database.engine)
    # A service that hangs must not use up the connections to others; uvicorn closes idle ones after 5 s.
    connector = aiohttp.TCPConnector(limit=0, limit_per_host=100, keepalive_timeout=4)
    session = aiohttp.ClientSession(
        connector=connector,
        auto_decompress=False,
        skip_auto_headers={"Accept-Encoding", "User-Agent"},
        max_line_size=MAX_FIELD,
        max_field_size=MAX_FIELD,
    )
    stack.push_async_callback(session.close)
    live, emergencies = Live(url), Emergencies(url)
    recorder, woken = opened("gateway", settings, database), asyncio.Event()
    heads = Anchors(recorder, 1, woken.set)
    stack.push_async_callback(recorder.stop)
    in_background(stack, [live.run, emergencies.run, collector.give_back, recorder.run])
    if settings.run_upkeep:
        in_background(stack, [Sender(url, settings, live).run, heads.run, Watcher(url).run])
    signer = Signer(settings.internal_key_file)
    services = Services(session, signer, settings.service_urls)
    if settings.run_consumers:
        await _projecting(settings, services, tracing, woken, stack)
    if settings.metrics_port:
        metrics.serve(settings.metrics_port, settings.host)
    return Gateway(
        settings=settings,
        policy=POLICY,
        permissions=everywhere(),
        database=database,
        session=session,
        signer=signer,
        services=services,
        validator=bearer_validator(settings, dev, session),
        limiter=RateLimiter(settings),
        answers=Answers(),
        live=live,
        audit=recorder,
        emergencies=emergencies,
        anchors=heads,
    )


async def _projecting(
    settings: GatewaySettings,
    services: Services,
    tracing: Tracing,
    woken: asyncio.Event,
    stack: AsyncExitStack,
) -> None:
    """Start the projection runner, the watermarks, the agencies' streams and the audit's anchors as tasks of this process.
    Their connections are their own: no dashboard waits for them."""
    log = open_log(settings)
    await log.start()
    stack.push_async_callback(log.stop)
    url = settings.database_url.get_secret_value()
    database = Database(url, settings.database_pool)
    stack.push_async_callback(database.close)
    metrics.POOL_BUSY.labels("gateway-projection").set_function(database.busy)
    runner = Runner(database, services)
    reading = [reader.run for reader in readers(tracing.settling(runner.settle), url, log)]
    reading += [anchors.reader(database, url, log).run, Relay(url, log, woken).run]
    marks = Watermarks(database, log, services)
    in_background(stack, [*reading, *(partial(marks.run, service) for service in SERVICES)])
    if settings.event_log == "kafka":
        in_background(stack, [Streams(url, log, trimming(settings)).run])


def create() -> FastAPI:
    """For `uvicorn --factory`: settings from the environment."""
    app = create_app(GatewaySettings())
    collector.spare()
    return app
