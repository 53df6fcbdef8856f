"""No route without a permission: every route of every app, but for the few that are open on purpose."""

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import RouteContext, iter_route_contexts

from services.chassis.http.reads import permitted
from services.chassis.identity.policy import Policy
from services.chassis.settings import ServiceSettings
from services.gateway.edge import proxy
from services.gateway.settings import GatewaySettings

PROBES = {"GET /livez", "GET /readyz"}
PAGE = {"/", "/page.js", "/docs", "/docs.js", "/openapi.json", "/vendor/{name}"}
PUBLIC = {"POST /v1/public/reports/progress"}
ISSUER = {"GET /dev/.well-known/openid-configuration", "GET /dev/jwks", "GET /dev/personas"}
OPEN = {
    "gateway": PROBES | {f"GET {path}" for path in PAGE} | ISSUER | {"POST /dev/token"} | PUBLIC,
    **dict.fromkeys(("grid", "disputes", "inspection", "training"), PROBES | {"GET /openapi.json"}),
}
NOWHERE = {
    "environment": "development",
    "database_url": "postgresql+asyncpg://nobody@/nothing",
    "internal_jwks_file": "unused",
    "internal_key_file": "unused",
    "service_urls": {},
    "dev_issuer": True,
}


def application(service: str) -> FastAPI:
    """It is built, but never started."""
    settings = GatewaySettings if service == "gateway" else ServiceSettings
    main = importlib.import_module(f"services.{service}.main")
    app: FastAPI = main.create_app(settings.model_validate(NOWHERE))
    return app


def policy(service: str) -> Policy:
    found: Policy = importlib.import_module(f"services.{service}.policy").POLICY
    return found


def routes(app: FastAPI) -> Iterator[tuple[str, RouteContext]]:
    for context in iter_route_contexts(app.routes):
        if context.original_route not in proxy.ROUTES:
            for method in sorted((context.methods or {"ANY"}) - {"HEAD"}):
                yield f"{method} {context.path}", context


def permissions(context: RouteContext) -> set[str]:
    dependencies: list[Any] = getattr(getattr(context, "dependant", None), "dependencies", [])
    return {d.call.permission for d in dependencies if hasattr(d.call, "permission")}


def unprotected(app: FastAPI, policy: Mapping[str, object]) -> set[str]:
    """The routes that ask for no permission, or for one that the policy does not know."""
    return {
        name
        for name, context in routes(app)
        if not (asked := permissions(context)) or not asked <= policy.keys()
    }


@pytest.mark.parametrize("service", OPEN)
def test_every_route_asks_for_a_permission(service: str) -> None:
    assert unprotected(application(service), policy(service)) == OPEN[service]


@pytest.mark.parametrize("service", OPEN)
def test_the_document_tells_the_permission_that_is_asked_for(service: str) -> None:
    for name, context in routes(application(service)):
        if name.split()[1].startswith("/v1/") and name not in PUBLIC:
            assert permissions(context) == {context.openapi_extra["x-permission"]}, name


@pytest.mark.parametrize("service", sorted(OPEN.keys() - {"gateway"}))
def test_what_runs_in_a_batch_asks_for_a_permission(service: str) -> None:
    definition = importlib.import_module(f"services.{service}.main").DEFINITION
    asked = {operation.permission for operation in definition.operations.values()}
    assert asked <= policy(service).keys()


def nothing() -> None: ...


def test_a_route_that_asks_for_none_is_found() -> None:
    app, router = FastAPI(openapi_url=None, docs_url=None, redoc_url=None), APIRouter(prefix="/in")
    for path, asked in {
        "/kept": ["a"],
        "/mistyped": ["b"],
        "/half": ["a", "b"],
        "/open": [],
    }.items():
        dependencies = [permitted(permission) for permission in asked]
        router.add_api_route(path, nothing, methods=["POST"], dependencies=dependencies)
    app.include_router(router)
    app.add_route("/plain", nothing)  # type: ignore[arg-type]
    app.mount("/mounted", FastAPI())
    open_or_wrong = {"POST /in/mistyped", "POST /in/half", "POST /in/open"}
    assert unprotected(app, {"a": ...}) == open_or_wrong | {"GET /plain", "ANY /mounted"}
