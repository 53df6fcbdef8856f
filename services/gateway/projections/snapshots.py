"""Reading the services' snapshots: one aggregate behind a version gap, or all of a service."""

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any
from uuid import UUID

import aiohttp

from services.chassis.errors import Unavailable
from services.chassis.identity.caller import job
from services.chassis.identity.internal_token import INTERNAL_TOKEN_HEADER, Signer
from services.gateway.projections.cards import Projection
from services.gateway.projections.fold import Fact

TIMEOUT = aiohttp.ClientTimeout(total=10)


class ServiceUnreachable(Unavailable):
    def __init__(self, service: str) -> None:
        super().__init__(f"服务 {service} 暂时无法访问。", f"Service {service} cannot be reached.")


class Services:
    """The services behind the gateway, called as `svc:gateway`."""

    def __init__(
        self, session: aiohttp.ClientSession, signer: Signer, urls: Mapping[str, str]
    ) -> None:
        self.session, self.signer, self.urls = session, signer, urls

    async def get(self, service: str, path: str, **parameters: str | int) -> dict[str, Any]:
        headers = {INTERNAL_TOKEN_HEADER: self.signer.sign(job("gateway"))}
        url = f"{self.urls[service]}{path}"
        try:
            async with self.session.get(
                url, headers=headers, params=parameters, timeout=TIMEOUT, allow_redirects=False
            ) as answer:
                answer.raise_for_status()
                found: dict[str, Any] = await answer.json()
                return found
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ServiceUnreachable(service) from error

    async def epoch(self, service: str) -> int:
        return int((await self.get(service, "/internal/watermark"))["epoch"])

    async def one(self, projection: Projection, id: UUID) -> Fact | None:
        page = await self.get(
            projection.service, f"/internal/snapshot/{projection.noun}", only=str(id)
        )
        return next(iter(_facts(projection, page["epoch"], page["items"])), None)

    async def all(self, projection: Projection) -> AsyncIterator[list[Fact]]:
        """Every aggregate of a noun, in pages."""
        after: dict[str, str] = {}
        while True:
            path = f"/internal/snapshot/{projection.noun}"
            page = await self.get(projection.service, path, limit=1000, **after)
            yield _facts(projection, page["epoch"], page["items"])
            if page["next"] is None:
                return
            after = {"after": page["next"]}


def _facts(projection: Projection, epoch: int, items: Iterable[dict[str, Any]]) -> list[Fact]:
    return [
        Fact(
            projection,
            UUID(item["id"]),
            epoch,
            item["version"],
            projection.snapshot.model_validate(item["event"]),
        )
        for item in items
    ]
