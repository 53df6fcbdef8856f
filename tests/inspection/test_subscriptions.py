from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.chassis.consumer import Cause
from services.chassis.identity.caller import job
from services.contracts.codes_grid import Category, Finder, Urgency
from services.contracts.grid import ReportAccepted
from services.contracts.inspection import hazard_id_of
from services.inspection.subscriptions import open_the_hazard
from tests.inspection.doing import Inspection
from tests.inspection.people import OFFICER

REPORT, CORRELATION = UUID(int=7), UUID(int=8)
AT = datetime(2026, 11, 20, 2, tzinfo=UTC)


def accepted(category: Category, enterprise_id: UUID | None) -> ReportAccepted:
    return ReportAccepted(
        area_code="330703105291",
        occurred_at=AT,
        correlation_id=CORRELATION,
        category=category,
        urgency=Urgency.NORMAL,
        finder=Finder.RED_MEMBER,
        enterprise_id=enterprise_id,
        resolve_due_at=None,
    )


async def consequence(inspection: Inspection, event: ReportAccepted, key: str) -> Any:
    item = open_the_hazard(event, Cause(key, REPORT))
    assert item is not None
    return (await inspection.service.runtime.unit.run([item], job("inspection")))[0]


@pytest.mark.parametrize("category", list(Category))
def test_only_a_safety_matter_at_an_enterprise_becomes_a_hazard(category: Category) -> None:
    cause = Cause("key", REPORT)
    assert open_the_hazard(accepted(category, None), cause) is None
    item = open_the_hazard(accepted(category, UUID(int=9)), cause)
    is_safety = category in (Category.WORK_SAFETY, Category.FIRE_SAFETY)
    assert (item.id if item else None) == (hazard_id_of(REPORT) if is_safety else None)


async def test_an_accepted_report_opens_one_hazard(inspection: Inspection) -> None:
    enterprise = await inspection.enterprise()
    event = accepted(Category.FIRE_SAFETY, UUID(enterprise["id"]))
    first = await consequence(inspection, event, "event-1")
    again = await consequence(inspection, event, "event-1")
    assert again.replayed
    assert (first.id, first.version) == (again.id, again.version) == (hazard_id_of(REPORT), 1)
    shown = (await inspection.get(OFFICER, f"hazards/{first.id}")).json()
    assert (shown["source"], shown["domain"], shown["level"]) == ("GRID", "FIRE", "GENERAL")
    assert (shown["report_id"], shown["correlation_id"]) == (str(REPORT), str(CORRELATION))
    assert shown["area_code"] == "330703105291001"
    assert datetime.fromisoformat(shown["found_at"]) == AT
    assert shown["number"].startswith("HZ33070310520261120")


async def test_an_enterprise_that_is_not_ours_has_no_consequence(inspection: Inspection) -> None:
    event = accepted(Category.WORK_SAFETY, uuid4())
    assert await consequence(inspection, event, "event-1") is None
    assert await inspection.events() == []
