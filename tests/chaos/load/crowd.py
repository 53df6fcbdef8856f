"""Many create records at one moment, so that the service writes them together (`services.chassis.together`); among
them are keys that a twin takes and ids that are taken, and neither may cost the others anything.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from tests.chaos.load.lives import Step
from tests.chaos.load.sending import Sender

ORDINARY, TWICE, SPLIT, KNOWN = 1, 1, 2, 1
"""How many are sent once, twice at once, at once alone and in a batch, and again at the next moment."""
PAUSE, LONG_PAUSE = (0.0, 0.1), (0.2, 0.6)
"""Seconds between two moments; the long one where somebody was not answered."""


class Moment(NamedTuple):
    """What is sent at once, `alone` and in batches: a request each."""

    alone: list[Step]
    batches: list[list[Step]]


@dataclass
class Crowd:
    """Each creation is a new one by `invented`; `known` was created at the last moment."""

    sender: Sender
    invented: Callable[[], Step]
    random: Random
    known: list[Step] = field(default_factory=list)

    async def meet(self) -> None:
        alone, batches = self.moment()
        replies, _ = await asyncio.gather(
            asyncio.gather(*(self.sender.step(step, None) for step in alone)),
            asyncio.gather(*(self.sender.batch([(s, None) for s in batch]) for batch in batches)),
        )
        pairs = list(zip(alone, replies, strict=True))
        done = [step for step, reply in pairs if reply.outcome == "done"]
        self.known = self.random.sample(done, min(KNOWN, len(done)))
        lost = any(reply.outcome == "unknown" for _, reply in pairs)
        await asyncio.sleep(self.random.uniform(*(LONG_PAUSE if lost else PAUSE)))

    def moment(self) -> Moment:
        once, twice, split = (self.created(n) for n in (ORDINARY, TWICE, SPLIT))
        [twin] = self.created(1)
        equal = [twin, twin._replace(by="second", turn=1)]
        taken = [step._replace(turn=2) for step in self.known]
        repeated = [*self.known, *map(self._other, self.known)]
        alone = [*once, *twice, *twice, *split, *equal, *taken, *repeated]
        self.random.shuffle(alone)
        return Moment(alone, [[self._other(split[0])], *([step] for step in split[1:])])

    def created(self, number: int) -> list[Step]:
        return [self._created() for _ in range(number)]

    def _created(self) -> Step:
        """Its body names its id: so it is the same wish alone and in a batch."""
        step = self.invented()
        return step._replace(body={**step.body, "id": str(step.id)})

    def _other(self, step: Step) -> Step:
        """Something else under the same key."""
        return self._created()._replace(by=step.by, under=step.key)
