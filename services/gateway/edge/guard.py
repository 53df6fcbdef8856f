"""The door: who is calling, whether within the limits, and what the gateway itself lets them do."""

from dataclasses import dataclass
from typing import Annotated, Any, cast

import aiohttp
from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from services.chassis.audit import Audit
from services.chassis.audit.anchors import Anchors
from services.chassis.database import Database
from services.chassis.errors import TooManyRequests
from services.chassis.http.reads import only_known_parameters
from services.chassis.identity.caller import Caller
from services.chassis.identity.internal_token import Signer
from services.chassis.identity.policy import Policy, require
from services.gateway.auth.bearer import BearerValidator
from services.gateway.dashboards.answers import Answers
from services.gateway.dashboards.live import Live
from services.gateway.emergency.access import Emergencies
from services.gateway.limits import Allowance, CostClass, RateLimiter, principal_of
from services.gateway.projections.snapshots import Services
from services.gateway.settings import GatewaySettings


@dataclass
class Gateway:
    """What the running gateway holds; found at `app.state.gateway`. `policy` is the gateway's own;
    `permissions` are those of all services together."""

    settings: GatewaySettings
    policy: Policy
    permissions: Policy
    database: Database
    session: aiohttp.ClientSession
    signer: Signer
    services: Services
    validator: BearerValidator
    limiter: RateLimiter
    answers: Answers
    live: Live
    audit: Audit
    emergencies: Emergencies
    anchors: Anchors


class LimitReached(TooManyRequests):
    def __init__(self) -> None:
        super().__init__("请求过于频繁，请稍后再试。", "Too many requests; slow down.")


async def gateway(connection: HTTPConnection) -> Gateway:
    found: Gateway = connection.app.state.gateway
    return found


GatewayDep = Annotated[Gateway, Depends(gateway)]


async def admitted(request: Request, held: Gateway) -> Caller:
    """The caller behind the bearer token, within its limit; the answer will tell what is left of that.

    Bad tokens are not counted: refusing one costs next to nothing, and a 429 would tell less than the 401.
    """
    if known := request.scope.get("caller"):
        return cast(Caller, known)
    request_id = str(request.scope.get("request_id", ""))
    caller = await held.validator.caller(request.headers.get("authorization"), request_id)
    cost: CostClass = "read" if request.method in ("GET", "HEAD") else "write"
    within_allowance(await held.limiter.hit(principal_of(caller, ""), cost), request)
    request.scope["caller"] = caller
    return caller


async def within_token_limit(request: Request, held: GatewayDep) -> None:
    """Dependency of the development issuer's routes: whoever asks there has no identity yet."""
    await _within_limit_of_address(request, held, "token")


async def within_lookup_limit(request: Request, held: GatewayDep) -> None:
    """Dependency of what anybody may ask: codes are not found by trying."""
    await _within_limit_of_address(request, held, "lookup")


async def _within_limit_of_address(request: Request, held: Gateway, cost: CostClass) -> None:
    address = request.client.host if request.client else "unknown"
    within_allowance(await held.limiter.hit(principal_of(None, address), cost), request)


def within_allowance(allowance: Allowance, request: Request) -> None:
    """Refuse what is over the limit; the answer will tell what is left."""
    request.scope["answer_headers"] |= allowance.headers()
    if not allowance.allowed:
        raise LimitReached


async def guarded(request: Request, held: GatewayDep) -> Caller:
    """Dependency of the gateway's own routes."""
    return await admitted(request, held)


Guarded = Annotated[Caller, Depends(guarded)]


def permitted(permission: str) -> Any:
    """Route dependency: the caller's roles must hold `permission` of the gateway's policy."""

    async def check(request: Request, held: GatewayDep, caller: Guarded) -> None:
        require(held.policy, caller, permission)
        only_known_parameters(request)

    check.permission = permission  # type: ignore[attr-defined]
    return Depends(check)


def reads(permission: str, model: Any, name: str) -> dict[str, Any]:
    """Keyword arguments of a route that reads: `name` is its operation id, `model` what it answers."""
    return {
        "response_model": model,
        "operation_id": name,
        "dependencies": [permitted(permission)],
        "openapi_extra": {"x-permission": permission},
    }
