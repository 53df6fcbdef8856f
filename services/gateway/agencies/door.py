"""The door for agencies: an API key, or a token of the issuer's for a client that is bound to one."""

from typing import Annotated

from fastapi import Depends, Request

from services.chassis.database import driver
from services.chassis.http.reads import only_known_parameters
from services.chassis.identity.caller import Caller
from services.chassis.identity.policy import require
from services.contracts.roles import AGENCY
from services.gateway.agencies.access import Access, Credential, access
from services.gateway.agencies.keys import PREFIX
from services.gateway.edge.guard import Gateway, GatewayDep, admitted, within_allowance
from services.gateway.limits import principal_of

READ = "events.read"


def key_of(request: Request) -> str | None:
    """What has the form of an API key; a token of the issuer's has not."""
    scheme, _, told = request.headers.get("authorization", "").strip().partition(" ")
    told = told.strip()
    return told if scheme.lower() == "bearer" and told.startswith(PREFIX) else None


async def agency(request: Request, held: GatewayDep) -> Credential:
    """Dependency of the agencies' routes: who asks is one, and within its limit."""
    if key := key_of(request):
        credential = Credential.of_key(key)
        found = await _access(held, credential)
        caller = Caller(f"agency:{found.agency}", frozenset({AGENCY}))
        require(held.policy, caller, READ)
        allowance = await held.limiter.hit(principal_of(caller, ""), "read")
        within_allowance(allowance, request)
    else:
        caller = await admitted(request, held)
        require(held.policy, caller, READ)
        credential = Credential(client=caller.client)
        await _access(held, credential)
    only_known_parameters(request)
    return credential


agency.permission = READ  # type: ignore[attr-defined]
Agency = Annotated[Credential, Depends(agency)]


async def _access(held: Gateway, credential: Credential) -> Access:
    async with held.database.statements() as connection:
        return await access(await driver(connection), credential)
