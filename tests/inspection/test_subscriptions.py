from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID, uuid4

import pytest

from services.chassis.consumer import Cause
from services.chassis.identity.caller import job
from services.chassis.operation import Call
from services.chassis.privacy.roll import Roll
from services.chassis.privacy.vault import Vault
from services.contracts.codes_grid import Category, Finder, Urgency
from services.contracts.grid import ReportAccepted
from services.contracts.inspection import hazard_id_of
from services.inspection.enterprises.queries import Enterprises, Site
from services.inspection.hazards.rules import AnotherDistrict, IdTaken, NotNumberedYet
from services.inspection.subscriptions import open_the_hazard
from tests.inspection.doing import Inspection
from tests.inspection.people import OFFICER

REPORT, CORRELATION, ENTERPRISE = UUID(int=7), UUID(int=8), UUID(int=9)
AT = datetime(2026, 11, 20, 2, tzinfo=UTC)


def accepted(
    category: Category, enterprise_id: UUID | None, area_code: str = "330703105291"
) -> ReportAccepted:
    return ReportAccepted(
        area_code=area_code,
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
    item = open_the_hazard(accepted(category, ENTERPRISE), cause)
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


async def test_it_opens_no_second_one_when_the_answer_is_kept_no_longer(
    inspection: Inspection,
) -> None:
    enterprise = await inspection.enterprise()
    event = accepted(Category.FIRE_SAFETY, UUID(enterprise["id"]))
    await consequence(inspection, event, "event-1")
    await inspection.service.fetch("delete from answer")
    assert await consequence(inspection, event, "event-1") is None
    assert (await inspection.events())[1:] == [("hazard.found", 1)]


async def test_a_row_of_another_report_is_not_taken_for_its_own(inspection: Inspection) -> None:
    enterprise = await inspection.enterprise()
    event = accepted(Category.FIRE_SAFETY, UUID(enterprise["id"]))
    await consequence(inspection, event, "event-1")
    await inspection.service.fetch("update hazard set report_id = null")
    assert isinstance(await consequence(inspection, event, "event-2"), IdTaken)


async def test_it_counts_in_the_enterprises_township_of_the_same_district(
    inspection: Inspection,
) -> None:
    enterprise = await inspection.enterprise()
    elsewhere = accepted(Category.FIRE_SAFETY, UUID(enterprise["id"]), "330702101201")
    assert isinstance(await consequence(inspection, elsewhere, "event-1"), AnotherDistrict)
    beside = accepted(Category.FIRE_SAFETY, UUID(enterprise["id"]), "330703101201")
    hazard = await consequence(inspection, beside, "event-2")
    shown = (await inspection.get(OFFICER, f"hazards/{hazard.id}")).json()
    assert shown["area_code"] == "330703105291001"


async def test_an_enterprise_that_has_left_has_no_consequence(inspection: Inspection) -> None:
    enterprise = await inspection.enterprise()
    await inspection.step(OFFICER, "enterprises", enterprise, "status", status="CLOSED")
    event = accepted(Category.FIRE_SAFETY, UUID(enterprise["id"]))
    later = event.model_copy(update={"occurred_at": datetime.now(UTC)})
    assert await consequence(inspection, later, "event-1") is None


def test_an_enterprise_that_is_registered_meanwhile_is_tried_again() -> None:
    item = open_the_hazard(accepted(Category.FIRE_SAFETY, ENTERPRISE), Cause("key", REPORT))
    assert item is not None
    given = Enterprises({ENTERPRISE: Site("330703105", "91330703MA00000157", [])})
    call = Call(
        job("inspection"),
        "svc:inspection",
        AT,
        AT,
        item.id,
        Roll(cast(Vault, None), "hazard", item.id),
    )
    with pytest.raises(NotNumberedYet):
        item.operation.apply(None, item.body, given, call)


async def test_an_enterprise_that_is_not_ours_has_no_consequence(inspection: Inspection) -> None:
    event = accepted(Category.WORK_SAFETY, uuid4())
    assert await consequence(inspection, event, "event-1") is None
    assert await inspection.events() == []
