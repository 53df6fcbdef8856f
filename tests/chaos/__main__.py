"""`make chaos`: each log in turn under load and faults; a table, a page, and exit code 1 where a check fails."""

import argparse
import asyncio
import logging
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from tests.chaos.history import lines, tries
from tests.chaos.playing import PARTS, Run, Wanted, play, remove, scratch
from tests.chaos.report import table
from tests.chaos.report.page import page
from tests.chaos.report.series import Course, course
from tests.support.kafka.jars import NoKafka

PAGE = Path("build") / "chaos.html"
LOGS = {"embedded": ["embedded"], "kafka": ["kafka"], "both": ["embedded", "kafka"]}
console = Console()


async def chaos(logs: list[str], seconds: float, events: int, seed: str) -> bool:
    """Whether every check of every run holds."""
    runs: list[tuple[Run, Course]] = []
    for log in logs:
        runs.append(await _run(Wanted(log, seconds, events, seed)))
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page(runs), encoding="utf-8")
        table.show(*runs[-1], console)
    console.print(f"报告 report: {PAGE}", highlight=False)
    return all(run.judgement.holds for run, _ in runs)


async def _run(wanted: Wanted) -> tuple[Run, Course]:
    """Its data is kept where something was wrong."""
    folder = scratch()
    try:
        run = await _watched(wanted, folder)
    except BaseException:
        console.print(f"数据保留于 · its data is kept in {folder}", highlight=False)
        raise
    journal = list(lines(run.files.journal))
    how = course(tries(lines(run.files.requests)), journal, run.began)
    if run.judgement.holds:
        remove(folder)
    else:
        console.print(f"数据保留于 · its data is kept in {folder}", highlight=False)
    return run, how


async def _watched(wanted: Wanted, folder: Path) -> Run:
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("")

        def tell(part: str, how_far: str) -> None:
            zh, en = PARTS[part]
            progress.update(bar, description=f"{wanted.log} · {zh} {en} {how_far}")

        return await play(wanted, folder, tell)


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.chaos")
    options.add_argument("--log", choices=LOGS, default="both")
    options.add_argument("--seconds", type=float, default=150)
    options.add_argument("--events", type=int, default=100_000, help="at least, of each log")
    options.add_argument("--seed", default="1")
    told = options.parse_args()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # an outage is no news here
    try:
        holds = asyncio.run(chaos(LOGS[told.log], told.seconds, told.events, told.seed))
    except NoKafka as reason:
        sys.exit(f"无法启动 Kafka：{reason}\nKafka cannot be started: {reason}")
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    main()
