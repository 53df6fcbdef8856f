"""An erasure as an operation: the consequence of an event, run once, confirmed by another event."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import false, true
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.consumer import Cause
from services.chassis.database import driver
from services.chassis.erasure.matching import Outcome, Sought, erase, sought_of
from services.chassis.erasure.tables import Erasure, Kept
from services.chassis.operation import Body, Call, Done, Item, Noun, operation
from services.chassis.settings import Service

APPLY = "erasure.apply"


class OrderIn(Body):
    """Whom to erase, by blind index (hex). `correlation_id` and `area_code` are those of the request."""

    area_code: str
    correlation_id: UUID
    resident_index: str | None
    phone_index: str | None

    @property
    def sought(self) -> Sought:
        return sought_of(self.resident_index, self.phone_index)


class ErasureOut(BaseModel):
    id: UUID
    until: datetime
    erased: int
    kept: list[Kept]


def erasures(service: Service) -> Noun[Erasure]:
    """The noun of a service that keeps people, with its one operation."""
    noun: Noun[Erasure] = Noun(
        "erasure",
        Erasure,
        lambda caller: true() if caller.is_job else false(),
        lambda row, *_: ErasureOut.model_validate(row, from_attributes=True),
    )

    @operation(noun, permission=APPLY, puts=True, given=erased)
    def erase_person(
        erasure: Erasure | None, body: OrderIn, given: Mapping[UUID, Outcome], call: Call
    ) -> Done[Erasure] | None:
        """Erase a person wherever they stand in this service. What is held stays, and is told."""
        outcome = given[call.id]
        if erasure is None:
            erasure = Erasure(
                id=call.id,
                service=service,
                area_code=body.area_code,
                correlation_id=body.correlation_id,
                **body.sought._asdict(),
                until=call.at,
                occurred_at=call.at,
            )
        elif erasure.version and not outcome.erased and outcome.kept == erasure.kept:
            return None
        erasure.erased, erasure.kept = erasure.erased + outcome.erased, outcome.kept
        return Done(erasure, erasure.snapshot())

    return noun


async def erased(connection: AsyncConnection, items: Sequence[Item]) -> dict[UUID, Outcome]:
    """Erases in the run's own transaction: the row and the event tell what was done, or neither is."""
    raw = await driver(connection)
    return {item.id: await erase(raw, item.body.sought, item.body.occurred_at) for item in items}


def order(noun: Noun[Any], event: Any, cause: Cause) -> Item:
    """What an event that names a person by indexes asks of a service."""
    told = {name: getattr(event, name) for name in OrderIn.model_fields if hasattr(event, name)}
    [erase_person] = noun.operations
    return Item(erase_person, cause.aggregate_id, OrderIn.model_validate(told), cause.key)
