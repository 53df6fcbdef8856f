"""What the training service does when others tell something."""

from services.chassis.consumer import Cause, Subscriptions
from services.chassis.erasure.erasing import erasures, order
from services.chassis.operation import Item
from services.contracts.grid_subjects import SubjectErased

ERASURES = erasures("training")


def erase_the_person(event: SubjectErased, cause: Cause) -> Item:
    """Somebody's request for erasure was granted."""
    return order(ERASURES, event, cause)


SUBSCRIPTIONS: Subscriptions = {SubjectErased: erase_the_person}
