import asyncio
import time

import pytest

from services.chassis.identity.caller import Caller
from services.gateway.limits import Allowance, RateLimiter, RateLimitSettings, principal_of

START = 1_800_000_000.0


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = START
        monkeypatch.setattr(time, "time", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def limiter() -> RateLimiter:
    return RateLimiter(RateLimitSettings(rate_limit_read=4, rate_limit_write=2))


async def test_what_is_beyond_the_limit_is_not_allowed_and_says_when(clock: Clock) -> None:
    limits = limiter()
    hits = [await limits.hit("sub:a1", "read") for _ in range(5)]
    assert [hit.allowed for hit in hits] == [True] * 4 + [False]
    assert [hit.remaining for hit in hits] == [3, 2, 1, 0, 0]
    assert hits[0].headers() == {
        "RateLimit-Policy": '"read";q=4;w=60',
        "RateLimit": '"read";r=3;t=60',
    }
    assert hits[4].headers() == {
        "RateLimit-Policy": '"read";q=4;w=60',
        "RateLimit": '"read";r=0;t=61',
        "Retry-After": "61",
    }


async def test_waiting_as_told_is_enough(clock: Clock) -> None:
    limits = limiter()
    for _ in range(200):
        while (hit := await limits.hit("sub:a1", "read")).allowed:
            clock.now += 0.37
        clock.now += int(hit.headers()["Retry-After"])
        assert (await limits.hit("sub:a1", "read")).allowed


async def test_principals_who_went_away_are_forgotten(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.gateway.limits.SWEEP_SECONDS", 0)
    limits = limiter()
    for number in range(100):
        await limits.hit(f"sub:{number}", "read")
    assert len(limits._storage.storage) == 100
    clock.now += 121
    async with asyncio.timeout(5):
        while len(limits._storage.storage) > 1:
            await limits.hit("sub:last", "read")
            await asyncio.sleep(0)
    assert [key for key in limits._storage.storage if "sub:last" not in key] == []


async def test_principals_and_classes_do_not_share(clock: Clock) -> None:
    limits = limiter()
    for _ in range(2):
        assert (await limits.hit("sub:a1", "write")).allowed
    assert not (await limits.hit("sub:a1", "write")).allowed
    assert (await limits.hit("sub:a1", "read")).allowed
    assert (await limits.hit("sub:b2", "write")).allowed


async def test_defaults_are_for_people_and_devices_of_a_district(clock: Clock) -> None:
    limits = RateLimiter(RateLimitSettings())
    assert await limits.hit("sub:a1", "read") == Allowance(True, "read", 3000, 2999, 60)
    assert await limits.hit("sub:a1", "write") == Allowance(True, "write", 3000, 2999, 60)
    assert await limits.hit("ip:10.0.0.1", "token") == Allowance(True, "token", 600, 599, 60)


@pytest.mark.parametrize(
    ("caller", "address", "principal"),
    [
        (Caller("a1"), "10.0.0.1", "sub:a1"),
        (None, "10.0.0.1", "ip:10.0.0.1"),
        (None, "::ffff:10.0.0.1", "ip:10.0.0.1"),
        (None, "2001:db8:1:2:3:4:5:6", "ip:2001:db8:1:2::/64"),
        (None, "", "ip:unknown"),
    ],
)
def test_a_principal_is_a_subject_or_a_network(
    caller: Caller | None, address: str, principal: str
) -> None:
    assert principal_of(caller, address) == principal
