"""Carries out the jobs, one at a time in each replica. A list is read page by page, each a statement of its own: no
transaction stays open, and who takes over after a crash begins anew (docs/adr/0017)."""

import asyncio
import shutil
from collections.abc import Coroutine, Mapping
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from fastapi import FastAPI

from services.chassis import logs
from services.chassis.database import driver
from services.chassis.errors import Conflict, Refusal, Unavailable
from services.chassis.exports import jobs
from services.chassis.exports.files import Folder
from services.chassis.exports.jobs import Job
from services.chassis.exports.lists import Listing
from services.chassis.runtime import Runtime
from services.sheets.columns import columns_of
from services.sheets.formats import FILES

POLL_SECONDS, BEAT_SECONDS, TIDY_SECONDS = 1.0, 2.0, 600.0
AT_ONCE, REST = 50, 1.0
"""Rows that are written while everybody waits (milliseconds); the share of that time for which others have the process."""


class TooManyRows(Conflict):
    zh = "行数超过上限，请缩小范围。"
    en = "More rows than an export may have; narrow it."


class NotOurs(Exception):
    """The job was cancelled, or another worker has taken it over."""


def folder_of(runtime: Runtime) -> Folder:
    return Folder(runtime.settings.exports_folder / runtime.definition.name)


class Exporter:
    def __init__(self, app: FastAPI, lists: Mapping[str, Listing]) -> None:
        self.app, self.lists = app, lists
        self.runtime: Runtime = app.state.runtime
        self.folder, self.works, self.rows = folder_of(self.runtime), (self.run, self.tidy), 0

    async def run(self) -> None:
        """One job, or the pause before looking for one again."""
        async with self.runtime.database.transaction() as connection:
            job = await jobs.claimed(await driver(connection), datetime.now(UTC))
        await (self.carry_out(job) if job else asyncio.sleep(POLL_SECONDS))

    async def tidy(self) -> None:
        await self.age(datetime.now(UTC))
        await asyncio.sleep(TIDY_SECONDS)

    async def age(self, now: datetime) -> None:
        """Let jobs expire, and remove files that are no job's. They are looked at first: what comes later is of
        a job that is running by then."""
        names = await asyncio.to_thread(self.folder.names)
        async with self.runtime.database.transaction() as connection:
            wanted = await jobs.aged(await driver(connection), now)
        await asyncio.to_thread(self.folder.discard, names, wanted)

    async def carry_out(self, job: Job) -> None:
        size, reason, self.rows = None, None, 0
        try:
            size = await self._kept(job, self._written(job))
        except NotOurs:
            return
        except Unavailable:
            raise  # once the lease has run out, it begins anew
        except Refusal as refusal:
            reason = refusal.code
        except Exception as error:
            logs.surprise("export_failed", error, export=str(job.id), list=job.list)
            reason = "unexpected"
        async with self.runtime.database.transaction() as connection:
            raw = await driver(connection)
            await jobs.ended(raw, job, self.rows, datetime.now(UTC), size, reason)

    async def _kept(self, job: Job, work: Coroutine[Any, Any, int]) -> int:
        """Do `work`, prolonging the lease and telling the progress meanwhile."""
        task = asyncio.create_task(work)
        try:
            while not (await asyncio.wait({task}, timeout=BEAT_SECONDS))[0]:
                async with self.runtime.database.transaction() as connection:
                    raw = await driver(connection)
                    if not await jobs.beaten(raw, job, self.rows, datetime.now(UTC)):
                        raise NotOurs
            return task.result()
        finally:
            task.cancel()
            await asyncio.wait({task})

    async def _written(self, job: Job) -> int:
        listing = self.lists[job.list].told_as(job.format)
        columns = columns_of(self.lists[job.list].line, job.language)
        filters = listing.filters.model_validate(job.filters)
        part = self.folder.part(job)
        file: Any = FILES[job.format](part, [column.header for column in columns], job.marks)
        try:
            after: str | None = ""
            while after is not None:
                lines, after = await listing.page(self.app, job.caller, filters, after or None)
                for start in range(0, len(lines), AT_ONCE):
                    began = perf_counter()
                    file.write(file.shown(columns, line) for line in lines[start : start + AT_ONCE])
                    await asyncio.sleep(REST * (perf_counter() - began))
                self.rows += len(lines)
                if self.rows > self.runtime.settings.export_rows:
                    raise TooManyRows
            written = await asyncio.to_thread(file.close, self.rows)
            return await asyncio.to_thread(self.folder.keep, written, job)
        finally:
            file.abandon()
            shutil.rmtree(part, ignore_errors=True)
