"""People of the disputes service, and the order to erase them as its subscription gets it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from services.chassis.consumer import Cause
from services.chassis.decision import Receipt
from services.chassis.erasure.erasing import order
from services.contracts.grid_subjects import SubjectErased
from services.disputes.subscriptions import ERASURES
from tests.disputes.calls import APPLICANT, CASES, registered
from tests.support.people import TOWNSHIP
from tests.support.running import Running

PHONE = str(APPLICANT["phone"])
NUMBER = "330703190001011013"


async def party(service: Running, receipt: dict[str, Any], place: int = 0) -> Any:
    """How a party of the case is shown."""
    answer = await service.call(TOWNSHIP, "GET", f"{CASES}/{receipt['id']}")
    return answer.json()["parties"][place]


async def case(service: Running, phone: str = PHONE) -> dict[str, Any]:
    return await registered(service, parties=[APPLICANT | {"phone": phone}])


def ordered(service: Running, phone: str | None, number: str | None = None) -> SubjectErased:
    vault = service.runtime.unit.vault
    return SubjectErased(
        area_code="330703",
        occurred_at=datetime.now(UTC),
        correlation_id=uuid4(),
        resident_index=number and vault.index("resident_id", number).hex(),
        phone_index=phone and vault.index("phone", phone).hex(),
        confirm_due_at=None,
    )


async def erase(
    service: Running, event: SubjectErased, id: UUID | None = None, key: str | None = None
) -> Any:
    """What the subscription makes of the order; the erasure's row where it did something."""
    id = id or uuid4()
    item = order(ERASURES, event, Cause(key or str(uuid4()), id))
    [result] = await service.runtime.unit.run([item], service.runtime.subscriber.caller)
    assert result is None or isinstance(result, Receipt), result
    [row] = await service.fetch("select * from erasure where id = $1", id)
    return row
