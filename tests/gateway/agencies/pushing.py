"""A gateway's database, an agency that is pushed to, and a sender whose rounds a test makes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.chassis.session import session
from services.gateway.agencies.partners import Partners
from services.gateway.agencies.push import DeliveryOut, Pushes, PushOut
from services.gateway.agencies.scope import Scope
from services.gateway.agencies.sender import Sender
from services.gateway.dashboards.live import Live
from services.gateway.projections.fold import Fact
from tests.gateway.agencies.feeding import WHOLE
from tests.gateway.agencies.receiving import Receiver
from tests.gateway.projections.projecting import Projecting, settle
from tests.support.auditing import audit_of


@dataclass
class Pushing:
    gateway: Projecting
    receiver: Receiver
    url: str
    """The database's."""

    @property
    def partners(self) -> Partners:
        return Partners(audit_of(self.gateway.database), "tester")

    @property
    def pushes(self) -> Pushes:
        return Pushes(audit_of(self.gateway.database), "tester")

    def sender(self, **settings: Any) -> Sender:
        return Sender(self.url, self.receiver.settings(**settings), Live(self.url))

    async def agency(self, id_: str = "fire", scope: Scope = WHOLE) -> str:
        """It is told at the receiver from now on; its secret."""
        await self.partners.add(id_, "某单位", "An agency", scope, "协议一")
        return await self.pushes.to(id_, f"{self.receiver.url}&to={id_}") or ""

    async def happen(self, facts: Sequence[Fact]) -> None:
        await settle(self.gateway.runner(), self.gateway.records(facts))

    async def round(self, **settings: Any) -> int:
        """How many notices came of it. All the time that was to be waited for has passed."""
        before = len(self.receiver.got)
        await self.gateway.fetch("update agency_push set next_at = now() returning 1")
        async with session(self.url, "push") as connection:
            await self.sender(**settings).round(connection)
        return len(self.receiver.got) - before

    async def state(self, id_: str = "fire") -> PushOut:
        state, _ = await self.pushes.all(id_, 1)
        assert state
        return state

    async def log(self, id_: str = "fire") -> list[DeliveryOut]:
        """The oldest first."""
        _, deliveries = await self.pushes.all(id_, 1000)
        return deliveries[::-1]

    @property
    def ids(self) -> list[str]:
        return [got.headers["webhook-id"] for got in self.receiver.got]

    @property
    def until(self) -> str:
        """The cursor that was told last."""
        told: str = json.loads(self.receiver.got[-1].body)["data"]["until"]
        return told


def pushing(gateway: Projecting, receiver: Receiver) -> Pushing:
    url = gateway.database.engine.url.render_as_string(hide_password=False)
    return Pushing(gateway, receiver, url)
