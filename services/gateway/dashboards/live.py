"""What every dashboard depends on besides the question, kept in memory: PostgreSQL tells of each change."""

import asyncio
from contextlib import suppress

from services.chassis.session import TAKEOVER_SECONDS, session
from services.gateway.dashboards.sections import Seen, look

CHANNEL = "figures"


class Live:
    """`seen` is None while the database may have changed unheard: then it must be asked."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.seen: Seen | None = None
        self.news = asyncio.Event()
        """Is set, and replaced, when something may have changed since it was taken."""

    async def run(self) -> None:
        """One session: look whenever something has changed, and now and then whether it has."""
        changed = asyncio.Event()
        try:
            async with session(self.url, "dashboards") as connection:
                connection.add_termination_listener(lambda _: self._forget())
                await connection.add_listener(CHANNEL, lambda *_: changed.set())
                while True:
                    changed.clear()
                    self.seen = await look(connection)
                    self.news.set()
                    self.news = asyncio.Event()
                    with suppress(TimeoutError):
                        await asyncio.wait_for(changed.wait(), TAKEOVER_SECONDS / 4)
        finally:
            self._forget()

    def _forget(self) -> None:
        self.seen = None
