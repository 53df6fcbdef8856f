from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from services.contracts.grid_outreach import (
    DemolitionSnapshot,
    MaterialEntrySnapshot,
    PatrolSnapshot,
    SurveyReturnSnapshot,
    SurveySnapshot,
)
from services.gateway.projections.cards import Entry
from services.gateway.projections.registry import BY_TOPIC

GRID = "330703105291001"
EVENING = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)  # 23:30 in the district
DAY = date(2026, 3, 2)


def entries(event: Any) -> list[Entry]:
    return list(BY_TOPIC[event.topic].entries(event))


def patrol(**facts: Any) -> PatrolSnapshot:
    usual: dict[str, Any] = {
        "area_code": GRID,
        "occurred_at": EVENING,
        "correlation_id": UUID(int=1),
        "status": "FINISHED",
        "campaign": None,
        "participants": 4,
        "started_at": EVENING,
        "ended_at": EVENING.replace(hour=17),
        "is_covering": True,
    }
    return PatrolSnapshot(**usual | facts)


def test_a_patrol_counts_its_people_on_the_day_on_which_it_started() -> None:
    person_times, covering = entries(patrol())
    assert person_times == Entry("patrol_person_times", GRID, DAY, 4, "NONE")
    assert covering == Entry("patrols_covering", GRID, DAY, dimension=GRID)


def test_person_times_are_told_by_campaign() -> None:
    assert entries(patrol(campaign="F-1"))[0].dimension == "F-1"


@pytest.mark.parametrize("status", ["RUNNING", "VOIDED"])
def test_a_patrol_that_runs_or_was_voided_counts_nowhere(status: str) -> None:
    assert entries(patrol(status=status)) == []


@pytest.mark.parametrize("facts", [{"is_covering": False}, {"area_code": GRID[:12]}])
def test_a_doubtful_patrol_covers_no_grid_and_counts_all_the_same(facts: dict[str, Any]) -> None:
    assert [entry.metric for entry in entries(patrol(**facts))] == ["patrol_person_times"]


def demolition(**facts: Any) -> DemolitionSnapshot:
    usual: dict[str, Any] = {
        "area_code": GRID,
        "occurred_at": EVENING,
        "correlation_id": UUID(int=1),
        "status": "RECORDED",
        "campaign": None,
        "structure": "FRAME",
        "owner_type": "ENTERPRISE",
        "area_m2": "120.35",
        "mode": "ASSISTED",
        "demolished_on": DAY,
    }
    return DemolitionSnapshot(**usual | facts)


def test_a_demolition_counts_hundredths_of_a_square_metre() -> None:
    assert entries(demolition(status="CONFIRMED")) == [
        Entry("demolished_m2", GRID, DAY, 12035, "ASSISTED"),
        Entry("demolitions_confirmed", GRID, DAY),
    ]
    assert entries(demolition(area_m2="0.29"))[0].n == 29  # which is less in floating point


def test_what_nobody_has_confirmed_is_told_apart() -> None:
    assert entries(demolition(status="RECORDED")) == [
        Entry("demolished_unconfirmed_m2", GRID, DAY, 12035, "ASSISTED")
    ]


def test_a_voided_demolition_counts_nowhere() -> None:
    assert entries(demolition(status="VOIDED")) == []


def material(**facts: Any) -> MaterialEntrySnapshot:
    usual: dict[str, Any] = {
        "area_code": GRID,
        "occurred_at": EVENING,
        "correlation_id": UUID(int=1),
        "item_id": UUID(int=2),
        "item_kind": "LEAFLET",
        "entry_kind": "DISTRIBUTION",
        "quantity": 120,
        "recipient": "PUBLIC",
        "campaign": None,
        "counters": None,
    }
    return MaterialEntrySnapshot(**usual | facts)


@pytest.mark.parametrize(
    ("kind", "metric"),
    [
        ("LEAFLET", "leaflets_distributed"),
        ("PROMO", "promo_items_distributed"),
        ("QUESTIONNAIRE", "questionnaires_distributed"),
    ],
)
def test_what_is_given_is_told_by_kind(kind: str, metric: str) -> None:
    assert entries(material(item_kind=kind)) == [Entry(metric, GRID, DAY, 120, "NONE")]


@pytest.mark.parametrize("kind", ["STOCK_IN", "ISSUE"])
def test_what_is_in_stock_or_issued_has_reached_nobody(kind: str) -> None:
    assert entries(material(entry_kind=kind)) == []


def test_a_counter_entry_takes_away_on_its_own_day() -> None:
    later = EVENING.replace(day=9)
    (entry,) = entries(material(quantity=-120, counters=UUID(int=3), occurred_at=later))
    assert (entry.n, entry.day) == (-120, DAY.replace(day=9))


def survey(**facts: Any) -> SurveySnapshot:
    result = {
        "area_code": GRID[:9],
        "handed_out": 400,
        "returned": 380,
        "valid": 371,
        "unsure": 6,
        "safe": 352,
        "strictly_safe": 240,
        "aware": 330,
        "took_part": 228,
    }
    usual: dict[str, Any] = {
        "area_code": GRID[:6],
        "occurred_at": EVENING,
        "correlation_id": UUID(int=1),
        "status": "CLOSED",
        "starts_on": DAY.replace(day=1),
        "ends_on": DAY,
        "closed_on": DAY,
        "results": [result, result | {"area_code": "330703101"}],
    }
    return SurveySnapshot(**usual | facts)


def test_an_open_survey_tells_nothing() -> None:
    assert entries(survey(status="OPEN", closed_on=None, results=[])) == []


def test_a_closed_survey_counts_on_its_last_day_in_each_township() -> None:
    found = entries(survey())
    assert {(entry.area, entry.day) for entry in found} == {(GRID[:9], DAY), ("330703101", DAY)}
    assert {entry.metric: entry.n for entry in found if entry.area == GRID[:9]} == {
        "survey_handed_out": 400,
        "survey_excluded": 9,
        "survey_valid": 371,
        "survey_unsure": 6,
        "survey_sure": 365,
        "survey_safe": 352,
        "survey_strictly_safe": 240,
        "survey_aware": 330,
        "survey_took_part": 228,
    }


def test_what_comes_back_counts_on_its_day() -> None:
    came = SurveyReturnSnapshot(
        area_code=GRID,
        occurred_at=EVENING,
        correlation_id=UUID(int=1),
        survey_id=UUID(int=1),
        channel="PAPER",
        questionnaires=100,
        valid=98,
    )
    assert entries(came) == [Entry("questionnaires_returned", GRID, DAY, 100, "PAPER")]


def test_a_demolition_with_its_photos_confirmed_counts_as_such() -> None:
    facts = {"status": "CONFIRMED", "confirmed_at": EVENING}
    told = [entry.metric for entry in entries(demolition(**facts))]
    assert told == ["demolished_m2", "demolitions_confirmed"]
