"""What the dashboards know without asking, and that they ask while they may not know."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.gateway.dashboards import router, sections
from tests.gateway.district import DISTRICT, District
from tests.support.running import eventually

PATH = f"/v1/districts/{DISTRICT}/dashboard"
PERIOD = {"from": "2026-01-03", "to": "2026-03-03"}
LISTENING = "select pid from pg_stat_activity where application_name = 'jinding-dashboards' and datname = current_database()"


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Filled by every dashboard that asks the database."""
    asked: list[Any] = []
    look = sections.look

    async def counted(connection: Any) -> Any:
        asked.append(connection)
        return await look(connection)

    monkeypatch.setattr(router, "look", counted)
    return asked


async def shown(jindong: District, role: str = "district_operator") -> dict[str, Any]:
    answer = await jindong.get(PATH, role, **PERIOD)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_an_equal_question_is_answered_without_asking(
    jindong: District, looks: list[Any]
) -> None:
    async def unasked() -> bool:
        first, before = await shown(jindong), len(looks)
        again = await shown(jindong)
        return again == first and len(looks) == before

    await eventually(unasked)


async def test_other_roles_ask_for_themselves(jindong: District) -> None:
    await shown(jindong)
    answer = await jindong.get(PATH, "resident", **PERIOD)
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")


async def test_a_change_is_told_of(jindong: District) -> None:
    live = jindong.system.apps["gateway"].state.gateway.live
    await eventually(_seen(live))
    before = live.seen.versions["grid"]
    await jindong.system.fetch(
        "gateway", "update folded set version = version + 1 where service = 'grid'"
    )

    async def told() -> bool:
        return bool(live.seen and live.seen.versions["grid"] > before)

    await eventually(told, 0.9)  # sooner than it looks by itself


async def test_while_it_cannot_hear_it_knows_nothing_and_dashboards_ask(
    jindong: District, looks: list[Any]
) -> None:
    live = jindong.system.apps["gateway"].state.gateway.live
    await eventually(_seen(live))
    await jindong.system.fetch(
        "gateway", f"select pg_terminate_backend(pid) from ({LISTENING}) as them"
    )

    async def deaf() -> bool:
        return live.seen is None

    await eventually(deaf)
    before = len(looks)
    now = datetime.now(UTC)
    assert (await shown(jindong))["area"] == DISTRICT
    assert live.seen is not None or len(looks) > before, now
    await eventually(_seen(live))


def _seen(live: Any) -> Any:
    async def seen() -> bool:
        return live.seen is not None

    return seen
