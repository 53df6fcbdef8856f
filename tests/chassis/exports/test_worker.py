"""A job is carried out by one worker at a time, survives it, and leaves nothing but its file."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.chassis.database import DatabaseUnavailable, driver
from services.chassis.exports import jobs, worker
from services.chassis.exports.jobs import Job
from services.chassis.exports.lists import Listing
from services.sheets.csv_file import CsvFile
from tests.support.exports import EXPORTS, asked, content, exporter, left, told
from tests.support.grid import refusal, reported
from tests.support.people import DISTRICT, TOWNSHIP
from tests.support.running import Running, eventually

SOON, LATER = timedelta(seconds=1), timedelta(minutes=1)


async def claimed(grid: Running, at: datetime | None = None) -> Job | None:
    async with grid.runtime.database.transaction() as connection:
        return await jobs.claimed(await driver(connection), at or datetime.now(UTC))


async def test_two_workers_take_two_jobs_and_the_oldest_first(grid: Running) -> None:
    first, second = [await asked(grid, who) for who in (DISTRICT, TOWNSHIP)]
    found = await asyncio.gather(*(claimed(grid) for _ in range(3)))
    assert {str(job.id) for job in found if job} == {first["id"], second["id"]}
    assert found.count(None) == 1


async def test_the_one_of_a_worker_that_is_gone_begins_anew(grid: Running, folder: Path) -> None:
    await reported(grid)
    asked_for = await asked(grid, DISTRICT)
    first = await claimed(grid)
    assert first
    (exporter(grid).folder.part(first) / "content").write_text("half of i")  # and then it is killed
    assert await claimed(grid, datetime.now(UTC) + SOON) is None
    again = await claimed(grid, datetime.now(UTC) + LATER)
    assert again
    assert (again.id, again.attempt) == (first.id, 2)
    await exporter(grid).carry_out(again)
    assert (await told(grid, DISTRICT, asked_for))["state"] == "DONE"
    await exporter(grid).carry_out(first)  # it was only slow, and ends after the other
    assert (await told(grid, DISTRICT, asked_for))["rows"] == 1
    assert b"half" not in (await content(grid, DISTRICT, asked_for)).content
    await exporter(grid).age(datetime.now(UTC))
    assert left(folder) == [f"{again.attempted}.csv"]


async def test_who_never_comes_to_an_end_is_given_up(grid: Running) -> None:
    job = await asked(grid, DISTRICT)
    at = datetime.now(UTC)
    for n in range(jobs.ATTEMPTS):
        assert await claimed(grid, at + n * LATER)
    assert await claimed(grid, at + 9 * LATER) is None
    await exporter(grid).age(at + 9 * LATER)
    found = await told(grid, DISTRICT, job)
    assert (found["state"], found["reason"]) == ("FAILED", "interrupted_too_often")


class Slow:
    """A list whose pages come when they are let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached, self.go_on = asyncio.Event(), asyncio.Event()
        page = Listing.page

        async def slowly(listing: Listing, *asked: Any) -> Any:
            self.reached.set()
            await self.go_on.wait()
            return await page(listing, *asked)

        monkeypatch.setattr(Listing, "page", slowly)


async def test_a_cancelled_one_ends_and_leaves_nothing(
    grid: Running, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "BEAT_SECONDS", 0.05)
    slow, job = Slow(monkeypatch), await asked(grid, DISTRICT, format="xlsx")
    running = asyncio.create_task(exporter(grid).run())
    await slow.reached.wait()
    assert left(folder) != []
    answer = await grid.call(DISTRICT, "DELETE", f"{EXPORTS}/{job['id']}")
    assert answer.status_code == 204
    await asyncio.wait_for(running, 10)
    assert (await told(grid, DISTRICT, job))["state"] == "CANCELLED"
    assert left(folder) == []
    assert refusal(await content(grid, DISTRICT, job)) == (404, "content_missing")


async def test_a_slow_one_keeps_its_lease(grid: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(jobs, "LEASE", timedelta(milliseconds=500))
    slow, job = Slow(monkeypatch), await asked(grid, DISTRICT)
    running = asyncio.create_task(exporter(grid).run())
    await slow.reached.wait()
    began = datetime.now(UTC)

    async def prolonged() -> bool:
        (row,) = await grid.fetch("select lease_until from export_job")
        return bool(row["lease_until"] > began + timedelta(seconds=1))

    await eventually(prolonged)
    assert await claimed(grid) is None
    slow.go_on.set()
    await running
    assert (await told(grid, DISTRICT, job))["state"] == "DONE"


async def test_when_the_service_is_told_to_stop_it_stops(
    grid: Running, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, job = Slow(monkeypatch), await asked(grid, DISTRICT)
    running = asyncio.create_task(exporter(grid).run())
    await slow.reached.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert left(folder) == []
    slow.go_on.set()
    again = await claimed(grid, datetime.now(UTC) + LATER)
    assert again
    await exporter(grid).carry_out(again)
    assert (await content(grid, DISTRICT, job)).status_code == 200


@pytest.mark.parametrize(
    ("error", "reason"), [(OSError(28, "no space left"), "unexpected"), (None, "too_many_rows")]
)
async def test_one_that_fails_says_why_and_leaves_nothing(
    grid: Running,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception | None,
    reason: str,
) -> None:
    for _ in range(2):
        await reported(grid)
    grid.runtime.settings.export_rows = 1

    def close(file: CsvFile, rows: int) -> Path:
        assert error
        raise error

    if error:
        grid.runtime.settings.export_rows = 2
        monkeypatch.setattr(CsvFile, "close", close)
    job = await asked(grid, DISTRICT)
    await exporter(grid).run()
    found = await told(grid, DISTRICT, job)
    assert (found["state"], found["reason"], found["expires_at"]) == ("FAILED", reason, None)
    assert left(folder) == []


async def test_one_whose_database_is_away_waits_for_it(
    grid: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any) -> None:
        raise DatabaseUnavailable

    job = await asked(grid, DISTRICT)
    with monkeypatch.context() as patched:
        patched.setattr(Listing, "page", away)
        with pytest.raises(DatabaseUnavailable):
            await exporter(grid).run()
    assert (await told(grid, DISTRICT, job))["state"] == "RUNNING"
    again = await claimed(grid, datetime.now(UTC) + LATER)
    assert again
    await exporter(grid).carry_out(again)
    assert (await told(grid, DISTRICT, job))["state"] == "DONE"


async def test_after_thirty_days_it_is_gone(grid: Running, folder: Path) -> None:
    await reported(grid)
    job = await asked(grid, DISTRICT)
    await exporter(grid).run()
    begun = datetime.now(UTC)
    await exporter(grid).age(begun + timedelta(days=29, hours=23))
    assert (await content(grid, DISTRICT, job)).status_code == 200
    await exporter(grid).age(begun + timedelta(days=30, minutes=1))
    found = await told(grid, DISTRICT, job)
    assert found["state"] == "EXPIRED"
    assert left(folder) == []
    assert refusal(await content(grid, DISTRICT, job)) == (404, "content_missing")
    await exporter(grid).age(begun + timedelta(days=91))
    assert await grid.fetch("select from export_job") == []


async def test_what_is_over_is_not_handed_out_though_no_round_has_come_yet(grid: Running) -> None:
    await reported(grid)
    job = await asked(grid, DISTRICT)
    await exporter(grid).run()
    await grid.fetch("update export_job set expires_at = now() - interval '1 second'")
    assert (await told(grid, DISTRICT, job))["state"] == "EXPIRED"
    assert refusal(await content(grid, DISTRICT, job)) == (404, "content_missing")


async def test_what_is_no_jobs_is_removed_and_what_is_one_stays(
    grid: Running, folder: Path
) -> None:
    done = await asked(grid, DISTRICT)
    await exporter(grid).run()
    await asked(grid, DISTRICT)
    running = await claimed(grid)
    assert running
    working = exporter(grid).folder.part(running)
    (working / "content").write_text("on the way")
    (folder / "grid" / f"{done['id']}.9.csv").write_text("of an attempt that lost")
    (folder / "grid" / "stranger.1.part").mkdir()
    (folder / "grid" / "stranger.1.part" / "rows").write_text("of a machine that died")
    await exporter(grid).age(datetime.now(UTC))
    assert left(folder) == sorted([f"{done['id']}.1.csv", "content"])
    assert [path.name for path in (folder / "grid").glob("*.part")] == [working.name]
