"""`make mutants`: plants every bug, one at a time, and shows which test killed it."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tests.chaos.mutants.patches import ROOT, DoesNotApply, Mutant, planted
from tests.chaos.mutants.trials import Ending, Verdict, copied, tried, unmutated

WORDS = {
    Verdict.KILLED: "[green]杀死 killed[/]",
    Verdict.SURVIVED: "[red]存活 survived[/]",
    Verdict.INVALID: "[red]无效 invalid[/]",
    Verdict.UNTRIED: "[yellow]未试 untried[/]",
}
console = Console(highlight=False)


def main(
    names: Annotated[list[str] | None, typer.Argument(help="名称或通配符 · names or globs")] = None,
    check: Annotated[bool, typer.Option(help="只看能否套用 · only whether they apply")] = False,
    workers: Annotated[int, typer.Option(help="同时试几个 · how many at once")] = 2,
) -> None:
    """Try the planted bugs; exit code 1 if one survives or its trial proves nothing."""
    chosen = [m for m in planted() if any(fnmatch(m.name, name) for name in names or ["*"])]
    if not chosen:
        console.print("没有这样的变异。 · There is no such mutant.")
        raise typer.Exit(1)
    holds = all_apply(chosen) if check else all_die(chosen, workers)
    raise typer.Exit(not holds)


def all_apply(mutants: Sequence[Mutant]) -> bool:
    """Tell which no longer do, and why."""
    outdated = 0
    for mutant in mutants:
        try:
            mutant.apply(ROOT, check=True)
        except DoesNotApply as reason:
            outdated += 1
            console.print(f"[red]✗[/] {mutant.name}\n{escape(str(reason))}")
    console.print(
        f"{len(mutants)} 个补丁，{outdated} 个不再适用 · {len(mutants)} patches, {outdated} outdated"
    )
    return not outdated


def all_die(mutants: Sequence[Mutant], workers: int) -> bool:
    with _folder() as folder:
        tree = copied(folder / "unmutated")
        with console.status("先试未变异的代码 · the tests on the code as it is"):
            failed = unmutated(tree, mutants, workers)
        if failed:
            console.print(
                "[red]未变异时已不通过，试验无效 · they fail as it is: the run is void[/]"
            )
            console.print(escape("\n".join(failed)))
            return False
        endings = _tried(mutants, tree, folder, workers)
    show(mutants, endings)
    return not any(e.verdict in (Verdict.SURVIVED, Verdict.INVALID) for e in endings.values())


def _tried(mutants: Sequence[Mutant], tree: Path, folder: Path, workers: int) -> dict[str, Ending]:
    endings: dict[str, Ending] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with (
        Progress(*columns, TimeElapsedColumn(), console=console) as progress,
        ThreadPoolExecutor(workers) as pool,
    ):
        bar = progress.add_task("变异 mutants", total=len(mutants))
        names = {pool.submit(tried, m, tree, folder / m.name): m.name for m in mutants}
        try:
            for done in as_completed(names):
                ending = endings[names[done]] = done.result()
                progress.advance(bar)
                progress.console.print(f"{WORDS[ending.verdict]} {names[done]}")
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    return endings


def show(mutants: Sequence[Mutant], endings: Mapping[str, Ending]) -> None:
    table = Table(show_lines=True, title="植入的缺陷 · Planted bugs")
    table.add_column("变异\nmutant", overflow="fold", ratio=3)
    table.add_column("所破坏的承诺\nthe promise it breaks", overflow="fold", ratio=5)
    table.add_column("由谁杀死\nkilled by", overflow="fold", ratio=5)
    table.add_column("秒\ns", justify="right")
    for mutant in mutants:
        ending = endings[mutant.name]
        tests = [test.removeprefix("tests/").replace("::", "\n") for test in mutant.tests]
        by = [*map(escape, tests), f"{WORDS[ending.verdict]} {escape(ending.why.splitlines()[0])}"]
        promise = escape(f"{mutant.zh}\n{mutant.en}")
        table.add_row(mutant.name, promise, "\n".join(by), f"{ending.seconds:.0f}")
    console.print(table)
    for name, ending in endings.items():
        if ending.verdict is Verdict.INVALID:
            console.print(f"[red]{name}[/] {escape(ending.why)}", soft_wrap=True)
    counts = Counter(ending.verdict for ending in endings.values())
    told = " · ".join(f"{WORDS[verdict]} {counts[verdict]}" for verdict in Verdict)
    console.print(f"{len(endings)} 个变异 mutants: {told}")


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="jinding-mutants-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    typer.run(main)
