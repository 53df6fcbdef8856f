"""What rests is ended after 72 h, on record; what belongs to nothing is removed."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.chassis.attachments.store import StorageUnavailable
from services.chassis.attachments.upkeep import PAGE, Upkeep, lost
from services.chassis.identity.caller import job
from tests.support.files import asked, declaring, part, pdf, sent
from tests.support.grid import reported, shown
from tests.support.people import DISTRICT, RED_MEMBER
from tests.support.running import Running

CONTENT = pdf(100_000)
HOURS = timedelta(hours=1)


async def of(grid: Running, count: int) -> tuple[Any, list[str]]:
    files = [declaring(CONTENT, "application/pdf") for _ in range(count)]
    return await reported(grid, attachments=files), [file["id"] for file in files]


def upkeep(grid: Running) -> Upkeep:
    return Upkeep(grid.database_url, grid.runtime.attached)


def stored(grid: Running) -> set[str]:
    """The names of all objects."""
    folder = Path(grid.runtime.settings.attachments)
    return {path.name.split(".")[0] for path in folder.rglob("*") if path.is_file()}


async def test_what_has_not_come_after_72_hours_is_given_up_but_not_forgotten(
    grid: Running,
) -> None:
    receipt, [whole, half, none] = await of(grid, 3)
    await sent(grid, RED_MEMBER, whole, CONTENT)
    await part(grid, RED_MEMBER, half, 0, CONTENT[:70_000])
    now = datetime.now(UTC)
    await upkeep(grid).sweep(now + 71 * HOURS)
    assert stored(grid) == {whole, half}
    await upkeep(grid).sweep(now + 73 * HOURS)
    assert stored(grid) == {whole}
    detail = await shown(grid, receipt)
    told = {file["id"]: (file["state"], file["reason"]) for file in detail["attachments"]}
    given_up = ("REFUSED", "not_received")
    assert told == {whole: ("COMPLETE", None), half: given_up, none: given_up}
    assert {*detail["missing"]} == {half, none}
    assert (await sent(grid, RED_MEMBER, half, CONTENT))["state"] == "COMPLETE"  # late, but there


async def test_objects_that_no_row_knows_are_removed(grid: Running) -> None:
    _, [whole, gone] = await of(grid, 2)
    for file in (whole, gone):
        await sent(grid, RED_MEMBER, file, CONTENT)
    folder = Path(grid.runtime.settings.attachments) / "grid"
    (folder / "files" / "lost+found").write_bytes(b"not ours")
    unfinished = folder / "files" / f"{whole}#1"
    unfinished.write_bytes(b"half")
    os.utime(unfinished, (0, 0))
    stale = folder / "parts" / f"{whole}.1.0.{'0' * 64}"  # of a sender that was slower
    stale.write_bytes(b"x")
    await grid.fetch("delete from attachment where id = $1", UUID(gone))
    await upkeep(grid).sweep(datetime.now(UTC) + 73 * HOURS)
    assert {path.name for path in folder.rglob("*") if path.is_file()} == {whole, "lost+found"}


async def test_the_files_of_a_record_that_is_gone_go_with_it(grid: Running) -> None:
    receipt, [gone] = await of(grid, 1)
    _, [stays] = await of(grid, 1)
    for file in (gone, stays):
        await sent(grid, RED_MEMBER, file, CONTENT)
    await grid.fetch("delete from report where id = $1", UUID(receipt["id"]))
    await upkeep(grid).sweep(datetime.now(UTC) + 73 * HOURS)
    assert stored(grid) == {stays}
    assert (await asked(grid, DISTRICT, stays)).status_code == 200


async def test_what_came_while_the_store_was_away_is_checked_later(
    grid: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt, [file] = await of(grid, 1)

    async def away(*_: Any) -> None:
        raise StorageUnavailable

    with monkeypatch.context() as patch:
        patch.setattr(grid.runtime.attached.store, "put", away)
        told = await sent(grid, RED_MEMBER, file, CONTENT)
    assert (told["state"], told["reason"]) == ("DECLARED", "waits_for_store")
    assert (await shown(grid, receipt))["missing"] == [file]
    now = datetime.now(UTC)
    await upkeep(grid).check(now)
    assert (await asked(grid, RED_MEMBER, file)).json()["state"] == "DECLARED"  # it may be at work
    await upkeep(grid).check(now + HOURS)
    assert (await asked(grid, RED_MEMBER, file)).json()["state"] == "COMPLETE"
    assert (await asked(grid, RED_MEMBER, file)).json()["reason"] is None


async def test_one_whose_check_fails_keeps_no_other_from_theirs(
    grid: Running, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, files = await of(grid, 3)
    store, checker = grid.runtime.attached.store, grid.runtime.attached.checker

    async def unchecked(_: UUID) -> None:
        """As if the process were killed now."""

    with monkeypatch.context() as patch:
        patch.setattr(checker, "settle", unchecked)
        for file in files:
            await sent(grid, RED_MEMBER, file, CONTENT)
    put, broken, name = store.put, set(files[:2]), "Zhang San"

    async def breaks(id: UUID, content: Any) -> None:
        if str(id) in broken:
            raise RuntimeError(name)
        await put(id, content)

    monkeypatch.setattr(store, "put", breaks)
    await upkeep(grid).check(datetime.now(UTC) + HOURS)
    states = [(await asked(grid, RED_MEMBER, file)).json()["state"] for file in files]
    assert states == ["DECLARED", "DECLARED", "COMPLETE"]
    logged = capsys.readouterr().out
    assert logged.count("attachment_unchecked") == 2
    assert name not in logged
    broken.clear()
    await upkeep(grid).check(datetime.now(UTC) + HOURS)
    assert (await asked(grid, RED_MEMBER, files[0])).json()["state"] == "COMPLETE"


async def test_a_store_that_is_away_answers_503_and_keeps_what_came(
    grid: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, [file] = await of(grid, 1)

    async def away(*_: Any) -> None:
        raise StorageUnavailable

    with monkeypatch.context() as patch:
        patch.setattr(grid.runtime.attached.store, "put_part", away)
        answer = await part(grid, RED_MEMBER, file, 0, CONTENT)
        assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable")
    assert (await sent(grid, RED_MEMBER, file, CONTENT))["state"] == "COMPLETE"


async def test_parts_that_were_lost_are_sent_again(grid: Running) -> None:
    _, [file] = await of(grid, 1)
    await part(grid, RED_MEMBER, file, 0, CONTENT[:70_000])
    for path in (Path(grid.runtime.settings.attachments) / "grid" / "parts").iterdir():
        path.unlink()
    told = (await part(grid, RED_MEMBER, file, 70_000, CONTENT[70_000:])).json()
    assert (told["state"], told["reason"], told["received"]) == ("REFUSED", "parts_lost", 0)
    assert (await sent(grid, RED_MEMBER, file, CONTENT))["state"] == "COMPLETE"


async def test_a_whole_file_that_the_store_has_not_is_told(
    grid: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt, files = await of(grid, 4)
    for file in files:
        await sent(grid, RED_MEMBER, file, CONTENT)
    folder = Path(grid.runtime.settings.attachments) / "grid" / "files"
    (folder / files[0]).unlink()
    (folder / files[2]).write_bytes(b"short")
    path = "/internal/attachments/lost"
    told = (await grid.call(job("gateway"), "GET", path)).json()
    assert told["next"] is None
    assert sorted((row["id"], row["size"]) for row in told["lost"]) == sorted(
        [(files[0], None), (files[2], 5)]
    )
    assert {row["aggregate_id"] for row in told["lost"]} == {receipt["id"]}
    assert (await grid.call(DISTRICT, "GET", path)).status_code == 403
    assert len(files) < PAGE
    monkeypatch.setattr("services.chassis.attachments.upkeep.PAGE", 4)
    page = await lost(grid.runtime.attached, None)
    assert str(page["next"]) == max(files)
