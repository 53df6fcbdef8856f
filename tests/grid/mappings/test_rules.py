from datetime import UTC, datetime, timedelta

import pytest

from services.contracts.codes_grid import Category
from services.grid.mappings.rules import (
    CodeNotMapped,
    Codes,
    Meaning,
    Taken,
    TimesDisagree,
    report_id,
    require_times,
)

AT = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)
CODES = Codes(
    {("X", "01"): (Category.ENVIRONMENT, "WATER"), ("Y", "01"): (Category.MARKET, None)},
    {("X", "9"): "CLOSED"},
)


def test_a_code_means_what_its_source_means() -> None:
    assert CODES.meaning("X", "01", "9") == Meaning(Category.ENVIRONMENT, "WATER", "CLOSED")


@pytest.mark.parametrize(
    ("source", "category", "status", "column"),
    [
        ("X", "02", "9", "/category_code"),
        ("X", "01", "8", "/status_code"),
        ("Y", "01", "9", "/status_code"),
        ("Z", "01", "9", "/category_code"),
    ],
)
def test_a_code_that_is_not_mapped_is_named_with_its_column(
    source: str, category: str, status: str, column: str
) -> None:
    with pytest.raises(CodeNotMapped) as refused:
        CODES.meaning(source, category, status)
    assert refused.value.pointer == column


def test_a_record_is_one_report_for_ever() -> None:
    assert report_id("X", "1") == report_id("X", "1")
    assert len({report_id("X", "1"), report_id("Y", "1"), report_id("X", "2")}) == 3


@pytest.mark.parametrize(
    ("status", "accepted", "closed", "column"),
    [
        ("CLOSED", AT, AT + DAY, None),
        ("CLOSED", None, AT + DAY, "/accepted_at"),
        ("CLOSED", AT - DAY, AT + DAY, "/accepted_at"),
        ("CLOSED", AT + DAY, None, "/closed_at"),
        ("CLOSED", AT + DAY, AT, "/closed_at"),
        ("CANCELLED", None, AT, None),
        ("CANCELLED", None, None, None),
        ("CANCELLED", None, AT - DAY, "/closed_at"),
        ("REPORTED", None, None, None),
        ("REPORTED", None, AT + DAY, "/closed_at"),
    ],
)
def test_times_follow_each_other(
    status: Taken, accepted: datetime | None, closed: datetime | None, column: str | None
) -> None:
    if column is None:
        require_times(status, AT, accepted, closed)
    else:
        with pytest.raises(TimesDisagree) as refused:
            require_times(status, AT, accepted, closed)
        assert refused.value.pointer == column
