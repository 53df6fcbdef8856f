import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from tests.bench import report
from tests.bench.figures import Row
from tests.bench.report import cells, number, save, show

ROWS = [
    Row("P1 write", [0.4, 0.6, 0.5], 0.5),
    Row("P4 cost", [60.0], 50, at_most=True),
    Row("memory in MB", [451.2]),
]


def test_the_table_tells_which_goals_are_held() -> None:
    assert cells(ROWS[0]) == ("P1 write", "0.5", "0.4–0.6", "≥ 0.5", "[green]✓[/]")
    assert cells(ROWS[1]) == ("P4 cost", "60", "60–60", "≤ 50", "[red]✗[/]")
    assert cells(ROWS[2]) == ("memory in MB", "451", "451–451", "", "")


def test_the_table_has_a_line_for_each() -> None:
    told = StringIO()
    show(ROWS, Console(file=told, width=100))
    assert all(row.goal in told.getvalue() for row in ROWS)


def test_the_file_is_a_list_for_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "RESULT", tmp_path / "build" / "bench.json")
    save(ROWS)
    told = json.loads((tmp_path / "build" / "bench.json").read_text())
    assert [(row["goal"], row["held"]) for row in told] == [
        ("P1 write", True),
        ("P4 cost", False),
        ("memory in MB", None),
    ]


@pytest.mark.parametrize(
    ("value", "told"), [(0.12345, "0.123"), (7.0, "7"), (123456.7, "123,457"), (99.99, "100")]
)
def test_numbers_have_three_digits_that_count(value: float, told: str) -> None:
    assert number(value) == told
