from itertools import product

import pytest

from services.chassis.errors import Refusal
from services.chassis.identity.caller import Caller
from services.contracts.codes_grid import Finder
from services.grid.reports.lifecycle import Status, Step, StepNotAllowed, after
from services.grid.reports.rules import (
    FinderNotYours,
    NotAssignedToYou,
    NotTheReporter,
    OutsideYourArea,
    finder_of,
    is_office,
    may_know_the_reporter,
    require_place,
)
from tests.grid.people import (
    AUDITOR,
    ELSEWHERE,
    FULL_TIME,
    GRID,
    GROUP_MEMBER,
    MATE,
    NEIGHBOUR,
    OTHER_OFFICE,
    PART_TIME,
    RESIDENT,
    STRANGER,
    VILLAGE,
    both,
)
from tests.support.people import (
    DISTRICT,
    HANDLER,
    IMPORTER,
    OTHER_TOWNSHIP,
    RED_MEMBER,
    TOWNSHIP,
    VERIFIER,
)

S = Status
ALLOWED: dict[Status, dict[str, Status]] = {
    S.REPORTED: {
        "return": S.RETURNED,
        "accept": S.ACCEPTED,
        "self_handle": S.CLOSED,
        "escalate": S.REPORTED,
        "send_down": S.REPORTED,
        "cancel": S.CANCELLED,
        "withdraw": S.CANCELLED,
    },
    S.RETURNED: {"resubmit": S.REPORTED, "cancel": S.CANCELLED, "withdraw": S.CANCELLED},
    S.ACCEPTED: {
        "assign": S.ASSIGNED,
        "escalate": S.ESCALATED,
        "reset_deadline": S.ACCEPTED,
        "resolve_by_case": S.RESOLVED,
        "cancel": S.CANCELLED,
    },
    S.ESCALATED: {
        "take_up": S.ACCEPTED,
        "send_down": S.ACCEPTED,
        "resolve_by_case": S.RESOLVED,
    },
    S.ASSIGNED: {
        "receive": S.ASSIGNED,
        "join": S.ASSIGNED,
        "decline": S.ASSIGNED,
        "request_transfer": S.TRANSFER_REQUESTED,
        "reset_deadline": S.ASSIGNED,
        "start": S.PROCESSING,
    },
    S.TRANSFER_REQUESTED: {"grant_transfer": S.ASSIGNED, "refuse_transfer": S.ASSIGNED},
    S.PROCESSING: {
        "receive": S.PROCESSING,
        "join": S.PROCESSING,
        "decline": S.PROCESSING,
        "request_extension": S.PROCESSING,
        "grant_extension": S.PROCESSING,
        "refuse_extension": S.PROCESSING,
        "request_suspension": S.PROCESSING,
        "refuse_suspension": S.PROCESSING,
        "suspend": S.SUSPENDED,
        "reset_deadline": S.PROCESSING,
        "resolve": S.RESOLVED,
    },
    S.SUSPENDED: {"resume": S.PROCESSING},
    S.RESOLVED: {"verify": S.VERIFIED, "rework": S.PROCESSING},
    S.VERIFIED: {"close": S.CLOSED},
    S.CLOSED: {
        "evaluate": S.EVALUATED,
        "pass_self_check": S.CLOSED,
        "fail_self_check": S.PROCESSING,
        "call_back": S.CLOSED,
        "reopen": S.PROCESSING,
        "archive": S.ARCHIVED,
    },
    S.EVALUATED: {
        "pass_self_check": S.EVALUATED,
        "fail_self_check": S.PROCESSING,
        "call_back": S.EVALUATED,
        "reopen": S.PROCESSING,
        "archive": S.ARCHIVED,
    },
    S.ARCHIVED: {},
    S.CANCELLED: {},
}
for merged in (S.REPORTED, S.RETURNED, S.ACCEPTED, S.ASSIGNED, S.PROCESSING):
    ALLOWED[merged]["merge"] = S.CANCELLED
for open_yet in set(S) - {S.CLOSED, S.EVALUATED, S.ARCHIVED, S.CANCELLED}:
    ALLOWED[open_yet]["describe"] = open_yet
"""Besides, every open report is supervised."""
OVER = {S.CLOSED, S.EVALUATED, S.ARCHIVED, S.CANCELLED}
for status in set(Status) - OVER:
    ALLOWED[status]["supervise"] = status
OF_OFFICES = (Step.RETURN, Step.ACCEPT, Step.ASSIGN, Step.CLOSE, Step.CANCEL)
ENFORCEMENT = "330703-enforcement"


@pytest.mark.parametrize(("status", "step"), list(product(Status, Step)))
def test_a_step_is_taken_only_where_the_lifecycle_allows_it(status: Status, step: Step) -> None:
    if step in ALLOWED[status]:
        assert after(status, step) is ALLOWED[status][step]
    else:
        with pytest.raises(StepNotAllowed, match=f"Cannot {step} a report that is {status}"):
            after(status, step)


def placed(step: Step, who: Caller, organisation: str | None = ENFORCEMENT) -> type | None:
    """The refusal that `who` meets, if any."""
    try:
        require_place(step, who, GRID, organisation)
    except Refusal as refusal:
        return type(refusal)
    return None


@pytest.mark.parametrize("step", [*OF_OFFICES, Step.VERIFY])
def test_an_office_rules_on_its_own_area_alone(step: Step) -> None:
    assert [placed(step, who) for who in (TOWNSHIP, DISTRICT, IMPORTER)] == [None] * 3
    assert placed(step, OTHER_TOWNSHIP) is OutsideYourArea
    assert placed(step, ELSEWHERE, OTHER_OFFICE) is OutsideYourArea


def test_members_and_villages_verify_in_their_area() -> None:
    assert [placed(Step.VERIFY, who) for who in (FULL_TIME, VERIFIER, VILLAGE)] == [None] * 3


@pytest.mark.parametrize("who", [RED_MEMBER, FULL_TIME, VERIFIER, RESIDENT, HANDLER, AUDITOR])
def test_whoever_is_of_no_office_cancels_nothing(who: Caller) -> None:
    assert placed(Step.CANCEL, who) is NotTheReporter


@pytest.mark.parametrize("step", [Step.START, Step.RESOLVE])
@pytest.mark.parametrize(
    ("who", "organisation", "refused"),
    [
        (HANDLER, ENFORCEMENT, None),
        (MATE, ENFORCEMENT, None),
        (STRANGER, ENFORCEMENT, NotAssignedToYou),
        (HANDLER, None, NotAssignedToYou),
        (both(STRANGER, NEIGHBOUR), ENFORCEMENT, NotAssignedToYou),
        (both(STRANGER, FULL_TIME), ENFORCEMENT, None),
        (ELSEWHERE, OTHER_OFFICE, None),
        (ELSEWHERE, ENFORCEMENT, NotAssignedToYou),
        (OTHER_TOWNSHIP, None, NotAssignedToYou),
        (TOWNSHIP, ENFORCEMENT, None),
        (VILLAGE, ENFORCEMENT, None),
        (FULL_TIME, ENFORCEMENT, None),
        (PART_TIME, ENFORCEMENT, NotAssignedToYou),
    ],
)
def test_a_report_is_handled_by_assignment_or_by_area(
    step: Step, who: Caller, organisation: str | None, refused: type | None
) -> None:
    assert placed(step, who, organisation) is refused


@pytest.mark.parametrize(
    ("who", "office", "knows"),
    [
        (TOWNSHIP, True, True),
        (DISTRICT, True, True),
        (IMPORTER, True, True),
        (AUDITOR, False, True),
        (OTHER_TOWNSHIP, False, False),
        (HANDLER, False, False),
        (VERIFIER, False, False),
        (FULL_TIME, False, False),
        (NEIGHBOUR, False, False),
        (RED_MEMBER, False, True),
    ],
)
def test_only_offices_auditors_and_the_reporter_know_who_reported(
    who: Caller, office: bool, knows: bool
) -> None:
    assert is_office(who, GRID) is office
    assert may_know_the_reporter(who, GRID, RED_MEMBER.subject) is knows


@pytest.mark.parametrize(
    ("who", "found"),
    [
        (RED_MEMBER, Finder.RED_MEMBER),
        (FULL_TIME, Finder.GRID_MEMBER),
        (PART_TIME, Finder.GRID_MEMBER),
        (GROUP_MEMBER, Finder.SERVICE_GROUP),
        (RESIDENT, Finder.RESIDENT),
        (VERIFIER, Finder.OTHER),
        (TOWNSHIP, Finder.OTHER),
        (both(RESIDENT, RED_MEMBER), Finder.RED_MEMBER),
        (both(RESIDENT, FULL_TIME), Finder.GRID_MEMBER),
    ],
)
def test_who_found_it_follows_from_the_role(who: Caller, found: Finder) -> None:
    assert finder_of(who, None) is found


@pytest.mark.parametrize("said", Finder)
def test_only_offices_say_who_found_it(said: Finder) -> None:
    assert [finder_of(who, said) for who in (TOWNSHIP, DISTRICT, IMPORTER)] == [said] * 3
    for who in (RED_MEMBER, FULL_TIME, RESIDENT, VERIFIER):
        with pytest.raises(FinderNotYours):
            finder_of(who, said)
