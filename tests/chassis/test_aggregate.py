import gc
from typing import Any
from uuid import uuid4

from services.grid.reports.models import Report


def test_a_row_that_nobody_holds_leaves_nothing_for_the_collector() -> None:
    def made() -> None:
        facts: dict[str, Any] = {"id": uuid4(), "area_code": "330703101"}
        Report(**facts)

    made()  # what SQLAlchemy prepares once
    gc.collect()
    made()
    assert gc.collect() == 0
