"""`python -m tests.compose up|demo|chaos|scale|drill|upgrade|operations`: what only a container engine can show."""

import asyncio
import os
import shutil
import statistics
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from jinding.demo.command import play, save, show
from jinding.demo.year import CODE
from services.contracts import roles
from tests.compose.account import Counts
from tests.compose.drill import drilled
from tests.compose.faults import under_faults
from tests.compose.operations import operated
from tests.compose.scale import scaled
from tests.compose.stack import Stack
from tests.compose.upgrade import there_and_back

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
console = Console()
UNLIMITED = {f"RATE_LIMIT_{kind}": "100000000" for kind in ("READ", "WRITE")}


@app.command()
def up(times: int = 20) -> None:
    """从空白启动若干次 · Start from nothing, again and again; each time everything must be healthy."""
    if shutil.which("docker") is None:
        raise typer.BadParameter("docker is not installed")
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder))
        stack.compose("build", "--quiet")
        seconds = []
        for turn in range(1, times + 1):
            stack.down()
            seconds.append(stack.up())
            if wrong := stack.unhealthy():
                console.print(f"{turn}: {', '.join(wrong)}", style="red")
                raise typer.Exit(1)
            console.print(f"{turn}/{times}: {seconds[-1]:.1f} s", highlight=False)
        stack.down()
    middle = statistics.median(seconds)
    told = f"{min(seconds):.1f}–{max(seconds):.1f} s"
    console.print(f"{times}/{times} 次健康 · healthy: {told}, 中位 median {middle:.1f} s")


@app.command()
def demo() -> None:
    """在容器中重放一年 · Play the year against the deployment (KEEP=0: remove it afterwards)."""
    scale = float(os.environ.get("SCALE") or 1)
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder), settings=UNLIMITED)
        stack.compose("build", "--quiet")
        try:
            stack.up()
            token = stack.token([roles.DATA_IMPORTER], [CODE], "demo-importer")
            outcome = asyncio.run(play(stack.url, token, scale, console))
            save(outcome)
            show(outcome, console)
            console.print(stack.memory())
        finally:
            if os.environ.get("KEEP", "1") == "0":
                stack.down()
    raise typer.Exit(0 if outcome.holds else 1)


@app.command()
def chaos() -> None:
    """在负载下逐一杀死各容器，再停、再起 · Kill each container under load, then stop and start: nothing lost or doubled."""
    _proved("chaos", under_faults)


@app.command()
def scale() -> None:
    """增到多份，杀死发布进程 · More replicas and relays: all serve, lanes are taken over, nothing is lost or doubled."""
    _proved("scale", scaled)


@app.command()
def drill(log_survives: bool = False, nightly: bool = False) -> None:
    """负载下备份，毁掉一切（或只留 Kafka），恢复并逐项核对 · Back up under load, destroy all, restore, account for it."""
    with _up_as("drill") as (stack, folder):
        how = {"log_survives": log_survives, "nightly": nightly}
        counts = asyncio.run(drilled(stack, console, folder / "backups", **how))
    raise typer.Exit(0 if _shown(counts) else 1)


@app.command()
def upgrade() -> None:
    """升级到结构不同的版本，再按打印的命令退回 · Upgrade to another schema, and back by the commands that it prints."""
    with _up_as("upgrade") as (stack, folder):
        counts = asyncio.run(there_and_back(stack, console, folder))
    raise typer.Exit(0 if _shown(counts) else 1)


@app.command()
def operations() -> None:
    """逐一执行操作员命令 · Every operator's command against a deployment."""
    with _up_as("operations") as (stack, folder):
        counts = asyncio.run(operated(stack, console, folder))
    raise typer.Exit(0 if _shown(counts) else 1)


@contextmanager
def _up_as(name: str) -> Iterator[tuple[Stack, Path]]:
    """A deployment of its own, from nothing, of an image of its own, and a folder; both are gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {**UNLIMITED, "JINDING_VERSION": name}
        stack = Stack(Path(folder), f"jinding-{name}", settings)
        stack.compose("build", "--quiet")
        try:
            stack.down()
            stack.up()
            yield stack, Path(folder)
        finally:
            stack.down()


def _proved(name: str, proof: Callable[[Stack, Console], Coroutine[None, None, Counts]]) -> None:
    with _up_as(name) as (stack, _):
        counts = asyncio.run(proof(stack, console))
    raise typer.Exit(0 if _shown(counts) else 1)


def _shown(counts: Counts) -> bool:
    table = Table("核对 · check", "实有 · found", "应有 · expected")
    for name, (found, expected) in counts.items():
        table.add_row(
            name, f"{found:,}", f"{expected:,}", style=None if found == expected else "red"
        )
    console.print(table)
    return all(found == expected for found, expected in counts.values())


if __name__ == "__main__":
    app()
