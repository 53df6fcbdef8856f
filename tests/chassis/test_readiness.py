import pytest

from services.chassis.http import internals
from tests.support.running import Running


async def ready(grid: Running) -> tuple[int, dict[str, str]]:
    answer = await grid.client.get("/readyz")
    return answer.status_code, answer.json()


async def test_a_service_is_ready_without_its_log_but_says_so(
    grid: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await ready(grid) == (200, {"database": "ok", "event_log": "ok"})
    await grid.runtime.log.stop()
    assert await ready(grid) == (200, {"database": "ok", "event_log": "ok"})  # kept for a second
    monkeypatch.setattr(internals, "monotonic", lambda: 1e12)
    assert await ready(grid) == (200, {"database": "ok", "event_log": "unreachable"})
