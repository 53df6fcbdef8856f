"""What may be done with enterprises. Each operation is one use case on one enterprise."""

from uuid import UUID

from services.chassis.operation import Call, Done, operation
from services.contracts.codes_inspection import Colour, RatingMethod
from services.inspection.enterprises import schemas
from services.inspection.enterprises.models import Enterprise, Rating, RiskPoint
from services.inspection.enterprises.queries import ENTERPRISES
from services.inspection.enterprises.rules import (
    ColourFollowsFromPoints,
    ExitIsRecordedByStatus,
    PointsMissing,
    ReasonMissing,
    Step,
    colour_of,
    lec,
    worst,
)
from services.inspection.scope import require_reach


@operation(ENTERPRISES, permission="enterprise.register", creates=True)
def register_enterprise(
    _: None, body: schemas.EnterpriseIn, __: None, call: Call
) -> Done[Enterprise]:
    """Register an enterprise under its unified social credit code, in operation."""
    facts = body.model_dump(
        exclude={"id", "occurred_at", "on_behalf_of", "principal", "safety_officer"}
    )
    return Done(
        *Enterprise.register(
            by=call.subject,
            at=call.at,
            id=call.id,
            principal_id=_sealed(body.principal, call),
            safety_officer_id=_sealed(body.safety_officer, call),
            **facts,
        )
    )


@operation(ENTERPRISES, permission="enterprise.file", step=Step.OPEN_FILE)
def open_safety_file(
    enterprise: Enterprise, body: schemas.FileIn, _: None, call: Call
) -> Done[Enterprise]:
    """Open the enterprise's one safety file (一企一档)."""
    require_reach(call.caller, "enterprise.file", enterprise.area_code)
    return Done(enterprise, enterprise.open_file(by=call.subject, at=call.at))


@operation(ENTERPRISES, permission="enterprise.change", step=Step.CHANGE_STATUS)
def change_enterprise_status(
    enterprise: Enterprise, body: schemas.StatusIn, _: None, call: Call
) -> Done[Enterprise]:
    """Record that an enterprise stopped, resumed, moved out or closed. Leaving withdraws its rating."""
    require_reach(call.caller, "enterprise.change", enterprise.area_code)
    return Done(enterprise, enterprise.change_status(body.status, by=call.subject, at=call.at))


@operation(ENTERPRISES, permission="enterprise.rate", step=Step.RATE)
def rate_enterprise(
    enterprise: Enterprise, body: schemas.RatingIn, _: None, call: Call
) -> Done[Enterprise]:
    """Rate an enterprise's risk by LEC, or override or withdraw its rating with a reason (评级)."""
    require_reach(call.caller, "enterprise.rate", enterprise.area_code)
    rating = Rating(
        colour=_colour(body),
        at=call.at,
        by=call.subject,
        method=body.method,
        reason=body.reason,
        points=[RiskPoint(**point.model_dump()) for point in body.points],
    )
    return Done(enterprise, enterprise.rate(rating))


def _colour(body: schemas.RatingIn) -> Colour | None:
    if body.method is RatingMethod.EXIT:
        raise ExitIsRecordedByStatus
    if body.method is RatingMethod.OVERRIDE:
        if not body.reason:
            raise ReasonMissing
        return body.colour
    if not body.points:
        raise PointsMissing
    colour = worst(
        colour_of(lec(point.likelihood, point.exposure, point.consequence, f"/points/{index}"))
        for index, point in enumerate(body.points)
    )
    if body.colour not in (None, colour):
        raise ColourFollowsFromPoints(colour)
    return colour


def _sealed(contact: schemas.ContactIn | None, call: Call) -> UUID | None:
    return call.people.seal(name=contact.name, phone=contact.phone) if contact else None
