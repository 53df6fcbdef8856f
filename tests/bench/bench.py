"""What a goal gets to work with, and how rounds are taken in turns."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from statistics import median

from rich.progress import Progress, TaskID

from tests.bench.figures import Row
from tests.bench.load import Load, Plan, sent
from tests.bench.place import Place, prepared, settings
from tests.bench.processes import cpu_seconds
from tests.bench.year import Year, played

Measure = Callable[[], Awaitable[float]]


@dataclass
class Bench:
    """`rounds` and `seconds` of each measurement. `costs`: what each server has computed for one answer, in
    milliseconds; `busiest`: the largest share of a core that the client has used. `stack`: what lives until the
    last goal is measured."""

    rounds: int
    seconds: float
    progress: Progress
    task: TaskID
    stack: AsyncExitStack
    pids: dict[str, int] = field(default_factory=dict)
    costs: dict[str, list[float]] = field(default_factory=dict)
    busiest: float = 0.0
    year: Year | None = None

    def fresh(self) -> AbstractAsyncContextManager[Place]:
        """PostgreSQL with empty databases, for one goal."""
        return prepared(settings(), self.pids)

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
        pid = self.pids[server]
        before = cpu_seconds(pid)
        load = await sent(plan, expected)
        cost = 1000 * (cpu_seconds(pid) - before) / load.answers
        self.costs.setdefault(server, []).append(cost)
        self.busiest = max(self.busiest, load.cpu_share)
        return load

    async def interleaved(
        self, goal: str, measures: Mapping[str, Measure]
    ) -> dict[str, list[float]]:
        """Each measure once to warm up, then all of them in turns; the figures of the rounds."""
        figures: dict[str, list[float]] = {name: [] for name in measures}
        for turn in range(self.rounds + 1):
            for name, measure in measures.items():
                stage = f"{turn}/{self.rounds}" if turn else "warm-up"
                self.say(f"{goal} {stage} {name}")
                figure = await measure()
                if turn:
                    figures[name].append(figure)
        return figures

    def middle(self, figures: Mapping[str, list[float]], unit: str = "/s") -> str:
        """The medians, for people; behind them what the server's own process needed."""
        return " · ".join(
            f"{name} {median(values):,.0f}{unit}{self._cost(name)}"
            for name, values in figures.items()
        )

    def _cost(self, name: str) -> str:
        costs = self.costs.get(name)
        return f" (CPU {median(costs):.2f} ms)" if costs and median(costs) else ""


Goal = Callable[[Bench], Awaitable[list[Row]]]
