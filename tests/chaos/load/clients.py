"""Who uses the system: people with a form, people who race for a record, devices that come back online."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from random import Random
from uuid import UUID

from tests.chaos.history import Reply
from tests.chaos.load.inventing import Inventor
from tests.chaos.load.lives import Life, Person, Step
from tests.chaos.load.sending import Sender

TWIN = 0.08
"""How often the same request is sent twice at once, and how often once more after its answer."""
GIVE_UP = 0.15
"""How often somebody whose answer was lost never asks again."""
PATIENCE_SECONDS = 60.0
PATIENT_WITH = {"not_found", "step_not_allowed", "precondition_failed"}
BATCH = 500
SIZES = (3, 30, 70, 140)
SERVICES = ("grid", "disputes", "inspection", "training")
REFERRED = ("referred",)
"""Waits for what other services do: clients of their own, lest all wait while the log is away."""
RIVALS: tuple[tuple[str, Person, dict[str, str]], ...] = (
    ("accept_report", "first", {}),
    ("accept_report", "second", {}),
    ("return_report", "first", {"reason": "地点不清"}),
    ("cancel_report", "second", {"reason": "DUPLICATE"}),
    ("accept_report", "first", {}),
)

Act = Callable[[], Awaitable[None]]


@dataclass
class Clients:
    sender: Sender
    inventor: Inventor
    random: Random
    stopping: asyncio.Event

    async def form(self, kinds: Sequence[str] = SERVICES) -> None:
        """A life, step by step."""
        await self._live(self.inventor.of(self.random.choice(kinds)))

    async def race(self) -> None:
        """Several ask for different things of one version of one report."""
        [created, *_] = self.inventor.handled().steps
        if await self._taken(created, {}, patient=False) is None:
            return
        rivals = [
            Step(operation, created.id, body, by, turn)
            for turn, (operation, by, body) in enumerate(RIVALS)
        ]
        for _ in "ab":  # once more, for those who have not heard
            self.random.shuffle(rivals)
            await asyncio.gather(*(self.sender.step(rival, 1) for rival in rivals))

    async def device(self, kinds: Sequence[str] = SERVICES) -> None:
        """Lives in batches."""
        kind = self.random.choice(kinds)
        number = self.random.choice(SIZES) // (8 if kind == "training" else 1) + 1
        lives = [self.inventor.of(kind) for _ in range(number)]
        for wave in zip_longest(*(list(life.waves()) for life in lives)):
            groups: dict[tuple[str, Person], list[Step]] = {}
            for step in (step for part in wave if part for step in part):
                groups.setdefault((step.route.service, step.by), []).append(step)
            for steps in groups.values():
                for start in range(0, len(steps), BATCH):
                    await self._sent(steps[start : start + BATCH], patient=kind in REFERRED)

    async def settle_in(self, enterprises: int) -> None:
        """What lives speak of: a service group in every township, some enterprises."""
        for township in sorted({grid[:9] for grid in self.inventor.grids}):
            self.inventor.groups[township] = await self._made(self.inventor.formed(township))
        for n in range(enterprises):
            life = self.inventor.registered()
            [step] = life.steps
            if n == 0:
                body = {**step.body, "area_code": self.inventor.quick[0]}
                life = Life([step._replace(body=body)])
            self.inventor.enterprises.append(await self._made(life))

    async def _made(self, life: Life) -> UUID:
        while await self._taken(life.steps[0], {}, patient=True) is None:
            pass
        return life.steps[0].id

    async def _live(self, life: Life) -> None:
        versions: dict[UUID, int] = {}
        for step in life.steps:
            reply = await self._taken(step, versions, life.patient)
            if reply is None or reply.receipt is None:
                return
            versions[step.id] = reply.receipt.version

    async def _taken(self, step: Step, versions: dict[UUID, int], patient: bool) -> Reply | None:
        """Ask until it is done, refused for good, or given up; a lost answer is asked for blindly."""
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while not self.stopping.is_set() and asyncio.get_running_loop().time() < deadline:
            version = None
            if not step.creates:
                version = versions.get(step.id) or await self.sender.version(step)
                if version is None:
                    await asyncio.sleep(0.5)
                    continue
                versions[step.id] = version
            reply = await self._asked(step, version)
            if reply.outcome == "done":
                if self.random.random() < TWIN:
                    await self.sender.step(step, version)
                return reply
            if reply.outcome == "unknown":
                if self.random.random() < GIVE_UP:
                    return None
            elif reply.code == "precondition_failed" or (patient and reply.code in PATIENT_WITH):
                versions.pop(step.id, None)
            else:
                return None
            await asyncio.sleep(self.random.uniform(0.1, 0.6))
        return None

    async def _asked(self, step: Step, version: int | None) -> Reply:
        twins = 2 if self.random.random() < TWIN else 1
        replies = await asyncio.gather(*(self.sender.step(step, version) for _ in range(twins)))
        return min(replies, key=lambda reply: reply.outcome)  # "done" before the others

    async def _sent(self, steps: Sequence[Step], patient: bool) -> None:
        """The same batch again, until nothing in it is left to be asked for."""
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        left = [(step, None) for step in steps]
        while left and not self.stopping.is_set():
            twins = 2 if self.random.random() < TWIN else 1
            answers = await asyncio.gather(*(self.sender.batch(left) for _ in range(twins)))
            pairs = list(zip(left, answers[0], strict=True))
            lost = any(reply.outcome == "unknown" for _, reply in pairs)
            if asyncio.get_running_loop().time() > deadline:
                return
            if lost and self.random.random() < GIVE_UP:
                return
            left = [item for item, reply in pairs if _worth_asking(reply, patient)]
            if left:
                await asyncio.sleep(self.random.uniform(0.2, 1.0))

    async def contest(self) -> None:
        """Two devices hold the same reports and come online at once."""
        created = [self.inventor.handled().steps[0] for _ in range(self.random.choice((10, 60)))]
        await self._sent(created, patient=False)
        batches = []
        for by in ("first", "second"):
            steps: list[tuple[Step, int | None]] = []
            for step in self.random.sample(created, len(created)):
                organisation = f"{step.body['area_code'][:9]}-office"
                steps.append((Step("accept_report", step.id, {}, by, 1), 1))
                body = {"organisation": organisation}
                steps.append((Step("assign_report", step.id, body, by, 1), None))
            batches.append(self.sender.batch(steps))
        await asyncio.gather(*batches)


def _worth_asking(reply: Reply, patient: bool) -> bool:
    return reply.outcome == "unknown" or (
        patient and reply.outcome == "refused" and reply.code in PATIENT_WITH
    )


async def over_and_over(act: Act, stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        await act()
