"""What a device is told: what it sees, what has changed, and what it sees no more."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Column
from sqlalchemy.sql.visitors import iterate

from services.chassis.identity.caller import Caller
from services.contracts import roles
from services.grid.device.nouns import FOLLOWED
from services.grid.device.rules import Sight
from tests.grid.device.holding import SYNC, Device, lines, listed
from tests.grid.field import made
from tests.grid.people import MATE, STRANGER
from tests.support.grid import attempt, brought_to, refusal, reported, step
from tests.support.people import (
    DISTRICT,
    HANDLER,
    OPERATOR,
    OTHER_TOWNSHIP,
    RED_MEMBER,
    TOWNSHIP,
    caller,
)
from tests.support.running import Running

GRID, VILLAGE, OTHER = "330703105291001", "330703105291", "330703101"


def somebody(role: str = roles.TOWNSHIP_OPERATOR, *areas: str, **more: Any) -> Caller:
    """Nobody else's records are theirs."""
    return caller(role, *(areas or ("330703105",)), subject=f"s-{uuid4()}", **more)


async def walks(grid: Running) -> None:
    """Somebody of the township begins a patrol."""
    who = replace(TOWNSHIP, subject=f"p-{uuid4()}")
    await made(grid, who, "patrols", area_code=GRID, participants=[who.subject])


async def test_at_first_a_device_is_told_all_that_its_holder_sees(grid: Running) -> None:
    for _ in range(3):
        await reported(grid)
    await reported(grid, DISTRICT, area_code=OTHER)
    await walks(grid)
    device = Device(TOWNSHIP)
    await device.sync(grid)
    assert lines(await listed(grid, TOWNSHIP)) == device.held["report"]
    assert lines(await listed(grid, TOWNSHIP, "patrols")) == device.held["patrol"]
    assert lines(await listed(grid, TOWNSHIP, "areas")) == device.held["area"]
    assert not any(page["rescoped"] for page in device.told)


@pytest.mark.parametrize("limit", [1, 2, 500])
async def test_pages_of_any_size_tell_the_same(grid: Running, limit: int) -> None:
    await reported(grid)
    device, small = Device(TOWNSHIP), Device(TOWNSHIP, limit)
    await device.sync(grid)
    await small.sync(grid)
    assert small.held == device.held
    changed = [await brought_to(grid, "ACCEPTED") for _ in range(3)]
    await small.sync(grid)
    assert sorted(row["id"] for row in small.news()) == sorted(r["id"] for r in changed)
    assert len(small.told) == (1 if limit == 500 else 1 + 3 // limit)


async def test_afterwards_it_is_told_what_has_changed_and_nothing_twice(grid: Running) -> None:
    quiet, receipt = await reported(grid), await reported(grid)
    device = Device(TOWNSHIP)
    await device.sync(grid)
    await step(grid, TOWNSHIP, receipt, "accept")
    new = await reported(grid)
    await device.sync(grid)
    assert {row["id"]: row["version"] for row in device.news()} == {receipt["id"]: 2, new["id"]: 1}
    assert device.held["report"][quiet["id"]]["version"] == 1
    await device.sync(grid)
    assert device.news() == []


async def test_a_refused_step_is_no_change(grid: Running) -> None:
    receipt = await brought_to(grid, "RESOLVED")
    device = Device(TOWNSHIP)
    await device.sync(grid)
    assert (await attempt(grid, TOWNSHIP, receipt, "accept")).status_code == 409
    await device.sync(grid)
    assert device.news() == []


async def test_it_is_told_of_the_nouns_that_it_asked_for(grid: Running) -> None:
    await reported(grid)
    device = Device(TOWNSHIP, nouns=("area", "report"))
    await device.sync(grid)
    assert {noun for noun, rows in device.held.items() if rows} == {"area", "report"}
    answer = await grid.call(TOWNSHIP, "GET", SYNC, since=device.cursor, noun="patrol")
    assert refusal(answer) == (422, "other_nouns", "/query/noun")


async def moved(grid: Running, id: str, change: str) -> None:
    """As an operation would that is yet to come; whatever changes a row is noticed."""
    await grid.fetch(f"update report set {change} where id = $1", UUID(id))


async def test_what_is_assigned_to_others_is_gone_for_whom_it_was_assigned_to(
    grid: Running,
) -> None:
    receipt = await brought_to(grid, "ASSIGNED")
    before, after, office = Device(MATE), Device(STRANGER), Device(TOWNSHIP)
    for device in (before, after, office):
        await device.sync(grid)
    assert receipt["id"] in before.held["report"]
    await moved(grid, receipt["id"], "organisation = '330703-market-supervision'")
    for device in (before, after, office):
        await device.sync(grid)
    assert before.news("gone") == [receipt["id"]]
    assert [row["organisation"] for row in after.news()] == ["330703-market-supervision"]
    assert (office.news("gone"), len(office.news())) == ([], 1)


async def test_who_sees_it_by_another_relation_keeps_it(grid: Running) -> None:
    receipt = await brought_to(grid, "PROCESSING")
    device = Device(HANDLER)
    await device.sync(grid)
    await moved(grid, receipt["id"], "organisation = '330703-market-supervision'")
    await device.sync(grid)
    assert (device.news("gone"), len(device.news())) == ([], 1)
    await moved(grid, receipt["id"], "handlers = '[]'")
    await device.sync(grid)
    assert device.news("gone") == [receipt["id"]]


async def test_the_usual_steps_of_a_report_take_it_from_nobody(grid: Running) -> None:
    receipt = await brought_to(grid, "CLOSED")
    query = "select seen_by from departure where aggregate_id = $1"
    assert await grid.fetch(query, UUID(receipt["id"])) == []


async def test_what_was_deleted_is_gone_for_whom_it_was_there(grid: Running) -> None:
    receipt = await reported(grid)
    device, elsewhere = Device(TOWNSHIP), Device(OTHER_TOWNSHIP)
    for each in (device, elsewhere):
        await each.sync(grid)
    await grid.fetch("delete from report where id = $1", UUID(receipt["id"]))
    for each in (device, elsewhere):
        await each.sync(grid)
    assert (device.news("gone"), elsewhere.news("gone")) == ([receipt["id"]], [])


async def test_who_is_moved_is_told_all_of_the_new_place_and_what_is_lost(grid: Running) -> None:
    mine = somebody()
    here = await reported(grid)
    there = await reported(grid, DISTRICT, area_code=OTHER)
    device = Device(mine, limit=3)
    await device.sync(grid)
    device.caller = replace(mine, areas=(OTHER,))
    later = await reported(grid)  # never seen by this device: not its business
    await device.sync(grid)
    assert all(page["rescoped"] for page in device.told)
    assert here["id"] in device.news("gone")
    assert later["id"] not in device.news("gone")
    assert there["id"] in device.held["report"]
    assert lines(await listed(grid, device.caller)) == device.held["report"]
    await device.sync(grid)
    assert (device.told[0]["rescoped"], device.news(), device.news("gone")) == (False, [], [])


async def test_what_left_the_old_place_meanwhile_is_gone_too(grid: Running) -> None:
    mine = somebody(roles.DEPARTMENT_HANDLER, organisation="330703-enforcement")
    receipt = await brought_to(grid, "ASSIGNED")
    device = Device(mine)
    await device.sync(grid)
    assert receipt["id"] in device.held["report"]
    await moved(grid, receipt["id"], "organisation = '330703-market-supervision'")
    device.caller = replace(mine, organisation="330703-planning")
    await device.sync(grid)
    assert receipt["id"] in device.news("gone")
    assert device.held["report"] == {}


async def test_a_role_that_is_lost_takes_its_records_away(grid: Running) -> None:
    mine = somebody(roles.TOWNSHIP_OPERATOR, GRID)
    await walks(grid)
    device = Device(mine)
    await device.sync(grid)
    assert device.held["patrol"]
    device.caller = replace(mine, roles=frozenset({roles.RESIDENT}))
    await device.sync(grid)
    assert device.told[0]["rescoped"]
    assert device.held["patrol"] == device.held["report"] == {}
    assert device.held["area"]


async def test_whose_sight_changes_in_the_middle_of_a_round_starts_again(grid: Running) -> None:
    device = Device(somebody(), limit=1)
    await device.page(grid)
    wider = replace(device.caller, areas=("330703",))
    answer = await grid.call(wider, "GET", SYNC, since=device.cursor)
    assert refusal(answer) == (409, "start_again", "/query/since")


async def test_after_a_restore_every_device_starts_again(grid: Running) -> None:
    device = Device(TOWNSHIP)
    await device.sync(grid)
    unit = grid.runtime.unit
    grid.runtime.unit = replace(unit, epoch=unit.epoch + 1)
    try:
        answer = await grid.call(TOWNSHIP, "GET", SYNC, since=device.cursor)
    finally:
        grid.runtime.unit = unit
    assert refusal(answer) == (409, "start_again", "/query/since")


async def test_a_cursor_is_its_callers_alone(grid: Running) -> None:
    device = Device(TOWNSHIP)
    await device.sync(grid)
    other = replace(TOWNSHIP, subject="colleague")
    answer = await grid.call(other, "GET", SYNC, since=device.cursor)
    assert refusal(answer) == (422, "invalid_since", "/query/since")


async def test_a_noun_that_nobody_follows_is_refused(grid: Running) -> None:
    answer = await grid.call(TOWNSHIP, "GET", SYNC, noun="subject_request")
    assert refusal(answer) == (422, "invalid_request", "/query/noun/0")


@pytest.mark.parametrize("told", ["", "x", "AAAA", "é" * 9, "A" * 6000, "../..", "eyJ9"])
async def test_what_is_no_cursor_of_ours_is_refused(grid: Running, told: str) -> None:
    answer = await grid.call(TOWNSHIP, "GET", SYNC, since=told)
    assert refusal(answer) == (422, "invalid_since", "/query/since")


async def test_a_cursor_that_was_changed_is_refused(grid: Running) -> None:
    device = Device(TOWNSHIP)
    await device.sync(grid)
    assert device.cursor
    for place in range(0, len(device.cursor), 17):
        told = device.cursor
        other = "A" if told[place] != "A" else "B"
        changed = told[:place] + other + told[place + 1 :]
        answer = await grid.call(TOWNSHIP, "GET", SYNC, since=changed)
        assert refusal(answer) == (422, "invalid_since", "/query/since"), place


async def test_who_has_no_device_is_refused(grid: Running) -> None:
    answer = await grid.call(OPERATOR, "GET", SYNC)
    assert refusal(answer) == (403, "permission_missing")


async def test_residents_are_told_of_their_own_reports(grid: Running) -> None:
    mine = somebody(roles.RESIDENT, GRID)
    await reported(grid, RED_MEMBER)
    own = await reported(grid, mine)
    device = Device(mine)
    await device.sync(grid)
    assert [*device.held["report"]] == [own["id"]]


@pytest.mark.parametrize("noun", FOLLOWED)
async def test_whatever_decides_who_sees_a_record_is_watched(grid: Running, noun: str) -> None:
    """Else something could leave a caller's sight without a word."""
    followed = FOLLOWED[noun]
    everybody = Sight(tuple(roles.ROLES), ("330703",), "330703-enforcement").seen_by("somebody")
    asked = {each.name for each in iterate(followed.seen(everybody)) if isinstance(each, Column)}
    asked -= {"id", "duplicate_of", "sensitive"}  # which stay as they are for good
    watched = await grid.fetch(
        "select tgname, tgargs from pg_trigger where tgrelid = $1::regclass and not tgisinternal",
        followed.noun.model.__tablename__,
    )
    triggers = {row["tgname"]: row["tgargs"].decode().split("\0")[:-1] for row in watched}
    assert {"note_change", "note_deletion"} <= triggers.keys()
    assert set(triggers["note_deletion"]) == set(triggers.get("note_departure", ())) == asked
