"""Who sent what is secret: nobody but its sender and the offices that may know of such reports is told of the item."""

from typing import Any
from uuid import uuid4

import pytest

from services.contracts import roles
from services.grid.parked.rules import REVIEWERS
from services.grid.reports.queries import KNOWING
from tests.grid.parked.sending import GRID, PARKED, ahead, decide, held, member, parked
from tests.grid.reports.test_sensitive import SENSITIVE
from tests.support.grid import batch, creation, refusal, reported
from tests.support.people import DISTRICT, OTHER_TOWNSHIP, TOWNSHIP, caller
from tests.support.running import Running

VILLAGERS = [caller(role, GRID, subject=f"r-{role}") for role in sorted(REVIEWERS - KNOWING)]
WRONG = {"subcategory": "NONE_SUCH"}


async def told(grid: Running, id: str, **asked: Any) -> list[bool]:
    """Whether each of the village's reviewers is told of it, in the list and by itself."""
    found = []
    for who in VILLAGERS:
        listed = any(item["id"] == id for item in await parked(grid, who, **asked))
        status = (await grid.call(who, "GET", f"{PARKED}/{id}")).status_code
        assert status == (200 if listed else 404)
        found.append(listed)
    return found


async def sent(grid: Running, who: Any, *items: dict[str, Any]) -> str:
    """The id of the last one, which is not done."""
    return str((await batch(grid, who, *items))[-1]["parked"])


@pytest.mark.parametrize("facts", [*SENSITIVE.values(), WRONG], ids=[*SENSITIVE, "unknown"])
async def test_villages_learn_nothing_of_it_before_or_after(
    grid: Running, facts: dict[str, Any]
) -> None:
    for how, status in (("discard", 200), ("release", 422 if facts is WRONG else 200)):
        id_ = await held(grid, sender := member(), **facts)
        assert not any(await told(grid, id_))
        for who in VILLAGERS:
            assert refusal(await decide(grid, who, id_, how)) == (404, "not_found")
        assert [item["id"] for item in await parked(grid, of=sender, held=True)] == [id_]
        assert [item["id"] for item in await parked(grid, sender)] == [id_]
        assert (await decide(grid, TOWNSHIP, id_, how)).status_code == status
        assert not any(await told(grid, id_, decided=True))


async def test_what_is_no_secret_is_told_as_before(grid: Running) -> None:
    id_ = await held(grid, member())
    assert all(await told(grid, id_))
    assert (await decide(grid, VILLAGERS[0], id_, "release")).status_code == 200
    assert all(await told(grid, id_, decided=True))


@pytest.mark.parametrize("facts", [{}, *SENSITIVE.values()], ids=["plain", *SENSITIVE])
async def test_a_step_tells_who_reported_it(grid: Running, facts: dict[str, Any]) -> None:
    receipt = await reported(grid, sender := member(), **facts)
    step = {"operation": "cancel_report", "key": "w", "id": receipt["id"], "if_match": 9}
    id_ = await sent(grid, sender, step | {"body": {"reason": "WITHDRAWN"}})
    assert set(await told(grid, id_)) == {not facts}


async def test_a_step_on_what_is_not_here_may_be_one(grid: Running) -> None:
    step = {"operation": "cancel_report", "key": "w", "id": str(uuid4())}
    id_ = await sent(grid, member(), step | {"body": {"reason": "WITHDRAWN"}})
    assert not any(await told(grid, id_))
    assert (await grid.call(TOWNSHIP, "GET", f"{PARKED}/{id_}")).status_code == 200


async def test_what_was_open_is_so_no_longer_once_its_report_is_sensitive(grid: Running) -> None:
    """Sent again under another key, and anonymous now."""
    sender, id_ = member(), str(uuid4())
    item = await sent(grid, sender, creation("a", id=id_, area_code="330703105999"))
    assert all(await told(grid, item))
    await batch(grid, sender, creation("b", id=id_, anonymous=True))
    assert not any(await told(grid, item))


async def test_offices_of_elsewhere_learn_nothing_of_it(grid: Running) -> None:
    """Its sender is theirs, the report is not; nor is the sender of the office where it is."""
    sender = caller(roles.RESIDENT, "330703101", subject=f"m-{uuid4()}")
    (result,) = await batch(grid, sender, ahead(anonymous=True))
    asked = "GET", f"{PARKED}/{result['parked']}"
    told = [(await grid.call(who, *asked)).status_code for who in (OTHER_TOWNSHIP, TOWNSHIP)]
    assert told == [404, 404]
    assert (await grid.call(DISTRICT, *asked)).status_code == 200


async def test_answers_and_key_persons_are_their_senders_alone(grid: Running) -> None:
    survey = {"survey_id": str(uuid4()), "area_code": GRID, "channel": "PAPER"}
    body = survey | {"sheets": [{"token": "t" * 30, "feeling": "SAFE"}]}
    item = {"operation": "return_questionnaires", "key": "k", "id": str(uuid4()), "body": body}
    sender = member()
    id_ = await sent(grid, sender, item)
    assert not any(await told(grid, id_))
    for who, status in ((sender, 200), (TOWNSHIP, 404), (DISTRICT, 404)):
        assert (await grid.call(who, "GET", f"{PARKED}/{id_}")).status_code == status
