"""Who uses the system: people with a form, and devices that come back online."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from random import Random
from uuid import UUID

from tests.chaos.history import Reply
from tests.chaos.load import helping
from tests.chaos.load.inventing import Inventor
from tests.chaos.load.kinds import ANYWHERE, AT_DESKS, REFERRED, life_of
from tests.chaos.load.lives import Life, Person, Step
from tests.chaos.load.sending import SUBJECTS, Sender

TWIN = 0.08
"""How often the same request is sent twice at once, and how often once more after its answer."""
GIVE_UP = 0.15
"""How often somebody whose answer was lost never asks again."""
PATIENCE_SECONDS = 60.0
PATIENT_WITH = {"not_found", "step_not_allowed", "precondition_failed"}
BATCH = 500
SIZES = (3, 30, 70, 140)
MEMBERS = 12
Act = Callable[[], Awaitable[None]]


@dataclass
class Clients:
    sender: Sender
    inventor: Inventor
    random: Random
    stopping: asyncio.Event

    async def form(self, kinds: Sequence[str] = AT_DESKS) -> None:
        """A life, step by step."""
        await self._live(life_of(self.inventor, self.random.choice(kinds)))

    async def device(self, kinds: Sequence[str] = ANYWHERE) -> None:
        """Lives in batches."""
        kind = self.random.choice(kinds)
        number = self.random.choice(SIZES) // (8 if kind == "training" else 1) + 1
        lives = [life_of(self.inventor, kind) for _ in range(number)]
        for wave in zip_longest(*(list(life.waves()) for life in lives)):
            groups: dict[tuple[str, Person], list[Step]] = {}
            for step in (step for part in wave if part for step in part):
                groups.setdefault((step.route.service, step.by), []).append(step)
            for steps in groups.values():
                for start in range(0, len(steps), BATCH):
                    await self.sent(steps[start : start + BATCH], patient=kind in REFERRED)

    async def settle_in(self, enterprises: int) -> None:
        """What lives speak of: a service group in every township, some enterprises, members, a kind of task."""
        for township in sorted({grid[:9] for grid in self.inventor.grids}):
            self.inventor.groups[township] = await self._made(self.inventor.formed(township))
        for n in range(enterprises):
            life = self.inventor.registered()
            [step] = life.steps
            if n == 0:
                body = {**step.body, "area_code": self.inventor.quick[0]}
                life = Life([step._replace(body=body)])
            self.inventor.enterprises.append(await self._made(life))
        accounts = [SUBJECTS["first"], SUBJECTS["second"], *map("chaos-{}".format, range(MEMBERS))]
        for account in accounts:
            step = helping.member(self.inventor, account)
            self.inventor.members.append(await self._made(Life([step])))
        await self._made(Life([helping.admitted(self.inventor)]))
        await self._made(helping.tasked(self.inventor))

    async def _made(self, life: Life) -> UUID:
        while await self.taken(life.steps[0], {}, patient=True) is None:
            pass
        return life.steps[0].id

    async def _live(self, life: Life) -> None:
        versions: dict[UUID, int] = {}
        for step in life.steps:
            reply = await self.taken(step, versions, life.patient)
            if reply is None or reply.receipt is None:
                return
            versions[step.id] = reply.receipt.version

    async def taken(self, step: Step, versions: dict[UUID, int], patient: bool) -> Reply | None:
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

    async def sent(self, steps: Sequence[Step], patient: bool) -> None:
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


def _worth_asking(reply: Reply, patient: bool) -> bool:
    return reply.outcome == "unknown" or (
        patient and reply.outcome == "refused" and reply.code in PATIENT_WITH
    )


async def over_and_over(act: Act, stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        await act()
