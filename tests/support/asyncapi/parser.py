"""AsyncAPI's own parser (npm `@asyncapi/parser`), fetched once for every version of its lock."""

import os
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

HERE = Path(__file__).parent
LOCK = HERE / "package-lock.json"


class NoParser(Exception):
    """Why the parser cannot be run here, in one line."""


def faults(document: Path) -> list[str]:
    """What the parser finds wrong with the document. Where it cannot run the test is skipped, or fails
    under REQUIRE_ASYNCAPI=1."""
    try:
        modules = _modules()
    except NoParser as reason:
        if os.environ.get("REQUIRE_ASYNCAPI") == "1":
            pytest.fail(f"AsyncAPI's parser is required: {reason}", pytrace=False)
        pytest.skip(f"no AsyncAPI parser: {reason}")
    told = subprocess.run(
        ["node", HERE / "validate.cjs", document],
        env={**os.environ, "NODE_PATH": str(modules)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert told.returncode == 0, told.stderr
    return told.stdout.splitlines()


def _modules() -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "jinding"
    folder = cache / f"asyncapi-{sha256(LOCK.read_bytes()).hexdigest()[:12]}"
    if not (shutil.which("node") and shutil.which("npm")):
        raise NoParser("Node.js and npm are not installed")
    if not folder.is_dir():
        _fetch(folder)
    return folder / "node_modules"


def _fetch(folder: Path) -> None:
    part = folder.with_name(f"{folder.name}.{os.getpid()}")
    part.mkdir(parents=True)
    for name in ("package.json", LOCK.name):
        shutil.copy(HERE / name, part)
    told = subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"],
        cwd=part,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if told.returncode != 0:
        shutil.rmtree(part)
        reason = (told.stderr.strip() or told.stdout.strip() or "no reason given").splitlines()[0]
        raise NoParser(f"npm could not fetch it: {reason}")
    if folder.is_dir():  # another run was faster
        shutil.rmtree(part)
    else:
        part.rename(folder)
