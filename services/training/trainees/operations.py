"""Registering trainees."""

from services.chassis.operation import Call, Done, operation
from services.chassis.privacy.numbers import current_resident_id
from services.training.trainees import schemas
from services.training.trainees.models import Trainee
from services.training.trainees.queries import TRAINEES, Registered, registered

NOT_FACTS = {"id", "occurred_at", "on_behalf_of", "name", "phone", "resident_id"}


@operation(TRAINEES, permission="trainee.register", creates=True, given=registered)
def register_trainee(
    _: None, body: schemas.TraineeIn, given: Registered, call: Call
) -> Done[Trainee]:
    """Register somebody for training (学员登记). Once per name and telephone number."""
    mark = call.people.mark(body.name, body.phone)
    given.admit(mark, body.area_code, call)
    imported = call.import_batch_id is not None
    number = current_resident_id(body.resident_id, imported=imported, pointer="/resident_id")
    return Done(
        *Trainee.register(
            call.at,
            id=call.id,
            person=call.people.seal(name=body.name, phone=body.phone, resident_id=number),
            mark=mark,
            **body.model_dump(exclude=NOT_FACTS),
        )
    )
