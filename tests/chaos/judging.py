"""Asks every check about what a run has left behind."""

import asyncio
import gc
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp

from jinding.processes import make_keys
from services.chassis.database import Database
from services.chassis.identity.internal_token import Signer
from services.contracts.disputes import case_id_of
from services.contracts.inspection import hazard_id_of
from services.gateway.projections.rebuild import verify
from services.gateway.projections.registry import SERVICES
from services.gateway.projections.snapshots import Services
from services.grid.visit_tasks.models import task_id_of
from tests.chaos.checks import consequences, deadlines, events, figures, grid, readers, requests
from tests.chaos.checks.facts import Change, Place, Record
from tests.chaos.checks.figures import Figure
from tests.chaos.checks.verdict import Verdict
from tests.chaos.evidence import READERS, Evidence
from tests.chaos.faults.poison import KINDS
from tests.chaos.grid_evidence import GridEvidence
from tests.chaos.history import lines, tries
from tests.chaos.load.following import Follower, held_beside
from tests.chaos.load.sending import token_of
from tests.chaos.setting import AREAS_SHOWN
from tests.chaos.system import System
from tests.proof.recount import recounted, told

FRESH_SECONDS = 60.0


@dataclass(frozen=True)
class Files:
    requests: Path
    journal: Path


@dataclass(frozen=True)
class Judgement:
    """`records` of the log, `poisoned` of them ours, `repeated` said twice."""

    verdicts: list[Verdict]
    records: int
    poisoned: int
    repeated: int
    seconds: float

    @property
    def holds(self) -> bool:
        return all(verdict.holds for verdict in self.verdicts)

    def wrong(self, *names: str) -> int:
        """How much the checks of these names have found."""
        return sum(len(verdict.wrong) for verdict in self.verdicts if verdict.name in names)


async def judged(
    system: System,
    files: Files,
    settled_at: Mapping[tuple[str, int], int],
    session: aiohttp.ClientSession,
    reader: dict[str, str],
) -> Judgement:
    """`settled_at`: the ends of the log when operators settled the dead letters."""
    began = asyncio.get_running_loop().time()
    gc.disable()  # a million small values and no cycles: looking for those takes half the time
    evidence = Evidence(system)
    records, changes = await evidence.records(), await evidence.changes()
    verdicts = [
        *await _of_requests(evidence, changes, files),
        *await _of_events(evidence, changes, records),
        *await _of_readers(evidence, records, files, settled_at),
        *await _of_consequences(evidence),
        *await _of_the_grid(evidence, files, session),
        *await _of_figures(evidence, session, reader),
    ]
    poisoned = sum(record.poison is not None for record in records)
    gc.enable()
    seconds = asyncio.get_running_loop().time() - began
    return Judgement(verdicts, len(records), poisoned, events.repeats(records), seconds)


async def _of_requests(evidence: Evidence, changes: list[Change], files: Files) -> list[Verdict]:
    asked = tries(lines(files.requests))
    answers, rows = await evidence.answers(), await evidence.rows()
    return [
        requests.acknowledged(asked, answers, changes),
        requests.as_told(asked, rows),
        requests.explained(asked, answers, changes),
        requests.created(answers, rows, changes),
        requests.agreeing(asked),
        requests.raced(asked),
        requests.latest(rows, changes),
    ]


async def _of_events(
    evidence: Evidence, changes: list[Change], records: list[Record]
) -> list[Verdict]:
    return [
        events.in_order(records),
        events.faithful(changes, records),
        events.partitioned(changes, records),
        events.published(changes),
        deadlines.fired_once(await evidence.clocks(), changes, datetime.now(UTC)),
        figures.cards_at_last_event(changes, await evidence.cards()),
    ]


async def _of_readers(
    evidence: Evidence,
    records: list[Record],
    files: Files,
    settled_at: Mapping[tuple[str, int], int],
) -> list[Verdict]:
    chokes = {name: kind.chokes for name, kind in KINDS.items()}
    letters = await evidence.letters()
    return [
        readers.forward(moves(files.journal), await evidence.places(), await evidence.ends()),
        readers.archived(records, await evidence.archive()),
        readers.put_aside(records, letters, chokes, READERS, settled_at),
    ]


async def _of_consequences(evidence: Evidence) -> list[Verdict]:
    reports, cases = await evidence.reports(), await evidence.cases()
    hazards = await evidence.hazards()
    return [
        consequences.one_case_each(reports, cases, lambda id_: str(case_id_of(UUID(id_)))),
        consequences.one_hazard_each(reports, hazards, lambda id_: str(hazard_id_of(UUID(id_)))),
        consequences.ends_are_told(reports, cases),
    ]


async def _of_the_grid(
    evidence: Evidence, files: Files, session: aiohttp.ClientSession
) -> list[Verdict]:
    grids = GridEvidence(evidence.system)
    reports, tasks = await grids.visits_owed()
    ids = {id_: str(task_id_of(UUID(id_))) for id_ in reports}
    answers = await evidence.answers()
    handed, moved = await grids.handovers(), await grids.moves(answers)
    return [
        grid.credited_once(await grids.told()),
        grid.linked_once(await grids.links(), await grids.ties(), handed, moved),
        grid.reckoned(await grids.reckoned()),
        grid.each_once(await grids.parts(answers)),
        grid.papers_back(await grids.errands()),
        grid.given_whole(*await grids.tasks()),
        grid.visited_once(reports, tasks, ids),
        await _followed(evidence, files, session),
    ]


async def _followed(evidence: Evidence, files: Files, session: aiohttp.ClientSession) -> Verdict:
    """The device goes on from where the load ended, and is told the rest."""
    url = evidence.system.settings.gateway_url
    follower = Follower(session, url, await token_of(session, url, "first"))
    follower.wake(held_beside(files.requests))
    await follower.catch_up()
    held = {(n, i): v for n, of in follower.held.items() for i, v in of.items() if v is not None}
    rows, nouns = await evidence.rows(), {noun for noun, _ in held}
    there = {(r.noun, r.id): r.version for r in rows if r.service == "grid" and r.noun in nouns}
    return grid.followed(held, there)


async def _of_figures(
    evidence: Evidence, session: aiohttp.ClientSession, reader: dict[str, str]
) -> list[Verdict]:
    system = evidence.system
    differences = await _differences(system, session)
    shown = await _figures(system, session, reader)
    cards = len(await evidence.cards())
    return [figures.verified(cards, differences), figures.counted(shown)]


async def _differences(system: System, session: aiohttp.ClientSession) -> list[str]:
    """As `jinding verify` finds them."""
    urls: dict[str, str] = {
        name: f"http://127.0.0.1:{system.settings.ports[name]}" for name in SERVICES
    }
    signer = Signer(make_keys(system.settings.folder).internal)
    database = Database(system.databases.url("gateway"), 2)
    try:
        return [
            f"{service}: {' '.join(difference)}"
            for service in SERVICES
            for difference in await verify(database, Services(session, signer, urls), service)
        ]
    finally:
        await database.close()


async def _figures(
    system: System, session: aiohttp.ClientSession, reader: dict[str, str]
) -> list[Figure]:
    today = datetime.now(UTC).date()
    periods = [(today - timedelta(days=3), today + timedelta(days=1)), (today, today)]
    found = []
    for first, last in periods:
        for area in AREAS_SHOWN:
            shown = told(await _dashboard(system, session, reader, area, first, last))
            counted = await recounted(system.fetch, area, first, last)
            period = f"{first}/{last}"
            found += [Figure(area, period, n, shown.get(n, 0), counted[n]) for n in counted]
    return found


async def _dashboard(
    system: System,
    session: aiohttp.ClientSession,
    reader: dict[str, str],
    area: str,
    first: date,
    last: date,
) -> Any:
    url = f"{system.settings.gateway_url}/v1/areas/{area}/dashboard"
    query = {"from": first.isoformat(), "to": last.isoformat()}
    async with session.get(url, params=query, headers=reader) as answer:
        answer.raise_for_status()
        return (await answer.json())["sections"]


def moves(journal: Path) -> list[tuple[Place, int]]:
    """Every place of a reader that was seen to have moved, in the order of looking."""
    samples = (line for line in lines(journal) if line["kind"] == "sample")
    seen = (place for sample in samples for place in sample["places"])
    return [((db, who, topic, number, log), at) for db, who, topic, number, log, at in seen]
