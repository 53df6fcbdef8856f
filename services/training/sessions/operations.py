"""What may be done with sessions. Each operation is one use case on one session."""

from services.chassis.operation import Call, Done, operation
from services.training.sessions import schemas
from services.training.sessions.models import TrainingSession
from services.training.sessions.queries import SESSIONS
from services.training.sessions.rules import Step

NOT_FACTS = {"id", "occurred_at", "on_behalf_of"}


@operation(SESSIONS, permission="training_session.open", creates=True)
def open_training_session(
    _: None, body: schemas.OpenSessionIn, given: None, call: Call
) -> Done[TrainingSession]:
    """Announce a session of a course (发布班次)."""
    facts = body.model_dump(exclude=NOT_FACTS)
    return Done(*TrainingSession.open(id=call.id, opened_at=call.at, **facts))


@operation(SESSIONS, permission="training_session.hold", step=Step.START)
def start_training_session(
    session: TrainingSession, body: schemas.SessionStepIn, _: None, call: Call
) -> Done[TrainingSession]:
    """Start a session (开班). Attendance may be recorded from now on."""
    return Done(session, session.start(at=call.at))


@operation(SESSIONS, permission="training_session.hold", step=Step.FINISH)
def finish_training_session(
    session: TrainingSession, body: schemas.SessionStepIn, _: None, call: Call
) -> Done[TrainingSession]:
    """End a session (结束). Attendance and assessments may still be entered."""
    return Done(session, session.finish(at=call.at))


@operation(SESSIONS, permission="training_session.settle", step=Step.SETTLE)
def settle_training_session(
    session: TrainingSession, body: schemas.SessionStepIn, _: None, call: Call
) -> Done[TrainingSession]:
    """Settle a session (结算): attendance is locked, certificates may be issued."""
    return Done(session, session.settle(at=call.at))


@operation(SESSIONS, permission="training_session.open", step=Step.CANCEL)
def cancel_training_session(
    session: TrainingSession, body: schemas.CancelSessionIn, _: None, call: Call
) -> Done[TrainingSession]:
    """Cancel a session that has not started, with a reason (取消)."""
    return Done(session, session.cancel(body.reason, at=call.at))
