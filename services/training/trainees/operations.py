"""Registering trainees."""

from services.chassis.operation import Call, Done, operation
from services.training.trainees import schemas
from services.training.trainees.models import Trainee
from services.training.trainees.queries import TRAINEES, Registered, registered

NOT_FACTS = {"id", "occurred_at", "on_behalf_of", "name", "phone"}


@operation(TRAINEES, permission="trainee.register", creates=True, given=registered)
def register_trainee(
    _: None, body: schemas.TraineeIn, given: Registered, call: Call
) -> Done[Trainee]:
    """Register somebody for training (学员登记). Once per name and telephone number."""
    mark = call.people.mark(body.name, body.phone)
    given.admit(mark, body.area_code, call)
    return Done(
        *Trainee.register(
            call.at,
            id=call.id,
            person=call.people.seal(name=body.name, phone=body.phone),
            mark=mark,
            **body.model_dump(exclude=NOT_FACTS),
        )
    )
