"""Creations that come at the same time are written together, by one statement: a commit costs the same for
one as for many (ADR 0002). Who comes alone waits for nobody, and what goes wrong is run again by itself.
"""

import asyncio
from collections import deque
from collections.abc import Sequence

from services.chassis.database import DatabaseUnavailable
from services.chassis.decision import Result
from services.chassis.operation import Wish
from services.chassis.unit import Unit

MOST = 100
PATIENCE = "50ms"
"""How long the twin of one may hold up the others."""


class Together:
    """Of one service. `result` is what `Unit.run` would say of the wish, a creation."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self._waiting: deque[tuple[Wish, asyncio.Future[Result | None]]] = deque()
        self._writer: asyncio.Task[None] | None = None

    async def result(self, wish: Wish) -> Result:
        if not wish.item.operation.locks:
            told: asyncio.Future[Result | None] = asyncio.get_running_loop().create_future()
            self._waiting.append((wish, told))
            self._writer = self._writer or asyncio.create_task(self._write())
            if result := await told:
                return result
        (result,) = await self.unit.run([wish.item], wish.caller, trace=wish.trace)
        return result

    async def _write(self) -> None:
        """One writer: what comes while it writes is written next."""
        try:
            while self._waiting:
                some = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
                results = await self._results([wish for wish, _ in some])
                for (_, told), result in zip(some, results, strict=True):
                    if not told.done():
                        told.set_result(result)
        finally:
            self._writer = None

    async def _results(self, wishes: Sequence[Wish]) -> Sequence[Result | None]:
        try:
            return await self.unit.creations(wishes, PATIENCE)
        except DatabaseUnavailable as lost:
            return [lost] * len(wishes)  # it may be written: to do it again could double it
        except Exception:
            return [None] * len(wishes)  # each by itself will tell why
