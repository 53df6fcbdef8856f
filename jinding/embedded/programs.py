import os
import subprocess
from pathlib import Path

from jinding.embedded.place import Place
from jinding.refusal import Refusal


def postmaster(place: Place) -> int | None:
    """The postmaster's process, if the cluster's pid file names a living one."""
    try:
        pid = int((place.data / "postmaster.pid").read_text().split("\n")[0])
    except (FileNotFoundError, ValueError):
        return None
    return pid if str(place.data) in _command_line(pid) else None


def _command_line(pid: int) -> str:
    proc = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self").exists():
        return proc.read_text().replace("\0", " ") if proc.exists() else ""
    ps = ["/bin/ps", "-o", "command=", "-p", str(pid)]
    return subprocess.run(ps, capture_output=True, text=True, check=False).stdout  # noqa: S603


def pg_ctl(place: Place, action: str, *options: str) -> subprocess.CompletedProcess[str]:
    program = str(place.binaries / "pg_ctl")
    return run(place, [program, action, f"--pgdata={place.data}", "--wait", *options])


def run(
    place: Place, command: list[str], uid: int | None = None
) -> subprocess.CompletedProcess[str]:
    # LC_ALL: on macOS the server refuses to start without it
    return subprocess.run(  # noqa: S603
        command,
        **place.identity(uid),
        cwd="/",
        env={"LC_ALL": "C", "PATH": os.defpath},
        umask=0o077,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def not_started(reason: str) -> Refusal:
    last = reason.strip().splitlines()[-1] if reason.strip() else "?"
    return Refusal(f"数据库无法启动：{last}。", f"The database does not start: {last}.")
