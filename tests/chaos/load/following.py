"""A device that follows what changes (`GET /v1/grid/sync`), page by page, whatever fails meanwhile."""

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

PATH = "/v1/grid/sync"
PAGE_SECONDS, PAUSE_SECONDS = 30.0, 1.0
Held = dict[str, dict[str, int | None]]
"""By noun and id, the version; None where lists tell none."""


@dataclass
class Follower:
    """`held`: what it has been told of and was not told is gone. `since`: where it goes on."""

    session: aiohttp.ClientSession
    url: str
    bearer: str
    since: str | None = None
    held: Held = field(default_factory=dict)

    async def follow(self) -> None:
        """One round, as far as the service answers."""
        more = True
        while more and (told := await self._page()):
            if "code" in told:
                self.since, self.held = None, {}
            else:
                self._take(told)
                more = told["more"]
        await asyncio.sleep(PAUSE_SECONDS)

    async def catch_up(self) -> None:
        """Until nothing is left to be told, by a service that answers."""
        while (told := await self._page()) and "code" not in told:
            self._take(told)
            if not told["more"]:
                return
        raise RuntimeError(f"the device is not told: {told}")

    def keep(self, file: Path) -> None:
        file.write_text(json.dumps({"since": self.since, "held": self.held}))

    def wake(self, file: Path) -> None:
        kept = json.loads(file.read_text())
        self.since, self.held = kept["since"], kept["held"]

    def _take(self, told: dict[str, Any]) -> None:
        for noun, lines in told["records"].items():
            of = self.held.setdefault(noun, {})
            of.update((line["id"], line.get("version")) for line in lines)
        for noun, ids in told["gone"].items():
            for id_ in ids:
                self.held.get(noun, {}).pop(id_, None)
        self.since = told["next"]

    async def _page(self) -> dict[str, Any] | None:
        """None where no answer came, or none from which anything follows."""
        query = {"limit": "500"} | ({"since": self.since} if self.since else {})
        headers = {"Authorization": f"Bearer {self.bearer}"}
        try:
            async with self.session.get(
                f"{self.url}{PATH}",
                params=query,
                headers=headers,
                timeout=aiohttp.ClientTimeout(PAGE_SECONDS),
            ) as answer:
                told: dict[str, Any] = await answer.json()
                return told if answer.status in (200, 409) else None
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return None


def held_beside(history: Path) -> Path:
    """What the device holds when the load ends."""
    return history.with_name("held.json")
