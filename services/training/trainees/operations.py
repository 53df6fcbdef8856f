"""Registering trainees."""

from services.chassis.operation import Call, Done, operation
from services.training.trainees import schemas
from services.training.trainees.models import Trainee
from services.training.trainees.queries import TRAINEES, Registered, registered

NOT_FACTS = {"id", "occurred_at", "on_behalf_of"}


@operation(TRAINEES, permission="trainee.register", creates=True, given=registered)
def register_trainee(
    _: None, body: schemas.TraineeIn, given: Registered, call: Call
) -> Done[Trainee]:
    """Register somebody for training (学员登记). Once per name and telephone number."""
    given.admit(body, call)
    return Done(*Trainee.register(call.at, id=call.id, **body.model_dump(exclude=NOT_FACTS)))
