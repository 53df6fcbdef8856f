"""One run: the system, the load on it, the faults; then it is let run dry, settled, and judged."""

import asyncio
import shutil
import signal
import sys
import tempfile
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import aiohttp

from jinding.embedded.place import places_elsewhere
from services.contracts import roles
from tests.chaos import setting
from tests.chaos.draining import drained
from tests.chaos.evidence import Evidence
from tests.chaos.faults import events, plan
from tests.chaos.faults.proxy import Proxy
from tests.chaos.faults.stage import Kafka, Stage
from tests.chaos.history import Journal
from tests.chaos.judging import Files, Judgement, judged
from tests.chaos.load.sending import token
from tests.chaos.sampling import Sampler
from tests.chaos.settling import settle_letters
from tests.chaos.system import System, running
from tests.support.kafka.broker import Broker
from tests.support.ports import free_ports

PAUSE = (2.0, 5.0)
"""Seconds between the beginnings of two faults."""
LOAD_ENDS_SECONDS, LATE_SECONDS = 120.0, 1200.0
WARM, WARM_SECONDS = 1000, 60.0
"""Faults begin when so many events are recorded and some are read, or after so long."""
PARTS = {
    "start": ("启动系统", "starting the system"),
    "faults": ("负载与故障", "load and faults"),
    "drain": ("等待处理完毕", "letting it run dry"),
    "judge": ("逐项核对", "checking"),
}


@dataclass(frozen=True)
class Wanted:
    """`events`: at least so many, and every kind of fault, however long it takes."""

    log: str
    seconds: float
    events: int
    seed: str


@dataclass(frozen=True)
class Run:
    """`began`: when the load did, as the journal tells time; `settled`: dead letters, by operators."""

    wanted: Wanted
    files: Files
    judgement: Judgement
    began: float
    settled: int


Tell = Callable[[str, str], None]
"""(part of `PARTS`, how far)."""


async def play(wanted: Wanted, folder: Path, tell: Tell) -> Run:
    """`folder` will hold the data, and the files that everything is written down in."""
    files = Files(folder / "requests.jsonl", folder / "journal.jsonl")
    journal, random = Journal(files.journal), Random(wanted.seed)
    tell("start", wanted.log)
    async with (
        _kafka(wanted.log, folder) as kafka,
        running(folder, wanted.log, kafka.broker.bootstrap if kafka else None, journal) as system,
        aiohttp.ClientSession() as session,
    ):
        await setting.prepare(system)
        url = system.settings.gateway_url
        operator = await _bearer(session, url, roles.OPERATOR)
        stage = Stage(system, random, session, operator, kafka)
        began = time.time()
        async with _sampled(system, journal) as sampler:
            await _under_load(wanted, stage, journal, sampler, files, tell)
            tell("drain", "")
            await drained(system)
            await events.replay_the_middle(stage)
            await drained(system)
            settled_at = await Evidence(system).ends()
            settled = await settle_letters(session, url, operator)
            await drained(system)
        tell("judge", "")
        reader = await _bearer(session, url, roles.DISTRICT_OPERATOR)
        judgement = await judged(system, files, settled_at, session, reader)
    return Run(wanted, files, judgement, began, settled)


async def _under_load(
    wanted: Wanted, stage: Stage, journal: Journal, sampler: Sampler, files: Files, tell: Tell
) -> None:
    url = stage.system.settings.gateway_url
    command = ["-m", "tests.chaos.load", url, str(files.requests), wanted.seed]
    load = await asyncio.create_subprocess_exec(sys.executable, *command, stdin=PIPE)
    faults: asyncio.Task[None] | None = None
    deadline = time.monotonic() + WARM_SECONDS
    try:
        while not faults or time.monotonic() < deadline or not _enough(wanted, stage, sampler):
            if load.returncode is not None or (faults and faults.done()):
                raise RuntimeError(f"the load or the faults ended early: {load.returncode}")
            if time.monotonic() > deadline + LATE_SECONDS:
                left = plan.kinds(wanted.log) - stage.played
                raise RuntimeError(f"{sampler.events} events only, and without {left or 'none'}")
            if not faults and (sampler.lag < sampler.events > WARM or time.monotonic() > deadline):
                faults = asyncio.create_task(plan.play(wanted.log, stage, journal, PAUSE))
                deadline = time.monotonic() + wanted.seconds
            tell("faults", _progress(sampler, deadline))
            await asyncio.sleep(0.5)
    finally:
        if faults:
            faults.cancel()
            await asyncio.gather(faults, return_exceptions=True)
        if load.returncode is None:
            load.send_signal(signal.SIGTERM)
        await asyncio.wait_for(load.wait(), LOAD_ENDS_SECONDS)


def _enough(wanted: Wanted, stage: Stage, sampler: Sampler) -> bool:
    """Events, and faults of every kind."""
    return sampler.events >= wanted.events and stage.played >= plan.kinds(wanted.log)


def _progress(sampler: Sampler, deadline: float) -> str:
    left = max(0.0, deadline - time.monotonic())
    counts = f"{sampler.events:,} / {sampler.pending:,} / {sampler.lag:,}"
    return f"{counts} · {left:.0f} s"


@asynccontextmanager
async def _sampled(system: System, journal: Journal) -> AsyncIterator[Sampler]:
    sampler = Sampler(system, journal)
    sampling = asyncio.create_task(sampler.run())
    try:
        yield sampler
    finally:
        sampling.cancel()
        await asyncio.gather(sampling, return_exceptions=True)


@asynccontextmanager
async def _kafka(log: str, folder: Path) -> AsyncIterator[Kafka | None]:
    if log != "kafka":
        yield None
        return
    [port] = free_ports(1)
    broker = Broker(folder / "kafka", advertised=port)
    proxy = Proxy(port, broker.port)
    await proxy.open()
    await asyncio.to_thread(broker.start)
    try:
        yield Kafka(broker, proxy)
    finally:
        await proxy.refuse()
        await asyncio.to_thread(broker.stop)


async def _bearer(session: aiohttp.ClientSession, url: str, role: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {await token(session, url, f'chaos-{role}', [role])}"}


def scratch() -> Path:
    """A folder for the data of one run."""
    folder = Path(tempfile.mkdtemp(prefix="jinding-chaos-"))
    folder.chmod(0o711)  # the account PostgreSQL runs as must pass through
    return folder


def remove(folder: Path) -> None:
    for place in (*places_elsewhere(folder), folder):
        shutil.rmtree(place, ignore_errors=True)
