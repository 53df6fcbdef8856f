"""Reading the services' snapshots: one aggregate behind a version gap, or all of a service."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import aiohttp

from services.chassis.errors import Unavailable
from services.chassis.identity.caller import job
from services.chassis.identity.internal_token import INTERNAL_TOKEN_HEADER, Signer
from services.gateway.projections.cards import Projection
from services.gateway.projections.fold import Fact
from services.gateway.projections.registry import SERVICES

PAGE = aiohttp.ClientTimeout(total=10)
WATERMARK = aiohttp.ClientTimeout(total=4)


class UrlMissing(SystemExit):
    """Ends the process at start-up with the reason, zh and en."""

    def __init__(self, services: Sequence[str]) -> None:
        names = ", ".join(services)
        super().__init__(f"SERVICE_URLS 缺少：{names}。 / SERVICE_URLS does not name: {names}.")


class ServiceUnreachable(Unavailable):
    def __init__(self, service: str) -> None:
        super().__init__(f"服务 {service} 暂时无法访问。", f"Service {service} cannot be reached.")


class Services:
    """The services behind the gateway, called as `svc:gateway`."""

    def __init__(
        self, session: aiohttp.ClientSession, signer: Signer, urls: Mapping[str, str]
    ) -> None:
        if missing := [service for service in SERVICES if service not in urls]:
            raise UrlMissing(missing)
        self.session, self.signer, self.urls = session, signer, urls

    async def watermark(self, service: str) -> dict[str, Any]:
        """Through when the service has published everything, and its epoch."""
        return await self._get(service, "/internal/watermark", WATERMARK)

    async def epoch(self, service: str) -> int:
        return int((await self.watermark(service))["epoch"])

    async def _get(
        self, service: str, path: str, within: aiohttp.ClientTimeout, **parameters: str | int
    ) -> dict[str, Any]:
        headers = {INTERNAL_TOKEN_HEADER: self.signer.sign(job("gateway"))}
        url = f"{self.urls[service]}{path}"
        try:
            async with self.session.get(
                url, headers=headers, params=parameters, timeout=within, allow_redirects=False
            ) as answer:
                answer.raise_for_status()
                found: dict[str, Any] = await answer.json()
                return found
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ServiceUnreachable(service) from error

    async def one(self, projection: Projection, id: UUID) -> Fact | None:
        path = f"/internal/snapshot/{projection.noun}"
        page = await self._get(projection.service, path, PAGE, only=str(id))
        return next(iter(_facts(projection, page["epoch"], page["items"])), None)

    async def lost_files(self, service: str) -> AsyncIterator[tuple[Any, ...]]:
        """Files that the service holds for whole, and its store has not, or not as long: id, its record's noun and
        id, how long it is, and what is there."""
        after: dict[str, str] = {}
        while True:
            page = await self._get(service, "/internal/attachments/lost", PAGE, **after)
            for lost in page["lost"]:
                yield tuple(lost.values())
            if page["next"] is None:
                return
            after = {"after": page["next"]}

    async def all(self, projection: Projection) -> AsyncIterator[list[Fact]]:
        """Every aggregate of a noun, in pages."""
        after: dict[str, str] = {}
        while True:
            path = f"/internal/snapshot/{projection.noun}"
            page = await self._get(projection.service, path, PAGE, limit=1000, **after)
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
