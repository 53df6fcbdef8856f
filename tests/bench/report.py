"""The result as a table for people and as a file for programs."""

import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.figures import Row

RESULT = Path("build/bench.json")


def save(rows: Sequence[Row]) -> None:
    RESULT.parent.mkdir(exist_ok=True)
    told = [row.as_json() for row in rows]
    RESULT.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n")


def show(rows: Sequence[Row], console: Console) -> None:
    table = Table(title="性能目标 · Goals of speed")
    table.add_column("目标\ngoal", overflow="fold")
    for name in ("比值\nratio", "最小–最大\nmin–max", "应为\ntarget", "成立\nheld"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*cells(row))
    console.print(table)


def cells(row: Row) -> tuple[str, ...]:
    spread = f"{number(min(row.ratios))}–{number(max(row.ratios))}"
    if row.target is None:
        return row.goal, number(row.ratio), spread, "", ""
    target = f"{'≤' if row.at_most else '≥'} {row.target:g}"
    return row.goal, number(row.ratio), spread, target, "[green]✓[/]" if row.held else "[red]✗[/]"


def number(value: float) -> str:
    """Three digits that count, or all of the integer part."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
