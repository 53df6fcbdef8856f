"""What every frontend asks for first: who am I, which areas and organisations there are, what codes mean."""

from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from services.chassis.database import driver
from services.chassis.deadlines.calendar import local_day
from services.chassis.errors import NotFound
from services.chassis.identity.policy import permissions_of
from services.contracts.codes import CODES
from services.contracts.event import AREA_CODE
from services.contracts.grid import ReportFact
from services.contracts.labels import Label
from services.contracts.roles import ROLES
from services.gateway.dashboards.figures import FIGURES
from services.gateway.edge.guard import GatewayDep, Guarded, reads
from services.gateway.policy import KNOWING
from services.gateway.reference import queries

SECRET = ReportFact.sensitive_topic
router = APIRouter(prefix="/v1", tags=["reference"])


class LabelOut(BaseModel):
    code: str
    zh: str
    en: str


class MeOut(BaseModel):
    subject: str
    name: str
    roles: list[LabelOut]
    areas: list[str]
    organisation: str | None
    permissions: list[str]


class AreaCard(BaseModel):
    name: str
    kind: str
    parent: str | None
    valid_from: date
    valid_to: date | None
    demo: bool
    predecessors: list[str]
    heir: str | None = None


class AreaOut(AreaCard):
    code: str
    children: list[str]


class OrganisationOut(BaseModel):
    code: str
    name: str
    kind: str
    parent: str | None
    area_code: str
    valid_from: date
    valid_to: date | None


class OrganisationsOut(BaseModel):
    items: list[OrganisationOut]
    next: str | None


def _labels(labels: dict[str, Label]) -> list[LabelOut]:
    return [LabelOut(code=code, zh=label.zh, en=label.en) for code, label in labels.items()]


@router.get("/me", **reads("me.read", MeOut, "get_me"))
async def get_me(gateway: GatewayDep, caller: Guarded) -> MeOut:
    """Who the token says that you are, and what the gateway and the services would let you try."""
    return MeOut(
        subject=caller.subject,
        name=caller.name,
        roles=_labels({role: ROLES[role] for role in sorted(caller.roles)}),
        areas=list(caller.areas),
        organisation=caller.organisation,
        permissions=permissions_of(gateway.permissions, caller),
    )


@router.get("/codes", **reads("codes.read", dict[str, list[LabelOut]], "list_codes"))
async def list_codes(_: Guarded) -> dict[str, list[LabelOut]]:
    """Every code table, with labels in both languages; `figure` names those of the dashboard."""
    tables = CODES | {"figure": FIGURES}
    return {name: _labels(table) for name, table in sorted(tables.items())}


@router.get("/areas/{code}", **reads("area.read", AreaOut, "get_area"))
async def get_area(
    code: Annotated[str, Path(pattern=AREA_CODE)], gateway: GatewayDep, _: Guarded
) -> AreaOut:
    """An area as it is today (one that is no more: as it was last), with the codes of the areas right below it."""
    today = local_day(datetime.now(UTC))
    async with gateway.database.connection() as connection:
        raw = await driver(connection)
        found = await queries.area(raw, today, code)
        below = await queries.children(raw, today, code)
    if found is None:
        raise NotFound
    card = AreaCard.model_validate_json(found)
    return AreaOut(code=code, children=below, **card.model_dump())


@router.get("/organisations", **reads("area.read", OrganisationsOut, "list_organisations"))
async def list_organisations(
    gateway: GatewayDep,
    _: Guarded,
    area: Annotated[str | None, Query(pattern=AREA_CODE)] = None,
    kind: Annotated[str | None, Query(max_length=40)] = None,
    after: Annotated[str | None, Query(max_length=60)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> OrganisationsOut:
    """Public bodies by code, each as it is today; also those that are no more (`valid_to`: the first day without)."""
    today = local_day(datetime.now(UTC))
    narrowed: dict[str, Any] = {"area": area, "kind": kind, "after": after}
    async with gateway.database.connection() as connection:
        raw = await driver(connection)
        rows = await queries.organisations(raw, today, **narrowed, limit=limit + 1)
    items = [OrganisationOut.model_validate_json(row) for row in rows[:limit]]
    return OrganisationsOut(items=items, next=items[-1].code if len(rows) > limit else None)


class TimelineEntry(BaseModel):
    """One event: who published it, about which aggregate, when it happened."""

    type: str
    service: str
    aggregate_id: UUID
    version: int
    area_code: str
    occurred_at: str


class TimelineOut(BaseModel):
    items: list[TimelineEntry]


@router.get("/timeline/{correlation_id}", **reads("timeline.read", TimelineOut, "get_timeline"))
async def get_timeline(correlation_id: UUID, gateway: GatewayDep, caller: Guarded) -> TimelineOut:
    """Everything that came of one matter, over all services, within the caller's scope. One that a sensitive report
    belongs to is there for offices, auditors and the bodies that deal with the report alone."""
    async with gateway.database.connection() as connection:
        raw = await driver(connection)
        rows = await queries.of_matter(raw, correlation_id)
        secret = {UUID(row["id"]) for row in rows if row["topic"] == SECRET}
        dealing = await queries.dealing_with(raw, secret)
    may_know = caller.roles & KNOWING or all(caller.organisation in told for told in dealing)
    seen = [row for row in rows if may_know and caller.covers(row["area_code"])]
    if not seen:
        raise NotFound
    seen.sort(key=lambda row: (row["occurred_at"], row["read_at"], int(row["version"])))
    return TimelineOut(
        items=[
            TimelineEntry(
                type=row["type"],
                service=row["topic"].split(".")[1],
                aggregate_id=UUID(row["id"]),
                version=int(row["version"]),
                area_code=row["area_code"],
                occurred_at=row["occurred_at"].isoformat(),
            )
            for row in seen
        ]
    )
