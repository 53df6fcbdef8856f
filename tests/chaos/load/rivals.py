"""People who want different things of the same records at once."""

import asyncio
from dataclasses import dataclass

from tests.chaos.load import handling, helping
from tests.chaos.load.clients import Clients
from tests.chaos.load.handling import office_of
from tests.chaos.load.lives import Person, Step

RIVALS: tuple[tuple[str, Person, dict[str, str]], ...] = (
    ("accept_report", "first", {}),
    ("accept_report", "second", {}),
    ("return_report", "first", {"reason": "地点不清"}),
    ("cancel_report", "second", {"reason": "INVALID"}),
    ("accept_report", "first", {}),
    ("self_handle_report", "second", {"opinion": "已现场处置完毕"}),
    ("escalate_report", "first", {"reason": "情况复杂，需要协调"}),
)
ALIKE = 12


@dataclass
class Rivals:
    clients: Clients

    def __post_init__(self) -> None:
        self.sender, self.inventor = self.clients.sender, self.clients.inventor
        self.random = self.clients.random

    async def race(self) -> None:
        """Several ask for different things of one version of one report."""
        created = self.inventor.filed()
        if await self.clients.taken(created, {}, patient=False) is None:
            return
        rivals = [
            Step(operation, created.id, body, by, turn)
            for turn, (operation, by, body) in enumerate(RIVALS)
        ]
        for _ in "ab":  # once more, for those who have not heard
            self.random.shuffle(rivals)
            await asyncio.gather(*(self.sender.step(rival, 1) for rival in rivals))

    async def contest(self) -> None:
        """Two devices hold the same reports and come online at once."""
        created = [self.inventor.filed() for _ in range(self.random.choice((10, 60)))]
        await self.clients.sent(created, patient=False)
        batches = []
        for by in ("first", "second"):
            steps: list[tuple[Step, int | None]] = []
            for step in self.random.sample(created, len(created)):
                body = {"organisation": office_of(step.body["area_code"])}
                steps.append((Step("accept_report", step.id, {}, by, 1), 1))
                steps.append((Step("assign_report", step.id, body, by, 1), None))
            batches.append(self.sender.batch(steps))
        await asyncio.gather(*batches)

    async def merge(self) -> None:
        """Of one matter many tell; two offices merge the reports into each other, a third takes some off the list."""
        grid = self.inventor.grid()
        told = [self.inventor.report(self.inventor.new_id(), grid, "TRAFFIC") for _ in range(ALIKE)]
        told = [report._replace(by=self._clerk()) for report in told]
        for by in ("first", "second"):
            await self.clients.sent([report for report in told if report.by == by], patient=False)
        ids = [report.id for report in told]
        pairs = [self.random.sample(ids, 2) for _ in range(2 * ALIKE)]
        cancelled = self.random.sample(ids, 3)
        reason = {"reason": "INVALID"}
        wishes = [
            [handling.merging(one, other, "first", n) for n, (one, other) in enumerate(pairs)],
            [handling.merging(other, one, "second", n) for n, (one, other) in enumerate(pairs)],
            [Step("cancel_report", id_, reason, "second", turn=7) for id_ in cancelled],
        ]
        await self._at_once(*wishes)

    async def link(self) -> None:
        """Two want to be the first link of the same households, which move; one of the two hands over all that are
        theirs."""
        one, other = self.random.sample(self.inventor.members[2:], 2)
        ids = [self.inventor.new_id() for _ in range(ALIKE)]
        homes = [helping.household(self.inventor, id_, None) for id_ in ids]
        await self.clients.sent(homes, patient=False)
        await self._at_once(
            [helping.linking(id_, one) for id_ in self.random.sample(ids, ALIKE)],
            [helping.linking(id_, other, turn=1) for id_ in self.random.sample(ids, ALIKE)],
            [helping.moving(self.inventor, home) for home in self.random.sample(homes, ALIKE)],
            [helping.handing(self.inventor, one, other)],
        )

    async def _at_once(self, *wishes: list[Step]) -> None:
        """In a batch each, and once more, for those who have not heard."""
        for _ in "ab":
            batches = (
                self.sender.batch([(step, None) for step in steps]) for steps in wishes if steps
            )
            await asyncio.gather(*batches)

    def _clerk(self) -> Person:
        return self.random.choice(("first", "second"))
