"""A trainee who was erased may register again; until the archive rule's years are over, none is erased."""

from datetime import UTC, datetime
from uuid import uuid4

from services.chassis.consumer import Cause
from services.chassis.erasure.erasing import order
from services.contracts.grid_subjects import SubjectErased
from services.training.subscriptions import ERASURES
from tests.support.running import Running
from tests.training.calls import HALLS_TOWNSHIP, TRAINEE, TRAINEES, created


async def erased(training: Running) -> str:
    """What becomes of the order to erase `TRAINEE`."""
    vault = training.runtime.unit.vault
    event = SubjectErased(
        area_code="330703",
        occurred_at=datetime.now(UTC),
        correlation_id=uuid4(),
        resident_index=None,
        phone_index=vault.index("phone", TRAINEE["phone"]).hex(),
        confirm_due_at=None,
    )
    item = order(ERASURES, event, Cause(str(uuid4()), uuid4()))
    [receipt] = await training.runtime.unit.run([item], training.runtime.subscriber.caller)
    return str(receipt.status)


async def test_an_erased_trainee_may_register_again(training: Running) -> None:
    first = await created(training, HALLS_TOWNSHIP, TRAINEES, TRAINEE)
    assert await erased(training) == "HELD"
    again = await training.call(HALLS_TOWNSHIP, "POST", TRAINEES, TRAINEE)
    assert again.json()["code"] == "already_registered"
    await training.fetch("update retention_rule set at_least_days = null")
    assert await erased(training) == "ERASED"
    second = await created(training, HALLS_TOWNSHIP, TRAINEES, TRAINEE)
    listed = (await training.call(HALLS_TOWNSHIP, "GET", TRAINEES)).json()["items"]
    shown = {line["id"]: (line["masked_name"], line["erased"]) for line in listed}
    assert shown[first["id"]] == ("已删除", True)
    assert shown[second["id"]] == ("欧阳**", False)
