"""Verifying and rebuilding the projection, for an operator: what `jinding verify` and `jinding rebuild` do."""

from collections.abc import Sequence

import structlog
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from services.chassis.audit import Action, Entry
from services.gateway.edge.guard import GatewayDep, Guarded, reads
from services.gateway.projections.rebuild import Difference, RebuildSource, rebuild, verify
from services.gateway.projections.registry import SERVICES, Projected

log = structlog.get_logger()
router = APIRouter(prefix="/v1/admin", tags=["admin"])
MANAGE = "projection.manage"
SHOWN = 50


class VerifyIn(BaseModel):
    """Of which services; all of them where none is named."""

    model_config = ConfigDict(extra="forbid")

    services: list[Projected] = Field([], max_length=len(SERVICES))

    @property
    def named(self) -> Sequence[Projected]:
        return list(dict.fromkeys(self.services)) or SERVICES


class RebuildIn(VerifyIn):
    """`source`: `snapshots` of the services, or the `archive` of all events ever read."""

    source: RebuildSource = RebuildSource.SNAPSHOTS


class DifferenceOut(BaseModel):
    """`kind`: `card`, `tally`, or `snapshot` (of which no card can be made). What the gateway knew, and what is
    true."""

    kind: str
    what: str
    known: str
    truth: str


class ServiceOut(BaseModel):
    """`count` differences; the first 50 of them."""

    service: Projected
    count: int
    differences: list[DifferenceOut]


class DifferencesOut(BaseModel):
    items: list[ServiceOut]


ALL = VerifyIn()
ALL_ANEW = RebuildIn()


@router.post("/verify", **reads(MANAGE, DifferencesOut, "verify_projection"))
async def verify_projection(
    gateway: GatewayDep, caller: Guarded, body: VerifyIn = ALL
) -> DifferencesOut:
    """Compare every card with its service's snapshot and every tally with a recount. Takes seconds to minutes;
    409 while another does the same."""
    items = []
    for service in body.named:
        found = await verify(gateway.database, gateway.services, service)
        log.info("projection_verified", of=service, by=caller.subject, found=len(found))
        items.append(_shown(service, found))
    return DifferencesOut(items=items)


@router.post("/rebuild", **reads(MANAGE, DifferencesOut, "rebuild_projection"))
async def rebuild_projection(
    gateway: GatewayDep, caller: Guarded, body: RebuildIn = ALL_ANEW
) -> DifferencesOut:
    """Make cards and tallies anew beside the live ones and switch, service by service; readers and writers go on.
    Answers what was wrong, and what had to be left out. 409 while another does the same."""
    items = []
    for service in body.named:
        given = (gateway.database, gateway.services, service, body.source, caller.subject)
        items.append(_shown(service, await rebuild(*given)))
        rebuilt = Entry(Action.CONFIGURED, "projection", None, fields=(service,), outcome="rebuilt")
        await gateway.audit.note(caller, rebuilt)
    return DifferencesOut(items=items)


def _shown(service: Projected, found: Sequence[Difference]) -> ServiceOut:
    told = [DifferenceOut.model_validate(difference._asdict()) for difference in found[:SHOWN]]
    return ServiceOut(service=service, count=len(found), differences=told)
