"""What the grid's tables hold when all is done, for the checks that are the grid's alone."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from services.chassis.database import Database
from services.chassis.deadlines.calendar import Calendar
from services.chassis.deadlines.calendar_table import cached_calendar
from services.grid.reports.clocks.ledger import Entry, deadline
from services.grid.reports.clocks.row import CLOCKS
from tests.chaos.checks.facts import Answer
from tests.chaos.checks.grid import Errand, Link, Part, Reckoned, Told, taken_along
from tests.chaos.system import System

LEDGER = TypeAdapter(list[Entry])
REQUESTS = ("transfer", "extension", "suspension")
ADDED: Mapping[str, Mapping[str, Sequence[str]]] = {
    "report": {
        "jsonb_array_length(requests)": [f"request_report_{what}" for what in REQUESTS],
        "jsonb_array_length(supervisions)": ["supervise_report"],
        "jsonb_array_length(evaluations)": ["evaluate_report"],
        "jsonb_array_length(suspensions)": ["suspend_report"],
        "escalations": ["escalate_report"],
        "rework_count": ["rework_report", "fail_report_self_check"],
        "reopenings": ["reopen_report"],
        "ledger PAUSED": ["request_report_transfer", "suspend_report"],
        "ledger RESUMED": ["refuse_report_transfer", "resume_report"],
        "ledger EXTENDED": ["grant_report_extension"],
        "ledger RESTORED": ["grant_report_transfer"],
        "ledger RESET": ["reset_report_deadline"],
    },
    "household": {"jsonb_array_length(stays)": ["move_household"]},
    "errand": {
        "jsonb_array_length(windows)": ["file_errand"],
        "jsonb_array_length(papers)": ["take_paper"],
    },
}
"""What a row has of each kind, and the operations that add one."""


REPORTED_OF = """from report r left join household h on h.id = r.household_id
    left join visit_occasion o on o.category = r.category
    where h.id is null or h.created_at <= r.created_at"""


class GridEvidence:
    def __init__(self, system: System) -> None:
        self.system = system

    async def told(self) -> list[Told]:
        columns = "id::text, reporter, duplicate_of::text, credited, cancel_reason"
        return [Told(*row) for row in await self._rows(f"select {columns} from report")]

    async def links(self) -> list[Link]:
        statement = """select tie_id::text, household_id::text, member_id::text, is_primary,
            until_on is null, l.area_code = h.area_code
            from household_link l join household h on h.id = household_id"""
        return [Link(*row) for row in await self._rows(statement)]

    async def ties(self) -> dict[str, bool]:
        """Whether each goes on."""
        statement = """select tie ->> 'id', tie ->> 'until_on' is null
            from household, jsonb_array_elements(ties) tie"""
        return dict(map(tuple, await self._rows(statement)))

    async def handovers(self) -> dict[str, int]:
        return dict(map(tuple, await self._rows("select id::text, links from link_handover")))

    async def moves(self, answers: Iterable[Answer]) -> dict[str, int]:
        ties = await self._rows("select id::text, jsonb_array_length(ties) from household")
        return taken_along(dict(map(tuple, ties)), answers)

    async def reckoned(self) -> list[Reckoned]:
        calendar = await self._calendar()
        columns = ", ".join(f"{clock}_due_at" for clock in CLOCKS)
        found = []
        for id_, ledger, *dues in await self._rows(
            f"select id::text, ledger::text, {columns} from report"
        ):
            entries = LEDGER.validate_json(ledger)
            for clock, due in zip(CLOCKS, dues, strict=True):
                found.append(Reckoned(id_, clock, due, deadline(entries, clock, calendar)))
        return found

    async def parts(self, answers: Iterable[Answer]) -> list[Part]:
        done = Counter((answer.id, answer.operation) for answer in answers)
        found = []
        for noun, kinds in ADDED.items():
            columns = ", ".join(map(_counting, kinds))
            for id_, *counts in await self._rows(f"select id::text, {columns} from {noun}"):
                for (kind, operations), held in zip(kinds.items(), counts, strict=True):
                    answered = sum(done[id_, operation] for operation in operations)
                    found.append(Part(id_, kind, held, answered))
        return found

    async def errands(self) -> list[Errand]:
        kept = """select count(*) from jsonb_array_elements(papers) paper where paper ->> 'form' = 'ORIGINAL'
            and (paper ->> 'returned_at' is null or paper ->> 'signed' is null)"""
        rows = await self._rows(f"select id::text, status, ({kept}) from errand")
        return [Errand(*row) for row in rows]

    async def tasks(self) -> tuple[dict[str, int], dict[str, int]]:
        """How many targets each has, and how many parts were given."""
        targets = await self._rows("select id::text, jsonb_array_length(targets) from task_order")
        items = await self._rows("select order_id::text, count(*) from task_item group by order_id")
        return dict(map(tuple, targets)), dict(map(tuple, items))

    async def visits_owed(self) -> tuple[dict[str, bool], list[tuple[str, str]]]:
        """Which reports ask for a visit, and (id, report) of the visit tasks; of households that were known before
        they were reported of."""
        asking = f"select r.id::text, h.id is not null and o.code is not null {REPORTED_OF}"
        tasks = f"""select t.id::text, t.report_id::text from visit_task t where t.report_id not in (
            select id from report) or t.report_id in (select r.id {REPORTED_OF})"""
        return dict(map(tuple, await self._rows(asking))), [*map(tuple, await self._rows(tasks))]

    async def _calendar(self) -> Calendar:
        database = Database(self.system.databases.url("grid"), 1)
        try:
            async with database.connection() as connection:
                return await cached_calendar(connection)
        finally:
            await database.close()

    async def _rows(self, statement: str) -> list[Any]:
        return await self.system.fetch("grid", statement)


def _counting(kind: str) -> str:
    if not kind.startswith("ledger"):
        return kind
    return (
        f"""jsonb_array_length(jsonb_path_query_array(ledger, '$[*] ? (@.kind == "{kind[7:]}")'))"""
    )
