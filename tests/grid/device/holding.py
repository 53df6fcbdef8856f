"""A device, as far as it syncs: it holds what it is told, by the rules of `docs/device.md`."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from services.chassis.identity.caller import Caller
from tests.support.running import Running

SYNC = "/v1/grid/sync"


@dataclass
class Device:
    """`held`: by noun and id. `told`: every page of the last round."""

    caller: Caller
    limit: int = 200
    nouns: tuple[str, ...] = ()
    cursor: str | None = None
    held: dict[str, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    told: list[dict[str, Any]] = field(default_factory=list)

    async def sync(self, grid: Running) -> None:
        self.told = []
        while not self.told or self.told[-1]["more"]:
            await self.page(grid)

    async def page(self, grid: Running) -> None:
        query = {"since": self.cursor} if self.cursor else {"noun": [*self.nouns]}
        answer = await grid.call(self.caller, "GET", SYNC, limit=self.limit, **query)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        for noun, rows in page["records"].items():
            self.held[noun] |= {row["id"]: row for row in rows}
        for noun, ids in page["gone"].items():
            for id_ in ids:
                self.held[noun].pop(id_, None)
        self.cursor = page["next"]
        self.told.append(page)

    def news(self, what: str = "records", noun: str = "report") -> list[Any]:
        """What the last round told of a noun: records, or ids of what is gone."""
        return [each for page in self.told for each in page[what][noun]]


async def listed(grid: Running, caller: Caller, path: str = "reports") -> dict[str, Any]:
    """What the caller's list shows, by id."""
    answer = await grid.call(caller, "GET", f"/v1/grid/{path}", limit=200)
    assert answer.json()["next"] is None
    return {row["id"]: row for row in answer.json()["items"]}


def lines(rows: dict[str, Any]) -> dict[str, Any]:
    """Without what a list adds for its own paging."""
    return {id_: {k: v for k, v in row.items() if k != "created_at"} for id_, row in rows.items()}
