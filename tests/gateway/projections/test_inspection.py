"""A hazard's card follows every event of its life, those of time alone too."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from services.contracts.codes_inspection import Domain, HazardSource, Level
from services.contracts.inspection import HazardFact, HazardSnapshot
from services.gateway.projections.inspection import apply_hazard
from services.inspection.hazards.models import Hazard, Plan
from services.inspection.hazards.rules import Standing, end_of

START = datetime(2017, 3, 1, 2, tzinfo=UTC)
DAY = timedelta(days=1)
OFFICER, FIRM = Standing(is_officer=True), Standing(of_enterprise=True)
PLAN = Plan(measures="清理", responsible=UUID(int=9), funds="2000", contingency="停用")


class Life:
    """A hazard and the card that its events alone have made."""

    def __init__(self) -> None:
        self.row, found = Hazard.find(
            id=UUID(int=1),
            number="HZ",
            area_code="330703105",
            enterprise_id=UUID(int=2),
            uscc="91330703MA00000157",
            level=Level.MAJOR,
            domain=Domain.FIRE,
            source=HazardSource.STATION,
            description="疏散通道堆放杂物",
            finder="expert",
            found_at=START,
        )
        self.card: HazardSnapshot | None = None
        self.after(found)

    def after(self, event: HazardFact | None, *, by_clock: bool = False) -> None:
        assert event is not None
        if not by_clock:
            self.row.occurred_at = event.occurred_at
        self.card = apply_hazard(self.card, event)
        assert self.card == self.row.snapshot()

    def planned(self, last: date, standing: Standing, at: datetime) -> None:
        plan = PLAN.model_copy(update={"deadline": last})
        self.after(self.row.plan_with(plan, standing, by="somebody", at=at))


def test_a_deadline_that_waited_for_the_calendar_is_on_the_card() -> None:
    life = Life()
    life.after(life.row.notify(None, by="officer", at=START))
    life.planned(date(2017, 3, 20), FIRM, START + DAY)
    due = end_of(date(2017, 3, 16))
    life.after(life.row.set_deadline(due, at=START + 40 * DAY), by_clock=True)
    life.after(life.row.overdue(at=due), by_clock=True)
    assert life.row.rectify_overdue_at == due


@pytest.mark.parametrize(
    ("days", "standing", "overdue"),
    [(1, OFFICER, False), (1, FIRM, False), (20, OFFICER, True), (20, FIRM, True)],
)
def test_a_plan_never_takes_a_missed_deadline_off_the_card(
    days: int, standing: Standing, overdue: bool
) -> None:
    life = Life()
    due = end_of(date(2017, 3, 16))
    life.after(life.row.notify(due, by="officer", at=START))
    if overdue:
        life.after(life.row.overdue(at=due), by_clock=True)
    life.planned(date(2017, 3, 16) if days == 1 else date(2017, 5, 1), standing, START + days * DAY)
    assert (life.row.rectify_overdue_at, life.row.rectify_due_at) == (due if overdue else None, due)


def test_two_officers_and_another_round_are_on_the_card() -> None:
    life = Life()
    row, at = life.row, START
    life.after(row.notify(end_of(date(2017, 3, 16)), by="officer", at=at))
    life.planned(date(2017, 3, 10), FIRM, at)
    life.after(row.submit("已清理", by="contact", at=at))
    life.after(row.pass_review("", OFFICER, by="officer", at=at))
    life.after(row.fail_review("未清", None, OFFICER, by="second", at=at))
    life.after(row.set_deadline(end_of(date(2017, 4, 1)), at=at + DAY), by_clock=True)
    life.after(row.submit("再清理", by="contact", at=at + DAY))
    life.after(row.pass_review("", OFFICER, by="officer", at=at + DAY))
    assert row.status == "SUBMITTED"
    life.after(row.pass_review("", OFFICER, by="second", at=at + DAY))
    life.after(row.close(OFFICER, by="officer", at=at + DAY))
    assert row.status == "CLOSED"
