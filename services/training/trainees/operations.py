"""Registering trainees, and who sees them."""

from sqlalchemy import ColumnElement
from sqlmodel import col

from services.chassis.operation import Call, Done, Noun, operation
from services.contracts.codes_training import Audience
from services.training.scope import by_area
from services.training.trainees import schemas
from services.training.trainees.models import Trainee

NOT_FACTS = {"id", "occurred_at", "on_behalf_of"}

TRAINEES: Noun[Trainee] = Noun(
    "trainee",
    Trainee,
    lambda caller: by_area(col(Trainee.area_code), caller),
    lambda trainee, _, allowed: schemas.TraineeOut.of(trainee, allowed),
)


def matching(audience: Audience | None, unit: str | None) -> list[ColumnElement[bool] | None]:
    """The filters of a list; None where one was not asked for."""
    return [
        col(Trainee.audience) == audience if audience else None,
        col(Trainee.unit) == unit if unit else None,
    ]


@operation(TRAINEES, permission="trainee.register", creates=True)
def register_trainee(_: None, body: schemas.TraineeIn, given: None, call: Call) -> Done[Trainee]:
    """Register somebody for training (学员登记)."""
    return Done(*Trainee.register(call.at, id=call.id, **body.model_dump(exclude=NOT_FACTS)))
