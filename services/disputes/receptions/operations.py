"""What may be done with receptions."""

from datetime import datetime

from services.chassis.deadlines.calendar import local_day
from services.chassis.operation import Call, Done, Numbering, operation
from services.disputes.receptions import schemas
from services.disputes.receptions.models import Reception
from services.disputes.receptions.queries import RECEPTIONS, Townships, townships
from services.disputes.receptions.rules import Step, check_representatives


def number_of(body: schemas.ReceptionIn, at: datetime) -> Numbering:
    return Numbering("RB", body.area_code[:9], local_day(at))


@operation(
    RECEPTIONS, permission="reception.record", creates=True, given=townships, number=number_of
)
def record_reception(
    _: None, body: schemas.ReceptionIn, given: Townships, call: Call
) -> Done[Reception]:
    """Record one batch of people received by a township's service group (接待批次)."""
    day = local_day(call.at)
    given.require_group(body.group_id, body.area_code, day)
    given.require_case(body.case_id, body.area_code)
    rule = given.rule(body.area_code, day)
    check_representatives(body.heads, body.representatives, rule.heads, rule.representatives)
    return Done(
        *Reception.record(
            **body.model_dump(exclude={"id", "occurred_at", "on_behalf_of"}),
            id=call.id,
            number=call.number,
            receiver=call.subject,
            received_at=call.at,
            collective=body.heads >= rule.heads,
        )
    )


@operation(RECEPTIONS, permission="reception.record", step=Step.LINK, given=townships)
def link_reception_case(
    reception: Reception, body: schemas.LinkIn, given: Townships, call: Call
) -> Done[Reception]:
    """Say which case came of a reception."""
    given.require_case(body.case_id, reception.area_code)
    return Done(reception, reception.link(body.case_id, by=call.subject, at=call.at))
