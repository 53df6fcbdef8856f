"""`make bench`: measures the goals of speed named (all of them without a name) and tells which are held."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from tests.bench.bench import Bench
from tests.bench.figures import Row
from tests.bench.goals import GOALS, LONG
from tests.bench.report import RESULT, save, show

ROUNDS = int(os.environ.get("ROUNDS") or 3)
KNOWN = {**GOALS, **LONG}
SECONDS = float(os.environ.get("ROUND_SECONDS") or 3)


async def measured(names: Sequence[str], console: Console) -> list[Row]:
    columns = SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    rows: list[Row] = []
    RESULT.parent.mkdir(exist_ok=True)
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=len(names))
        async with AsyncExitStack() as stack:
            bench = Bench(ROUNDS, SECONDS, progress, task, stack)
            for name in names:
                await bench.listen()
                found = await KNOWN[name](bench)
                rows += found
                for row in found:
                    console.print(f"{row.goal}: {row.ratio:.3g}  ({row.told})", highlight=False)
                progress.advance(task)
            console.print(_circumstances(bench), highlight=False)
    return rows


def _circumstances(bench: Bench) -> str:
    """What the figures must be read with."""
    noise = f"{min(bench.noise, default=0):.1f}–{max(bench.noise, default=0):.1f}"
    client = f"{100 * bench.busiest:.0f} %"
    return (
        f"测量前机器已忙 {noise} 个核（共 {os.cpu_count()}）；客户端至多占用一个核的 {client}。\n"
        f"Before each measurement {noise} of {os.cpu_count()} cores were busy with other things; "
        f"the client used {client} of a core at most."
    )


def main(arguments: Sequence[str]) -> int:
    if unknown := sorted(set(arguments) - KNOWN.keys()):
        sys.exit(
            f"没有这些目标 no such goals: {', '.join(unknown)}；可选 known: {', '.join(KNOWN)}"
        )
    names = [name for name in KNOWN if name in (arguments or GOALS)]
    console = Console()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    rows = asyncio.run(measured(names, console))
    save(rows)
    show(rows, console)
    console.print(f"结果见 see {RESULT}", highlight=False)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
