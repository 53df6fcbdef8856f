"""Who may be counted on a patrol: members who serve there on that day, each once, however they are named."""

from typing import Any
from uuid import uuid4

import pytest

from services.contracts import roles
from tests.grid.field import GRID, OTHER_TOWN, TOWN, imported, made, post, seen, step, stepped
from tests.grid.patrols.test_router import PATH, ago, patrol
from tests.grid.patrols.walking import enrolled, somebody
from tests.grid.visiting import red
from tests.support.grid import batch, refusal
from tests.support.people import DISTRICT, IMPORTER, TOWNSHIP, caller
from tests.support.running import Running


def unknown(place: int) -> tuple[Any, ...]:
    return 422, "participant_unknown", f"/participants/{place}"


async def recorded(grid: Running, *named: str, **facts: Any) -> tuple[Any, ...]:
    """How the district's patrol of those named is refused."""
    return refusal(await post(grid, DISTRICT, PATH, **patrol(participants=[*named], **facts)))


async def test_who_is_no_member_does_not_count(grid: Running) -> None:
    (walker,) = somebody()
    assert await recorded(grid, walker, "anybody") == unknown(1)
    assert await recorded(grid, str(uuid4())) == unknown(0)


async def test_who_enters_it_walks_along_without_being_a_member(grid: Running) -> None:
    (walker,) = somebody()
    cadre = caller(roles.VILLAGE_OPERATOR, GRID[:12], subject="cadre-1")
    receipt = await made(grid, cadre, PATH, **patrol(participants=[walker, "CADRE-1"]))
    assert (await seen(grid, PATH, receipt))["participants"] == [walker, "cadre-1"]
    answer = await post(grid, TOWNSHIP, PATH, **patrol(participants=["cadre-1"]))
    assert refusal(answer) == unknown(0)


async def test_members_serve_on_that_day(grid: Running) -> None:
    account = f"newcomer-{uuid4()}"
    await enrolled(grid, account, occurred_at=ago(hours=1))
    before = {"occurred_at": ago(days=2), "ended_at": ago(days=2, hours=-1)}
    assert await recorded(grid, account, **before) == unknown(0)
    await made(grid, DISTRICT, PATH, **patrol(participants=[account], occurred_at=ago(minutes=1)))


async def test_members_who_have_left_walk_no_more(grid: Running) -> None:
    account = f"former-{uuid4()}"
    (id_,) = await enrolled(grid, account)
    await stepped(grid, DISTRICT, "members", {"id": id_, "version": 1}, "dismiss")
    assert await recorded(grid, account, occurred_at=ago(minutes=1)) == unknown(0)
    before = {"occurred_at": ago(days=2), "ended_at": ago(days=2, hours=-1)}
    await made(grid, DISTRICT, PATH, **patrol(participants=[account], **before))


async def test_members_of_another_township_do_not_count(grid: Running) -> None:
    (walker,) = somebody()
    assert await recorded(grid, walker, area_code=OTHER_TOWN) == unknown(0)
    await made(grid, DISTRICT, PATH, **patrol(participants=[walker], area_code=TOWN))


async def test_a_member_is_one_person_by_account_and_by_id(grid: Running) -> None:
    account = f"twice-{uuid4()}"
    (id_,) = await enrolled(grid, account)
    for other in (str(id_), str(id_).upper()):
        assert await recorded(grid, account, other) == (
            *(422, "participant_twice", "/participants/1"),
        )
    receipt = await made(grid, DISTRICT, PATH, **patrol(participants=[str(id_).upper()]))
    assert (await seen(grid, PATH, receipt, red(account)))["participants"] == [account]
    for name in (account, str(id_)):
        assert await recorded(grid, name) == (409, "already_on_patrol", "/participants/0")


async def test_a_subject_that_is_a_uuid_is_one_in_any_case(grid: Running) -> None:
    account = str(uuid4())
    await enrolled(grid, account)
    assert await recorded(grid, account, account.upper()) == (
        *(422, "participant_twice", "/participants/1"),
    )
    await made(grid, DISTRICT, PATH, **patrol(participants=[account.upper()]))
    assert await recorded(grid, account) == (409, "already_on_patrol", "/participants/0")


async def test_who_may_not_enter_it_learns_of_no_membership(grid: Running) -> None:
    stranger = caller(roles.FULL_TIME_GRID_MEMBER, GRID, subject="stranger")
    answer = await post(grid, stranger, PATH, **patrol(participants=["anybody"]))
    assert refusal(answer) == (403, "not_among_them")


@pytest.mark.parametrize(("again", "month"), [("OLD-LIST-7", 5), ("Old-List-7", 6)])
async def test_history_may_name_who_is_on_no_register_yet_each_once(
    grid: Running, again: str, month: int
) -> None:
    at, opened = f"2017-0{month}-02T19:00:00+08:00", await imported(grid)

    def item(*named: str, hour: int) -> dict[str, Any]:
        start = at.replace("T19", f"T{hour}")
        body = patrol(participants=[*named], occurred_at=start, on_behalf_of="old-list-1")
        body["ended_at"] = start.replace(":00:00+", ":59:00+")
        return {
            "operation": "record_patrol",
            "id": str(uuid4()),
            "key": str(uuid4()),
            "body": body,
        }

    account = f"History-{again}"
    await enrolled(grid, account)
    told = await batch(
        grid,
        IMPORTER,
        item("Old-List-7", account, hour=10),
        item(again, hour=10),
        item("Old-List-7", "old-list-7", hour=12),
        item(account, hour=10),
        item(again, hour=14),
        import_batch=opened,
    )
    assert [(result["outcome"], result.get("code")) for result in told] == [
        ("applied", None),
        ("conflict", "already_on_patrol"),
        ("rejected", "participant_twice"),
        ("conflict", "already_on_patrol"),
        ("applied", None),
    ]


async def test_a_step_is_of_who_walks_whatever_became_of_their_service(grid: Running) -> None:
    account = f"leaves-{uuid4()}"
    (id_,) = await enrolled(grid, account)
    receipt = await made(grid, red(account), PATH, **patrol(participants=[account]))
    await stepped(grid, DISTRICT, "members", {"id": id_, "version": 1}, "dismiss")
    answer = await step(grid, red(account), PATH, receipt, "finish")
    assert answer.status_code == 200, answer.text
