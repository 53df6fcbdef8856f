"""What may be done with the records of key persons. What they say stays inside."""

from services.chassis.deadlines.calendar import local_day
from services.chassis.deadlines.sweeper import Passed
from services.chassis.operation import Call, Done, operation
from services.grid.key_persons import schemas
from services.grid.key_persons.models import KeyPerson, Visit
from services.grid.key_persons.queries import KEY_PERSONS, Known, known, known_of_new
from services.grid.key_persons.rules import Step, minor_until
from services.grid.key_persons.sealing import Grade, Sealing

MANAGE = "keyperson.manage"


@operation(KEY_PERSONS, permission=MANAGE, creates=True, given=known_of_new)
def enrol_key_person(
    _: None, body: schemas.KeyPersonIn, given: Known, call: Call
) -> Done[KeyPerson]:
    """Keep a record of somebody of a class that the law names (列管). The first visit falls due."""
    day, grade = local_day(call.at), Grade(body.key_class, body.level)
    if given.ground:
        given.ground.require(call.caller, body.area_code, None, day)
    told = body.model_dump(include={"name", "resident_id", "phone", "address"})
    person = call.people.seal(**told)
    return Done(
        *KeyPerson.enrol(
            id=call.id,
            area_code=body.area_code,
            person=person,
            grade=Sealing.of_new(call.people, person).sealed_grade(grade),
            legal_basis=body.legal_basis,
            minor_until=minor_until(body.resident_id, day),
            visit_due_at=given.due(grade, body.area_code, call.at),
            enrolled_by=call.subject,
            enrolled_at=call.at,
        )
    )


@operation(KEY_PERSONS, permission=MANAGE, step=Step.REGRADE, given=known)
def regrade_key_person(
    row: KeyPerson, body: schemas.RegradeIn, given: Known, call: Call
) -> Done[KeyPerson]:
    """Change class or level; the next visit follows from it. Of a minor's record, as every step: by who has just read
    it by law."""
    given.require_read(row, call)
    grade = Grade(body.key_class, body.level)
    due = given.due(grade, row.area_code, call.at)
    sealed = given.sealing(row.id).sealed_grade(grade)
    return Done(row, row.regrade(sealed, due, at=call.at))


@operation(KEY_PERSONS, permission="keyperson.visit", step=Step.VISIT, given=known)
def visit_key_person(
    row: KeyPerson, body: schemas.VisitIn, given: Known, call: Call
) -> Done[KeyPerson]:
    """Record a visit (走访). One who was not met is still owed it."""
    given.require_read(row, call)
    sealing = given.sealing(row.id)
    due = given.due(sealing.grade(row.grade), row.area_code, call.at)
    told = {"present": body.present, "note": sealing.sealed(body.note)}
    return Done(row, row.visited(Visit(at=call.at, by=call.subject, **told), due))


@operation(KEY_PERSONS, permission=MANAGE, step=Step.REMOVE, given=known)
def remove_key_person(
    row: KeyPerson, body: schemas.RemoveIn, given: Known, call: Call
) -> Done[KeyPerson]:
    """Take somebody off (移出): nothing is owed any more."""
    given.require_read(row, call)
    return Done(row, row.remove(body.reason, at=call.at))


@operation(KEY_PERSONS, permission="clock.fire", overdue=True)
def record_visit_overdue(
    row: KeyPerson, body: Passed, _: None, call: Call
) -> Done[KeyPerson] | None:
    """A visit was not made in time. Only the sweeper does this."""
    event = row.overdue(at=call.at)
    return Done(row, event) if event else None
