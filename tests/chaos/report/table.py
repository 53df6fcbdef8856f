"""What a run says on the console."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from tests.chaos.checks.verdict import SHOWN
from tests.chaos.playing import Run
from tests.chaos.report.series import Course


def show(run: Run, course: Course, console: Console) -> None:
    console.print(_checks(run))
    console.print(_faults(course))
    for verdict in run.judgement.verdicts:
        for wrong in verdict.wrong[:SHOWN]:
            console.print(f"[red]✗[/] {verdict.en}: {wrong}", highlight=False, soft_wrap=True)
    console.print(f"{summary(run, course, 0)}\n{summary(run, course, 1)}", highlight=False)


def summary(run: Run, course: Course, language: int) -> str:
    told = run.judgement
    lost, twice, reordered = (told.wrong(*names) for names in (LOST, TWICE, REORDERED))
    return (
        f"{run.wanted.log}：日志 {told.records:,} 条（重复 {told.repeated:,}，毒消息 {told.poisoned}），"
        f"{course.operations:,} 项操作（另有 {course.unanswered:,} 次未获应答），{len(course.marks)} 次故障，{course.seconds:.0f} 秒；"
        f"丢失 {lost}，重复应用 {twice}，乱序 {reordered}；核对用时 {told.seconds:.0f} 秒。",
        f"{run.wanted.log}: {told.records:,} records ({told.repeated:,} repeats, {told.poisoned} poison), "
        f"{course.operations:,} operations ({course.unanswered:,} more unanswered), {len(course.marks)} faults, {course.seconds:.0f} s; "
        f"{lost} lost, {twice} applied twice, {reordered} reordered; checked in {told.seconds:.0f} s.",
    )[language]


LOST = ("acknowledged", "created", "faithful", "published", "archived")
TWICE = ("explained", "cards_at_last_event", "verified", "counted")
REORDERED = ("in_order",)


def _checks(run: Run) -> Table:
    table = Table(title=f"核对 · Checks · {run.wanted.log}")
    table.add_column("核对\ncheck", overflow="fold")
    table.add_column("查看\nlooked at", justify="right")
    table.add_column("结果\nresult", justify="right")
    for verdict in run.judgement.verdicts:
        result = "[green]✓[/]" if verdict.holds else f"[red]✗ {len(verdict.wrong):,}[/]"
        table.add_row(f"{verdict.zh}\n[dim]{verdict.en}[/]", f"{verdict.looked:,}", result)
    return table


def _faults(course: Course) -> Table:
    table = Table(title=f"故障 · Faults · {len(course.marks)}")
    table.add_column("种类 kind")
    table.add_column("次数 times", justify="right")
    for (zh, en), times in kinds(course):
        table.add_row(f"{zh} [dim]{en}[/]", str(times))
    return table


def kinds(course: Course) -> Sequence[tuple[tuple[str, str], int]]:
    return Counter((mark.zh, mark.en) for mark in course.marks).most_common()
