"""A batch whose answer was lost is sent again while the first is still at work."""

from typing import Any
from uuid import uuid4

import pytest

from services.chassis.unit import _Run
from tests.support.running import Running
from tests.training.calls import OFFICER, presence, registered, started


async def test_what_a_twin_has_done_before_the_loader_looks_is_no_refusal(
    training: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, trainee = await started(training), await registered(training)
    id, body = str(uuid4()), presence(session, trainee)
    items = [{"operation": "record_attendance", "id": id, "key": id, "body": body}]
    load, outcomes = _Run._given, list[str]()

    async def send() -> None:
        answer = await training.call(OFFICER, "POST", "/v1/training/batch", {"items": items})
        outcomes.append(answer.json()["results"][0]["outcome"])

    async def beaten(run: _Run, connection: Any) -> dict[str, Any]:
        monkeypatch.setattr(_Run, "_given", load)
        await send()
        return await load(run, connection)

    monkeypatch.setattr(_Run, "_given", beaten)
    await send()
    assert outcomes == ["applied", "duplicate"]
