"""What may be done with attendances. Each operation is one use case on one attendance."""

from services.chassis.deadlines.calendar import local_day
from services.chassis.decision import AHEAD
from services.chassis.operation import Call, Done, operation
from services.contracts.codes_training import AttendanceMethod
from services.training.attendances import schemas
from services.training.attendances.models import Attendance
from services.training.attendances.queries import (
    ATTENDANCES,
    Assessing,
    Occasions,
    assessing,
    occasions,
)
from services.training.attendances.rules import (
    ReasonMissing,
    Step,
    counted_minutes,
    require_held,
    require_times,
)


@operation(ATTENDANCES, permission="attendance.record", creates=True, given=occasions, locks=True)
def record_attendance(
    _: None, body: schemas.RecordAttendanceIn, given: Occasions, call: Call
) -> Done[Attendance]:
    """Record that a trainee took part in a session (签到). Once per person and session, as long as there are
    places."""
    session = given.of(body.session_id, body.trainee_id, call.caller)
    require_held(session.status)
    known_at = call.recorded_at + AHEAD
    require_times(body.in_at, body.out_at, session.starts_at, session.ends_at, known_at)
    if body.method is AttendanceMethod.MANUAL and not body.manual_reason:
        raise ReasonMissing
    given.take_place(body.session_id, body.trainee_id)
    return Done(
        *Attendance.record(
            call.at,
            id=call.id,
            area_code=session.area_code,
            session_id=body.session_id,
            trainee_id=body.trainee_id,
            account=session.account,
            audience=session.audience,
            in_at=body.in_at,
            out_at=body.out_at,
            minutes=counted_minutes(body.in_at, body.out_at, session.course_minutes),
            method=body.method,
            manual_reason=body.manual_reason,
        )
    )


@operation(
    ATTENDANCES, permission="attendance.assess", step=Step.ASSESS, given=assessing, locks=True
)
def record_assessment(
    attendance: Attendance, body: schemas.AssessIn, given: Assessing, call: Call
) -> Done[Attendance]:
    """Record an attempt at the assessment (考核), by somebody other than the trainee."""
    require_held(given.session_of(attendance))
    mark = given.pass_mark(attendance.audience, local_day(call.at))
    event = attendance.assess(
        body.theory_score, body.practice_passed, mark, by=call.subject, at=call.at
    )
    return Done(attendance, event)
