"""Stocks from histories: pure."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest

from services.contracts.codes_inspection import Colour, EnterpriseStatus
from services.contracts.inspection import EnterpriseSnapshot, RatingFact, StatusFact
from services.gateway.projections.inspection import enterprise_entries

SHANGHAI = timezone(timedelta(hours=8))
OPERATING, SUSPENDED = EnterpriseStatus.OPERATING, EnterpriseStatus.SUSPENDED
MOVED_OUT, CLOSED = EnterpriseStatus.MOVED_OUT, EnterpriseStatus.CLOSED
RED, ORANGE, BLUE = Colour.RED, Colour.ORANGE, Colour.BLUE


def on(day: int, hour: int = 9) -> datetime:
    return datetime(2017, 5, day, hour, tzinfo=SHANGHAI).astimezone(UTC)


def make_card(
    statuses: list[tuple[EnterpriseStatus, datetime]],
    ratings: list[tuple[Colour | None, datetime]] | None = None,
    file_opened_at: datetime | None = None,
    is_industrial: bool = True,
) -> EnterpriseSnapshot:
    rated = [RatingFact(colour=colour, at=at) for colour, at in ratings or []]
    return EnterpriseSnapshot(
        area_code="330703105",
        occurred_at=on(1),
        correlation_id=UUID(int=1),
        industry_code="C33",
        is_industrial=is_industrial,
        registered_at=statuses[0][1],
        file_opened_at=file_opened_at,
        status=statuses[-1][0],
        statuses=[StatusFact(status=status, at=at) for status, at in statuses],
        colour=rated[-1].colour if rated else None,
        ratings=rated,
    )


def stock(card: EnterpriseSnapshot, metric: str) -> list[int]:
    """The stock at the end of each of the first seven days of May 2017."""
    changes: Counter[date] = Counter()
    for entry in enterprise_entries(card):
        changes[entry.day] += entry.n if entry.metric == metric else 0
    days = [date(2017, 5, day) for day in range(1, 8)]
    return [sum(n for day, n in changes.items() if day <= end) for end in days]


@pytest.mark.parametrize(
    ("ratings", "red", "orange"),
    [
        ([(RED, on(2))], [0, 1, 1, 1, 1, 1, 1], [0] * 7),
        ([(RED, on(2)), (ORANGE, on(4))], [0, 1, 1, 0, 0, 0, 0], [0, 0, 0, 1, 1, 1, 1]),
        ([(RED, on(2)), (ORANGE, on(2, 15))], [0] * 7, [0, 1, 1, 1, 1, 1, 1]),
        (
            [(RED, on(2)), (ORANGE, on(2, 10)), (RED, on(2, 11)), (None, on(5))],
            [0, 1, 1, 1, 0, 0, 0],
            [0] * 7,
        ),
        ([(RED, on(2)), (RED, on(4))], [0, 1, 1, 1, 1, 1, 1], [0] * 7),
        ([(RED, on(2, 23)), (BLUE, on(3, 0))], [0, 1, 0, 0, 0, 0, 0], [0] * 7),
    ],
)
def test_an_enterprise_counts_under_its_colour_at_the_end_of_each_day(
    ratings: list[tuple[Colour | None, datetime]], red: list[int], orange: list[int]
) -> None:
    card = make_card([(OPERATING, on(1))], ratings)
    assert (stock(card, "ratings_red"), stock(card, "ratings_orange")) == (red, orange)


@pytest.mark.parametrize(
    ("statuses", "operating", "on_file"),
    [
        ([(OPERATING, on(1))], [1] * 7, [0, 0, 1, 1, 1, 1, 1]),
        ([(OPERATING, on(1)), (CLOSED, on(5))], [1, 1, 1, 1, 0, 0, 0], [0, 0, 1, 1, 0, 0, 0]),
        ([(OPERATING, on(1)), (CLOSED, on(1, 12))], [0] * 7, [0] * 7),
        (
            [(OPERATING, on(1)), (SUSPENDED, on(4)), (OPERATING, on(6))],
            [1, 1, 1, 0, 0, 1, 1],
            [0, 0, 1, 1, 1, 1, 1],
        ),
        (
            [(OPERATING, on(1)), (MOVED_OUT, on(4)), (OPERATING, on(6))],
            [1, 1, 1, 0, 0, 1, 1],
            [0, 0, 1, 0, 0, 1, 1],
        ),
        (
            [(OPERATING, on(1)), (MOVED_OUT, on(2)), (OPERATING, on(4))],
            [1, 0, 0, 1, 1, 1, 1],
            [0, 0, 0, 1, 1, 1, 1],
        ),
    ],
)
def test_a_file_counts_while_its_enterprise_is_here(
    statuses: list[tuple[EnterpriseStatus, datetime]], operating: list[int], on_file: list[int]
) -> None:
    card = make_card(statuses, file_opened_at=on(3))
    assert stock(card, "industrial_operating") == operating
    assert stock(card, "enterprises_on_file") == on_file
    both = [min(pair) for pair in zip(operating, on_file, strict=True)]
    assert stock(card, "industrial_on_file") == both


def test_only_industrial_enterprises_count_for_the_coverage() -> None:
    card = make_card([(OPERATING, on(1))], file_opened_at=on(3), is_industrial=False)
    assert {entry.metric for entry in enterprise_entries(card)} == {"enterprises_on_file"}
