"""Who acts on which case: conditions on the record, on top of the policy and of what one sees. Pure."""

from services.chassis.errors import Forbidden
from services.chassis.identity.caller import Caller
from services.contracts.roles import MEDIATOR, SERVICE_GROUP_MEMBER
from services.disputes.cases.models import Case
from services.disputes.cases.rules import Step
from services.disputes.policy import OFFICES

CONCLUDING = {Step.AGREE, Step.SIGN, Step.PERFORM, Step.TERMINATE}


class CaseOfOthers(Forbidden):
    """After acceptance only the appointed mediator and the offices bring a case to its end."""

    def __init__(self) -> None:
        super().__init__(
            "本案由其调解员或所在镇街、区的工作机构办理。",
            "This case is in the hands of its mediator and of the offices of its area.",
        )


def acts(case: Case, step: Step, caller: Caller) -> bool:
    """Offices act within their area; so do service groups until the case is accepted, and on who mediates.
    A mediator acts on cases that they were appointed to or, so far, registered."""
    if caller.roles & OFFICES and caller.covers(case.area_code):
        return True
    if case.mediator == caller.subject:
        return True
    if step in CONCLUDING and case.accepted_at:
        return False
    if MEDIATOR in caller.roles and case.registrar == caller.subject:
        return True
    return SERVICE_GROUP_MEMBER in caller.roles and caller.covers(case.area_code)


def require_actor(case: Case, step: Step, caller: Caller) -> None:
    if not acts(case, step, caller):
        raise CaseOfOthers
