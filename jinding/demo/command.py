"""`jinding demo`: the system on data of its own, the year with a progress bar, the table."""

import asyncio
import json
import os
from collections import Counter
from pathlib import Path

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from jinding.demo.phases import Phases, longest
from jinding.demo.year import CODE, Outcome, Year
from jinding.gateway import issue_token
from jinding.refusal import Refusal
from jinding.settings import Settings
from jinding.system import running

RESULT = Path("build/demo.json")


async def demo(settings: Settings, console: Console) -> int:
    """Play the year and stay up until told to stop (KEEP=0: end at once); the exit code."""
    scale, keep = _scale(), os.environ.get("KEEP", "1") != "0"
    folder = settings.folder / ("demo" if scale == 1 else f"demo-{scale:g}")
    async with running(settings.model_copy(update={"data_folder": folder}), console):
        url = settings.gateway_url
        token = issue_token(url, ["data_importer"], [CODE], None, "demo-importer")
        outcome = await play(url, token, scale, console)
        save(outcome)
        show(outcome, console)
        if keep:
            told = f"页面 page: {url}/   接口文档 API: {url}/docs   Ctrl-C 停止 stops"
            console.print(told, soft_wrap=True)
            await asyncio.Event().wait()
    return 0 if outcome.holds else 1


def save(outcome: Outcome) -> None:
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(outcome.as_json(), ensure_ascii=False, indent=1) + "\n")


def _scale() -> float:
    text = os.environ.get("SCALE") or "1"
    try:
        scale = float(text)
    except ValueError:
        scale = 0.0
    if not 0.01 <= scale <= 1:
        raise Refusal(
            f"SCALE 应在 0.01 与 1 之间，而不是 {text}。",
            f"SCALE lies between 0.01 and 1, not {text}.",
        )
    return scale


async def play(url: str, token: str, scale: float, console: Console) -> Outcome:
    """Play the year through the gateway at `url` as a data importer, with a bar per service."""
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "zh-CN"}
    columns = (TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn())
    limits = httpx.Limits(max_connections=16, max_keepalive_connections=16)
    progress = Progress(*columns, TimeElapsedColumn(), console=console)
    async with httpx.AsyncClient(
        base_url=url, headers=headers, timeout=90, limits=limits, trust_env=False
    ) as client:
        with progress:
            bars, totals = {}, Counter[str]()

            def plan(service: str, count: int) -> None:
                totals[service] += count
                if service not in bars:
                    bars[service] = progress.add_task(service)
                progress.update(bars[service], total=totals[service])

            year = Year(client, scale, plan, lambda s, n: progress.advance(bars[s], n))
            try:
                return await year.play()
            except ExceptionGroup as group:
                raise _first(group) from group


def _first(group: ExceptionGroup[Exception]) -> Exception:
    """The failure that stopped the others."""
    error = group.exceptions[0]
    return _first(error) if isinstance(error, ExceptionGroup) else error


def show(outcome: Outcome, console: Console) -> None:
    table = Table(show_lines=True, title="创始报道与金鼎 · The founding article and Jinding")
    for name in ("指标\nfigure", "主体\nwhose", "时期\nperiod"):
        table.add_column(name, overflow="fold")
    for name in ("报道\narticle", "金鼎\nJinding", "记录\nrecords", "成立\nholds"):
        table.add_column(name, justify="right")
    for row in outcome.rows:
        article = f"{row['relation']} {row['article']:,}".removeprefix("= ")
        if row["relation"] == "%":
            article = f"{row['article']:+,} %"
        value = "–" if row["jinding"] is None else f"{row['jinding']:,}"
        holds = "[green]✓[/]" if row["equal"] else "[red]✗[/]"
        records = "" if row["records"] is None else f"{row['records']:,}"
        words = (row["figure"].replace(" ", "\n", 1), row["actor"].replace(" ", "\n", 1))
        table.add_row(*words, row["period"].replace("/", "\n"), article, value, records, holds)
    console.print(table)
    show_phases(outcome.phases, console)
    told = outcome.as_json()
    console.print(
        f"{told['operations']:,} 项操作，{told['seconds']} 秒，每秒 {told['per_second']:,} 项；"
        f"结果见 {RESULT}\n{told['operations']:,} operations in {told['seconds']} s,"
        f" {told['per_second']:,} a second; see {RESULT}",
        highlight=False,
    )


def show_phases(phases: Phases, console: Console) -> None:
    """Those that last; they lie side by side, so that their seconds are more than the whole."""
    table = Table(title="时间花在哪里 · Where the time goes")
    table.add_column("阶段\nphase", overflow="fold")
    for name in ("自第几秒\nfrom second", "秒\nseconds", "操作\noperations", "每秒\na second"):
        table.add_column(name, justify="right")
    for phase in longest(phases.found):
        rate = f"{phase.operations / phase.seconds:,.0f}" if phase.operations else ""
        operations = f"{phase.operations:,}" if phase.operations else ""
        times = (f"{phase.began:.1f}", f"{phase.seconds:.1f}")
        table.add_row(phase.what.replace(" ", "\n", 1), *times, operations, rate)
    console.print(table)
    console.print(
        f"客户端自身计算 {phases.client:.1f} 秒。 · The client itself has computed for {phases.client:.1f} s.",
        highlight=False,
    )
