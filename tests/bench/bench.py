"""What a goal gets to work with, and how rounds are taken in turns."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from statistics import median

from rich.progress import Progress, TaskID

from tests.bench.figures import Row
from tests.bench.load import Load, Plan, sent
from tests.bench.place import Place, prepared, settings
from tests.bench.processes import cpu_seconds, machine_seconds
from tests.bench.report import number
from tests.bench.year import Year, played

LISTEN_SECONDS = 1.0
WARM_SHARE = 1 / 3
Measure = Callable[[], Awaitable[float]]


@dataclass
class Bench:
    """`rounds` and `seconds` of each measurement. `costs`: what each server and PostgreSQL have computed for one
    answer, in milliseconds; `busiest`: the largest share of a core that the client has used, `noise`: how many cores were busy
    before we began. `stack`: what lives until the last goal is measured."""

    rounds: int
    seconds: float
    progress: Progress
    task: TaskID
    stack: AsyncExitStack
    pids: dict[str, int] = field(default_factory=dict)
    costs: dict[str, list[list[float]]] = field(default_factory=dict)
    busiest: float = 0.0
    noise: list[float] = field(default_factory=list)
    year: Year | None = None

    def fresh(self, **named: str) -> AbstractAsyncContextManager[Place]:
        """PostgreSQL with empty databases, for one goal; `named` are settings."""
        return prepared(settings(**named), self.pids)

    async def played_year(self) -> Year:
        """The whole system after the founding article's year; one for all goals that need it."""
        if self.year is None:
            self.say("the year is played")
            self.year = await self.stack.enter_async_context(played())
        self.pids |= self.year.pids()
        return self.year

    def say(self, what: str) -> None:
        self.progress.update(self.task, description=what)

    async def loaded(self, server: str, plan: Plan, expected: int = 200) -> Load:
        """Carry out a plan against one of the servers that run."""
        pids = [self.pids[server], self.pids["postgres"]]
        before = [cpu_seconds(pid) for pid in pids]
        load = await sent(plan, expected)
        used = [cpu_seconds(pid) - was for pid, was in zip(pids, before, strict=True)]
        self.costs.setdefault(server, []).append([1000 * each / load.answers for each in used])
        self.busiest = max(self.busiest, load.cpu_share)
        return load

    async def interleaved(
        self, goal: str, measures: Mapping[str, Measure]
    ) -> dict[str, list[float]]:
        """Each measure once, and shorter, to warm up; then all in turns. The figures of the rounds."""
        figures: dict[str, list[float]] = {name: [] for name in measures}
        whole, self.seconds = self.seconds, WARM_SHARE * self.seconds
        for name, measure in measures.items():
            self.say(f"{goal} warm-up {name}")
            await measure()
        self.seconds = whole
        self.costs.clear()
        for turn in range(self.rounds):
            for name, measure in measures.items():
                self.say(f"{goal} {turn + 1}/{self.rounds} {name}")
                figures[name].append(await measure())
        return figures

    async def listen(self) -> None:
        """How busy the machine is before we load it: what others do falsifies ratios of one process and many."""
        before, began = machine_seconds(), time.monotonic()
        await asyncio.sleep(LISTEN_SECONDS)
        self.noise.append((machine_seconds() - before) / (time.monotonic() - began))

    def middle(self, figures: Mapping[str, list[float]], unit: str = "/s") -> str:
        """The medians, for people."""
        told = (f"{name} {number(median(values))}{unit}" for name, values in figures.items())
        return " · ".join(told)

    def costing(self, *servers: str) -> str:
        """What one answer costs: milliseconds of a core in the server's own process, and in PostgreSQL."""
        told = []
        for server in servers:
            own, postgres = (median(each) for each in zip(*self.costs[server], strict=True))
            told.append(f"{server} {own:.2f} + {postgres:.2f}")
        return f"CPU ms own + PostgreSQL: {' · '.join(told)}"


Goal = Callable[[Bench], Awaitable[list[Row]]]
