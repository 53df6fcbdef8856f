"""What a goal gets to work with, and how rounds are taken in turns."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from statistics import median

from rich.progress import Progress, TaskID

from tests.bench.figures import Row
from tests.bench.load import Load
from tests.bench.place import Place

Measure = Callable[[], Awaitable[float]]


@dataclass
class Bench:
    """`rounds` and `seconds` of each measurement; `busiest`: the largest share of a core that the
    client itself has used."""

    place: Place
    rounds: int
    seconds: float
    progress: Progress
    task: TaskID
    busiest: float = 0.0

    def say(self, what: str) -> None:
        self.progress.update(self.task, description=what)

    def used(self, load: Load) -> Load:
        """Remember how much of a core the client needed at most."""
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


Goal = Callable[[Bench], Awaitable[list[Row]]]


def middle(figures: Mapping[str, list[float]], unit: str = "/s") -> str:
    """The medians, for people."""
    return " · ".join(f"{name} {median(values):,.0f}{unit}" for name, values in figures.items())
