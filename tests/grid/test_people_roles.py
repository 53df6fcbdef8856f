"""Who may try what with members, households and visits: every role at every endpoint."""

import pytest

from services.contracts import roles
from tests.grid.endpoints.surface import may_try
from tests.grid.test_outreach_roles import FIELD, LEADERS, OFFICES, READERS

KEEPERS = OFFICES | LEADERS | {roles.FULL_TIME_GRID_MEMBER}
MAY: dict[str, set[str]] = {
    "POST members": OFFICES,
    "GET members": READERS,
    "GET members/{}": READERS,
    "POST members/{}/appoint": OFFICES,
    "POST members/{}/release": OFFICES,
    "POST members/{}/change": OFFICES,
    "POST members/{}/dismiss": OFFICES,
    "POST households": KEEPERS,
    "GET households": READERS,
    "GET households/{}": READERS,
    "GET household-tags": READERS,
    "POST households/{}/change": KEEPERS,
    "POST households/{}/link": OFFICES | LEADERS,
    "POST households/{}/unlink": OFFICES | LEADERS,
    "GET links": READERS,
    "POST handovers": OFFICES | LEADERS,
    "GET handovers": READERS,
    "GET handovers/{}": READERS,
    "POST visits": FIELD,
    "GET visits": READERS,
    "GET visits/{}": READERS,
    "GET visit-occasions": READERS,
    "POST visits/{}/correct": FIELD,
    "POST visits/{}/void": OFFICES,
    "GET visit-tasks": READERS,
    "GET visit-tasks/{}": READERS,
    "GET duty": READERS,
    "GET duty/extra": READERS,
    "PUT duty-weeks": OFFICES,
    "GET duty-weeks": READERS,
    "GET duty-weeks/{}": READERS,
}


@pytest.mark.parametrize("endpoint", MAY)
def test_who_may_try_what(endpoint: str) -> None:
    """That the endpoint does as the table says is shown for all of them in `endpoints.test_roles`."""
    assert may_try(endpoint) == MAY[endpoint]
