"""Who may try what of the work in the field: every role at every endpoint."""

import pytest

from services.contracts import roles
from tests.grid.endpoints.surface import may_try

MEMBERS = {roles.FULL_TIME_GRID_MEMBER, roles.PART_TIME_GRID_MEMBER, roles.RED_GRID_MEMBER}
LEADERS = {roles.GRID_LEADER, roles.GRID_INSTRUCTOR, roles.VILLAGE_OPERATOR}
OFFICES = {roles.TOWNSHIP_OPERATOR, roles.DISTRICT_OPERATOR, roles.DATA_IMPORTER}
FIELD = MEMBERS | LEADERS | OFFICES
READERS = FIELD | {roles.AUDITOR}
HELPED = FIELD | {roles.RESIDENT}
MAY: dict[str, set[str]] = {
    "POST campaigns": OFFICES,
    "GET campaigns": READERS,
    "GET campaigns/{}": READERS,
    "POST campaigns/{}/extend": OFFICES,
    "POST demolitions": FIELD,
    "GET demolitions": READERS,
    "GET demolitions/{}": READERS,
    "POST demolitions/{}/add-photos": FIELD,
    "POST demolitions/{}/confirm": OFFICES,
    "POST demolitions/{}/void": OFFICES,
    "POST material-items": OFFICES,
    "GET material-items": READERS,
    "GET material-items/{}": READERS,
    "POST material-entries": FIELD,
    "GET material-entries": READERS,
    "GET material-entries/{}": READERS,
    "POST material-counters": OFFICES,
    "GET material-counters/{}": READERS,
    "POST surveys": OFFICES,
    "GET surveys": READERS | {roles.RESIDENT},
    "GET surveys/{}": READERS | {roles.RESIDENT},
    "POST surveys/{}/revise": OFFICES,
    "POST surveys/{}/close": OFFICES,
    "POST survey-issues": FIELD,
    "GET survey-issues": READERS,
    "GET survey-issues/{}": READERS,
    "POST survey-returns": FIELD | {roles.RESIDENT},
    "GET survey-returns": READERS,
    "GET survey-returns/{}": READERS,
    "POST admission-items": {roles.DISTRICT_OPERATOR, roles.DATA_IMPORTER},
    "GET admission-items": READERS,
    "GET admission-items/{}": READERS,
    "POST admission-items/{}/take-off": {roles.DISTRICT_OPERATOR, roles.DATA_IMPORTER},
    "POST task-orders": OFFICES,
    "POST task-orders/repeats": OFFICES,
    "GET task-orders": READERS,
    "GET task-orders/{}": READERS,
    "POST task-items": OFFICES,
    "GET task-items": READERS,
    "GET task-items/{}": READERS,
    "POST task-items/{}/read": FIELD,
    "POST task-items/{}/start": FIELD,
    "POST task-items/{}/submit": FIELD,
    "POST task-items/{}/accept": OFFICES,
    "POST task-items/{}/reject": OFFICES,
    "POST errands": HELPED,
    "GET errands": HELPED | {roles.AUDITOR, roles.DEPARTMENT_HANDLER},
    "GET errands/{}": HELPED | {roles.AUDITOR, roles.DEPARTMENT_HANDLER},
    "POST errands/{}/accept": FIELD,
    "POST errands/{}/authorise": FIELD,
    "POST errands/{}/start": FIELD,
    "POST errands/{}/file": FIELD,
    "POST errands/{}/answer": FIELD | {roles.DEPARTMENT_HANDLER},
    "POST errands/{}/take-paper": FIELD,
    "POST errands/{}/return-paper": FIELD,
    "POST errands/{}/obtain": FIELD,
    "POST errands/{}/deliver": FIELD,
    "POST errands/{}/close": FIELD,
    "POST errands/{}/settle": FIELD,
    "POST errands/{}/withdraw": HELPED,
    "POST errands/{}/give-up": FIELD,
    "POST patrols": FIELD,
    "GET patrols": READERS,
    "GET patrols/{}": READERS,
    "POST patrols/{}/finish": FIELD,
    "POST patrols/{}/void": OFFICES,
}


@pytest.mark.parametrize("endpoint", MAY)
def test_who_may_try_what(endpoint: str) -> None:
    """That the endpoint does as the table says is shown for all of them in `endpoints.test_roles`."""
    assert may_try(endpoint) == MAY[endpoint]
