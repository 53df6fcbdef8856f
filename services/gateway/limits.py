"""How much one principal may ask for, and what it is told about it (RateLimit header fields)."""

import asyncio
import math
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Literal, NamedTuple

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from pydantic import Field
from pydantic_settings import BaseSettings

from services.chassis.identity.caller import Caller

CostClass = Literal["read", "write", "token", "lookup"]
"""`token` is for the development issuer, whose callers have no identity yet; `lookup` for whoever has a report's code."""

WINDOW_SECONDS = 60
SWEEP_SECONDS = 30.0


class RateLimitSettings(BaseSettings):
    """Requests per minute of one principal. Part of the gateway's settings."""

    rate_limit_read: int = Field(3000, ge=1)
    rate_limit_write: int = Field(3000, ge=1)
    rate_limit_token: int = Field(600, ge=1)
    rate_limit_lookup: int = Field(20, ge=1, description="of one address")


class Allowance(NamedTuple):
    """Whether the request may pass, and what is left in the window."""

    allowed: bool
    cost_class: CostClass
    limit: int
    remaining: int
    reset_seconds: int

    def headers(self) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers-11; `Retry-After` only when refused."""
        name = f'"{self.cost_class}"'
        fields = {
            "RateLimit-Policy": f"{name};q={self.limit};w={WINDOW_SECONDS}",
            "RateLimit": f"{name};r={self.remaining};t={self.reset_seconds}",
        }
        if not self.allowed:
            fields["Retry-After"] = str(self.reset_seconds)
        return fields


class RateLimiter:
    """Counts in a sliding window, in this process's memory."""

    def __init__(self, settings: RateLimitSettings) -> None:
        self._storage = MemoryStorage()
        self._limiter = SlidingWindowCounterRateLimiter(self._storage)
        self._limits: dict[CostClass, RateLimitItemPerMinute] = {
            "read": RateLimitItemPerMinute(settings.rate_limit_read),
            "write": RateLimitItemPerMinute(settings.rate_limit_write),
            "token": RateLimitItemPerMinute(settings.rate_limit_token),
            "lookup": RateLimitItemPerMinute(settings.rate_limit_lookup),
        }

    async def hit(self, principal: str, cost_class: CostClass) -> Allowance:
        """Count one request of `principal` (see `principal_of`). Never refuses by itself."""
        self._sweep_now_and_then()
        limit = self._limits[cost_class]
        allowed = await self._limiter.hit(limit, cost_class, principal)
        window = _Window(
            *await self._storage.get_sliding_window(
                limit.key_for(cost_class, principal), WINDOW_SECONDS
            )
        )
        if allowed:
            left = max(0, limit.amount - math.floor(window.weight))
            return Allowance(True, cost_class, limit.amount, left, math.ceil(window.seconds_left))
        return Allowance(False, cost_class, limit.amount, 0, window.seconds_until(limit.amount))

    def _sweep_now_and_then(self) -> None:
        # While its timer runs, the storage does not go through all counters at every hit.
        if self._storage.timer is None or self._storage.timer.done():
            self._storage.timer = asyncio.create_task(self._sweep())

    async def _sweep(self) -> None:
        await asyncio.sleep(SWEEP_SECONDS)
        for counter in list(self._storage.expirations):
            await self._storage.get(counter)  # forgets it when its time is over


class _Window(NamedTuple):
    """Counts of the minute before and of this one. What was counted before weighs less and less."""

    before: int
    before_expires_in: float
    current: int
    current_expires_in: float

    @property
    def weight(self) -> float:
        return self.before * self.before_expires_in / WINDOW_SECONDS + self.current

    @property
    def seconds_left(self) -> float:
        return self.current_expires_in - WINDOW_SECONDS

    def seconds_until(self, limit: int) -> int:
        """Whole seconds until one more fits. (The library's own figure is sometimes too early.)"""
        if self.weight < limit:
            return 1
        if self.current < limit:
            wait = self.before_expires_in - WINDOW_SECONDS * (limit - self.current) / self.before
        else:
            wait = self.seconds_left + WINDOW_SECONDS * (1 - limit / self.current)
        return math.floor(max(0.0, wait) + 0.001) + 1


def principal_of(caller: Caller | None, address: str) -> str:
    """Whose allowance a request uses: the subject's, or without one the address's.

    An IPv6 network of 64 bits counts as one: anybody there has all of its addresses.
    """
    if caller is not None:
        return f"sub:{caller.subject}"
    try:
        parsed = ip_address(address)
    except ValueError:
        return "ip:unknown"
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    if isinstance(parsed, IPv6Address):
        return f"ip:{ip_network((parsed, 64), strict=False)}"
    return f"ip:{parsed}"
