"""What waits for whom: the first screen of an app."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.chassis.identity.caller import Caller
from services.contracts import roles
from services.grid.inbox.sources import SOURCES
from tests.grid.device.holding import Device
from tests.grid.field import made, stepped
from tests.grid.parked.sending import LEADER, held, member
from tests.support.grid import brought_to, refusal, reported, step
from tests.support.people import (
    DISTRICT,
    HANDLER,
    OPERATOR,
    OTHER_TOWNSHIP,
    RED_MEMBER,
    TOWNSHIP,
    VERIFIER,
    caller,
)
from tests.support.running import Running

INBOX, GRID = "/v1/grid/inbox", "330703105291001"
FILE = {"kind": "PHOTO", "media_type": "image/jpeg", "size": 5, "sha256": "0" * 64}


async def inbox(grid: Running, who: Caller, **query: Any) -> dict[str, Any]:
    answer = await grid.call(who, "GET", INBOX, rows=50, **query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def waits(grid: Running, who: Caller, section: str, id: str) -> bool:
    """Whether the record is in that section, of which there is one."""
    told = (await inbox(grid, who))["sections"].get(section)
    return told is not None and id in [item["id"] for item in told["items"]]


@pytest.mark.parametrize(
    ("status", "section", "who"),
    [
        ("RETURNED", "returned", RED_MEMBER),
        ("REPORTED", "to_accept", TOWNSHIP),
        ("ACCEPTED", "to_accept", TOWNSHIP),
        ("ASSIGNED", "assigned", HANDLER),
        ("PROCESSING", "assigned", HANDLER),
        ("RESOLVED", "to_verify", VERIFIER),
    ],
)
async def test_a_report_waits_for_whose_turn_it_is(
    grid: Running, status: str, section: str, who: Caller
) -> None:
    receipt = await brought_to(grid, status)
    assert await waits(grid, who, section, receipt["id"])
    others = (RED_MEMBER, TOWNSHIP, HANDLER, VERIFIER, DISTRICT, OTHER_TOWNSHIP)
    sees = {each.subject for each in others if await waits(grid, each, section, receipt["id"])}
    also = {"to_accept": {DISTRICT.subject}, "to_verify": {TOWNSHIP.subject, DISTRICT.subject}}
    assert sees == {who.subject} | also.get(section, set())


@pytest.mark.parametrize("status", ["VERIFIED", "CLOSED", "CANCELLED"])
async def test_what_is_past_waits_for_nobody(grid: Running, status: str) -> None:
    receipt = await brought_to(grid, status)
    for who in (RED_MEMBER, TOWNSHIP, HANDLER, VERIFIER, DISTRICT):
        for section in ("returned", "to_accept", "assigned", "to_verify", "overdue"):
            assert not await waits(grid, who, section, receipt["id"])


async def test_nobody_is_asked_to_verify_what_they_handled(grid: Running) -> None:
    receipt = await brought_to(grid, "RESOLVED")
    both = replace(VERIFIER, subject=HANDLER.subject)
    assert not await waits(grid, both, "to_verify", receipt["id"])


async def test_what_is_overdue_waits_for_the_office_until_it_is_closed(grid: Running) -> None:
    receipt = await brought_to(grid, "VERIFIED")
    await grid.fetch(
        "update report set resolve_overdue_at = now() where id = $1", UUID(receipt["id"])
    )
    assert await waits(grid, TOWNSHIP, "overdue", receipt["id"])
    assert not await waits(grid, VERIFIER, "overdue", receipt["id"])
    await step(grid, TOWNSHIP, receipt, "close")
    assert not await waits(grid, TOWNSHIP, "overdue", receipt["id"])


async def test_a_patrol_waits_for_its_end(grid: Running) -> None:
    walker = caller(roles.FULL_TIME_GRID_MEMBER, GRID, subject=f"w-{uuid4()}")
    patrol = await made(grid, walker, "patrols", area_code=GRID, participants=[walker.subject])
    assert await waits(grid, walker, "patrols", patrol["id"])
    assert not await waits(grid, TOWNSHIP, "patrols", patrol["id"])
    await stepped(grid, walker, "patrols", patrol, "finish")
    assert not await waits(grid, walker, "patrols", patrol["id"])


async def test_a_file_waits_for_who_declared_it(grid: Running) -> None:
    sender, id_ = member(), str(uuid4())
    await reported(grid, sender, attachments=[FILE | {"id": id_}])
    assert await waits(grid, sender, "attachments", id_)
    assert not await waits(grid, TOWNSHIP, "attachments", id_)
    await grid.fetch("update attachment set state = 'COMPLETE' where id = $1", UUID(id_))
    assert not await waits(grid, sender, "attachments", id_)


async def test_a_clock_that_goes_fast_waits_for_a_reviewer(grid: Running) -> None:
    sender = member()
    id_ = await held(grid, sender)
    assert await waits(grid, LEADER, "reviews", id_)
    assert not await waits(grid, OTHER_TOWNSHIP, "reviews", id_)
    assert "reviews" not in (await inbox(grid, sender))["sections"]


async def test_the_newest_are_shown_and_all_are_counted(grid: Running) -> None:
    sender = member()
    ids = [(await brought_to(grid, "RETURNED", sender))["id"] for _ in range(3)]
    answer = await grid.call(sender, "GET", INBOX, rows=2)
    section = answer.json()["sections"]["returned"]
    assert (section["count"], section["more"]) == (3, False)
    assert [item["id"] for item in section["items"]] == ids[:0:-1]


async def test_beyond_what_is_shown_nobody_counts(
    grid: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.grid.inbox.queries.MOST", 2)
    sender = member()
    for _ in range(3):
        await brought_to(grid, "RETURNED", sender)
    section = (await inbox(grid, sender))["sections"]["returned"]
    assert (section["count"], section["more"]) == (2, True)


async def test_it_tells_how_much_is_new_since(grid: Running) -> None:
    sender = member()
    await brought_to(grid, "RETURNED", sender)
    first = await inbox(grid, sender)
    assert first["sections"]["returned"]["changed"] is None
    again = await inbox(grid, sender, since=first["next"])
    assert again["sections"]["returned"]["changed"] == 0
    await brought_to(grid, "RETURNED", sender)
    then = await inbox(grid, sender, since=again["next"])
    assert (then["sections"]["returned"]["changed"], then["sections"]["returned"]["count"]) == (
        1,
        2,
    )
    assert then["sections"]["attachments"]["changed"] is None


async def test_the_cursor_of_a_sync_is_taken_but_not_the_other_way(grid: Running) -> None:
    device = Device(TOWNSHIP, nouns=("report",))
    await device.sync(grid)
    told = await inbox(grid, TOWNSHIP, since=device.cursor)
    assert told["sections"]["to_accept"]["changed"] == 0
    answer = await grid.call(TOWNSHIP, "GET", "/v1/grid/sync", since=told["next"])
    assert refusal(answer) == (422, "invalid_since", "/query/since")


@pytest.mark.parametrize("path", [INBOX, "/v1/inbox"])
async def test_a_cursor_of_before_a_restore_starts_again(grid: Running, path: str) -> None:
    told = await inbox(grid, TOWNSHIP)
    unit = grid.runtime.unit
    grid.runtime.unit = replace(unit, epoch=unit.epoch + 1)
    try:
        answer = await grid.call(TOWNSHIP, "GET", path, since=told["next"])
    finally:
        grid.runtime.unit = unit
    assert refusal(answer) == (409, "start_again", "/query/since")


async def test_every_section_is_answered_to_who_may_do_everything(grid: Running) -> None:
    everybody = replace(DISTRICT, roles=frozenset(roles.ROLES), organisation="330703-enforcement")
    told = (await inbox(grid, everybody))["sections"]
    assert [*told] == [source.name for source in SOURCES]


async def test_who_has_no_inbox_is_refused(grid: Running) -> None:
    assert refusal(await grid.call(OPERATOR, "GET", INBOX)) == (403, "permission_missing")
