"""The files under version control, as the rules of this folder read them."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]


def tracked() -> list[Path]:
    """Every file that git knows, by its path from the root."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [path for name in told.split("\0") if name and (ROOT / (path := Path(name))).is_file()]


def lines(path: Path) -> list[str]:
    return (ROOT / path).read_text(encoding="utf-8", errors="replace").splitlines()


def modules(*names: str) -> Iterator[tuple[Path, ast.Module]]:
    """The services' own modules (not the chassis's), or those of one of these names."""
    for path in tracked():
        of_a_service = path.parts[0] == "services" and path.parts[1] not in ("chassis", "contracts")
        if of_a_service and path.suffix == ".py" and (not names or path.name in names):
            yield path, ast.parse((ROOT / path).read_bytes())
