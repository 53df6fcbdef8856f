"""Somebody else decides on what is held: it is done once, as its sender's, or ended."""

import asyncio
from uuid import uuid4

import pytest

from services.contracts import roles
from tests.grid.parked.sending import LEADER, PARKED, ahead, decide, held, member, parked, said
from tests.support.grid import acceptance, batch, creation, refusal, reported, shown
from tests.support.people import DISTRICT, OTHER_TOWNSHIP, TOWNSHIP
from tests.support.running import Running


async def test_what_is_released_is_done_as_its_senders_at_the_time_that_is_right(
    grid: Running,
) -> None:
    sender, id_, at = member(), str(uuid4()), said(hours=3)
    answer = await decide(grid, LEADER, await held(grid, sender, id=id_), "release", occurred_at=at)
    assert (answer.status_code, answer.json()["id"], answer.json()["version"]) == (200, id_, 1)
    report = await shown(grid, answer.json())
    assert (report["reporter"], report["finder"]) == (sender.subject, "RED_MEMBER")
    assert report["reported_at"][:19] == at[:19]
    assert await parked(grid, of=sender) == []


async def test_without_a_time_it_happened_when_it_came(grid: Running) -> None:
    sender = member()
    id_ = await held(grid, sender)
    came = (await grid.call(LEADER, "GET", f"{PARKED}/{id_}")).json()["first_at"]
    answer = await decide(grid, LEADER, id_, "release")
    assert (await shown(grid, answer.json()))["reported_at"] == came


async def test_its_device_is_told_the_receipt(grid: Running) -> None:
    sender, item = member(), ahead("k")
    (result,) = await batch(grid, sender, item)
    receipt = (await decide(grid, LEADER, result["parked"], "release")).json()
    for _ in range(2):
        (again,) = await batch(grid, sender, item)
        assert (again["outcome"], again["receipt"]) == ("duplicate", receipt)


async def test_what_is_discarded_is_not_done_and_its_device_is_told(grid: Running) -> None:
    sender, item = member(), ahead("k")
    (result,) = await batch(grid, sender, item)
    answer = await decide(grid, LEADER, result["parked"], "discard")
    assert (answer.status_code, answer.json()["decision"]) == (200, "DISCARDED")
    (again,) = await batch(grid, sender, item)
    assert (again["outcome"], again["code"]) == ("rejected", "discarded")
    assert await grid.fetch("select 1 from report where reporter = $1", sender.subject) == []
    (decided,) = await parked(grid, of=sender, decided=True)
    assert (decided["decided_by"], decided["reason"]) == (LEADER.subject, "经电话核实")


async def test_what_is_decided_keeps_nothing_of_what_was_held(grid: Running) -> None:
    for how in ("release", "discard"):
        id_ = await held(grid, member())
        await decide(grid, LEADER, id_, how)
        (row,) = await grid.fetch("select body, sight from parked_item where id = $1", id_)
        assert tuple(row) == (None, None)


async def test_twenty_reviewers_do_it_once(grid: Running) -> None:
    sender = member()
    id_ = await held(grid, sender)
    answers = await asyncio.gather(*(decide(grid, LEADER, id_, "release") for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 19
    rows = await grid.fetch("select version from report where reporter = $1", sender.subject)
    assert [tuple(row) for row in rows] == [(1,)]


async def test_reviewers_who_find_other_times_right_do_it_once(grid: Running) -> None:
    sender = member()
    id_ = await held(grid, sender)
    times = [said(hours=1 + hours) for hours in range(6)]
    answers = await asyncio.gather(
        *(decide(grid, LEADER, id_, "release", occurred_at=at) for at in times)
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 5
    told = [refusal(answer) for answer in answers if answer.status_code == 409]
    assert told == [(409, "already_decided")] * 5


@pytest.mark.parametrize("how", ["release", "discard"])
async def test_who_decides(grid: Running, how: str) -> None:
    sender = member(roles.GRID_LEADER, "330703105291")
    id_ = await held(grid, sender)
    assert refusal(await decide(grid, sender, id_, how)) == (403, "your_own")
    assert refusal(await decide(grid, member(), id_, how)) == (403, "permission_missing")
    assert refusal(await decide(grid, OTHER_TOWNSHIP, id_, how)) == (404, "not_found")
    assert refusal(await decide(grid, DISTRICT, str(uuid4()), how)) == (404, "not_found")
    assert refusal(await decide(grid, DISTRICT, id_, how, reason="")) == (
        422,
        "invalid_request",
        "/reason",
    )
    assert (await decide(grid, DISTRICT, id_, how)).status_code == 200
    assert refusal(await decide(grid, DISTRICT, id_, how)) == (409, "already_decided")


async def test_a_time_that_is_no_better_is_refused_and_it_stays(grid: Running) -> None:
    sender = member()
    id_ = await held(grid, sender)
    for at, code in ((said(hours=-1), "in_the_future"), (said(days=31), "too_long_ago")):
        answer = await decide(grid, LEADER, id_, "release", occurred_at=at)
        assert refusal(answer) == (422, code, "/occurred_at")
    assert len(await parked(grid, of=sender, held=True)) == 1


async def test_its_sender_must_still_be_allowed_what_it_asks(grid: Running) -> None:
    """A step on what has gone on meanwhile is refused as any other."""
    receipt = await reported(grid)
    step = acceptance("a", receipt["id"]) | {"body": {"occurred_at": said(hours=-2)}}
    (result,) = await batch(grid, TOWNSHIP, step)
    assert result["outcome"] == "parked"
    (done,) = await batch(grid, DISTRICT, acceptance("b", receipt["id"]))
    assert done["outcome"] == "applied"
    answer = await decide(grid, DISTRICT, result["parked"], "release")
    assert refusal(answer) == (409, "step_not_allowed")


async def test_what_waits_at_its_device_can_be_ended_but_not_done(grid: Running) -> None:
    sender = member()
    wrong = creation("k", area_code="330703105999")
    (result,) = await batch(grid, sender, wrong)
    assert refusal(await decide(grid, LEADER, result["parked"], "release")) == (
        409,
        "nothing_held",
    )
    assert (await decide(grid, LEADER, result["parked"], "discard")).status_code == 200
    (again,) = await batch(grid, sender, wrong)
    assert (again["outcome"], again["code"]) == ("rejected", "discarded")


async def test_a_decision_is_told_in_the_audit(grid: Running) -> None:
    for how, outcome in (("release", "released"), ("discard", "discarded")):
        id_ = await held(grid, member())
        await decide(grid, LEADER, id_, how)
        query = "select subject, outcome, purpose from audit where object_id = $1"
        (row,) = await grid.fetch(query, id_)
        assert tuple(row) == (LEADER.subject, outcome, "经电话核实")
