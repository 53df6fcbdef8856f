from itertools import product

import pytest

from services.chassis.identity.caller import Caller
from services.contracts.codes_outreach import DemolitionMode
from services.grid.demolitions.rules import (
    STEPS,
    ForceIsOfOffices,
    LegalDocMissing,
    Status,
    Step,
    StepNotAllowed,
    after,
    require_ground,
)
from tests.grid.field import MEMBER
from tests.grid.people import NEIGHBOUR, VILLAGE
from tests.support.people import DISTRICT, IMPORTER, TOWNSHIP, VERIFIER

SELF, ASSISTED, FORCED = DemolitionMode
DOC = "金东综执〔2017〕12号"


@pytest.mark.parametrize(("status", "step"), list(product(Status, Step)))
def test_a_step_is_taken_only_where_the_table_allows_it(status: Status, step: Step) -> None:
    if (status, step) in STEPS:
        assert after(status, step) is STEPS[status, step]
    else:
        with pytest.raises(StepNotAllowed):
            after(status, step)


def test_what_was_voided_stays_so_and_what_is_confirmed_is_confirmed_once() -> None:
    assert {step for status, step in STEPS if status is Status.VOIDED} == set()
    assert {step for status, step in STEPS if status is Status.CONFIRMED} == {Step.VOID}


@pytest.mark.parametrize(
    ("who", "mode"), list(product([MEMBER, VILLAGE, TOWNSHIP], (SELF, ASSISTED)))
)
def test_without_force_no_document_is_needed(who: Caller, mode: DemolitionMode) -> None:
    require_ground(mode, None, who)
    require_ground(mode, DOC, who)


@pytest.mark.parametrize("who", [TOWNSHIP, DISTRICT, IMPORTER])
def test_force_needs_its_legal_document(who: Caller) -> None:
    require_ground(FORCED, DOC, who)
    with pytest.raises(LegalDocMissing):
        require_ground(FORCED, None, who)


@pytest.mark.parametrize("who", [MEMBER, NEIGHBOUR, VERIFIER, VILLAGE])
def test_members_and_villages_order_nothing(who: Caller) -> None:
    with pytest.raises(ForceIsOfOffices):
        require_ground(FORCED, DOC, who)
