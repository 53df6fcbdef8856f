"""Who may try what with members, households and visits: every role at every endpoint."""

from itertools import product
from uuid import uuid4

import pytest

from services.contracts import roles
from services.contracts.roles import ROLES
from tests.grid.test_outreach_roles import FIELD, LEADERS, OFFICES, READERS
from tests.support.grid import refusal
from tests.support.people import caller
from tests.support.running import Running

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


@pytest.mark.parametrize(("endpoint", "role"), list(product(MAY, ROLES)))
async def test_who_may_try_what(grid: Running, endpoint: str, role: str) -> None:
    method, path = endpoint.split()
    body: dict[str, str] | None = None if method == "GET" else {}
    answer = await grid.call(caller(role), method, f"/v1/grid/{path.format(uuid4())}", body)
    if role in MAY[endpoint]:
        assert answer.status_code in {200, 404, 422, 428}
    else:
        assert refusal(answer) == (403, "permission_missing")
