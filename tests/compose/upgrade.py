"""An upgrade that changes a schema, work in the newer version, and the way back by the very commands that it printed."""

import shutil
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from jinding.deploy.upgrade import KEPT
from tests.compose.account import Counts, account, sql
from tests.compose.clients import agency, read_feed
from tests.compose.drill import account_after
from tests.compose.faults import BACK_SECONDS
from tests.compose.load import loaded
from tests.compose.stack import FILES, Stack

MIGRATIONS = Path("services/grid/migrations/versions")
SCHEMA = "select version_num from alembic_version"
MIGRATION = '''"""What the newer version adds."""

from alembic import op

revision = "{newer}"
down_revision = "{older}"


def upgrade() -> None:
    op.execute("alter table report add column of_the_newer_version text")
'''


def make_newer(folder: Path) -> str:
    """This version with one more migration, to be built in `folder`; returns the schema's version that it brings."""
    for name in ("services", "jinding", "docs/events"):
        shutil.copytree(name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in (".dockerignore", "deploy/Dockerfile", "requirements/runtime.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(name, folder / name)
    older = max(file.stem[:4] for file in MIGRATIONS.glob("[0-9]*.py"))
    newer = f"{int(older) + 1:04}"
    made = MIGRATION.format(newer=newer, older=older)
    (folder / MIGRATIONS / f"{newer}_newer.py").write_text(made)
    return newer


async def there_and_back(stack: Stack, console: Console, folder: Path) -> Counts:
    older, newer = stack.environment["JINDING_VERSION"], "proof-newer"
    schema = make_newer(folder / "newer")
    stack.environment |= {
        "NEWER": str((folder / "newer").absolute()),
        "COMPOSE_FILE": ":".join([*FILES, "tests/compose/newer.yml"]),
        "COMPOSE_REMOVE_ORPHANS": "1",  # `make down` knows nothing of the tests' issuer
    }
    key = agency(stack)
    async with loaded(stack) as load:
        await load.goes_on(BACK_SECONDS)
    before = {str(id_) for id_ in load.answered}
    cursor, _ = await read_feed(stack, key)
    kept = KEPT.read_bytes() if KEPT.exists() else None
    try:
        to = folder / "backups"
        command = sys.executable, "-m", "jinding", "deploy", "upgrade", newer, "--to", str(to)
        told = _run(stack, *command)
        console.print(told, highlight=False, soft_wrap=True)
        stack.environment["JINDING_VERSION"] = newer
        there = sql(stack, "grid", SCHEMA)
        async with loaded(stack) as load:
            await load.goes_on(BACK_SECONDS)
        both = before | {str(id_) for id_ in load.answered}
        counts = {f"newer: {name}": n for name, n in (await account(stack, both, both)).items()}
        for line in commands(told):
            console.print(line, highlight=False, soft_wrap=True)
            console.print(_run(stack, "sh", "-c", line), highlight=False, soft_wrap=True)
    finally:
        KEPT.unlink(missing_ok=True)
        if kept is not None:
            KEPT.write_bytes(kept)
    stack.environment["JINDING_VERSION"] = older
    counts |= await account_after(stack, key, cursor, before, before)
    counts["newer: schema"] = int(there[0]), int(schema)
    counts["older: schema"] = int(sql(stack, "grid", SCHEMA)[0]), int(schema) - 1
    return counts


def commands(told: str) -> list[str]:
    """The indented lines, but for what is a comment."""
    lines = [line.strip() for line in told.splitlines() if line.startswith("  ")]
    return [line for line in lines if not line.startswith("#")]


def _run(stack: Stack, *command: str) -> str:
    done = subprocess.run(
        command, env=stack.environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr[-4000:]}")
    return done.stdout
