import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from jinding.embedded.place import Place, find_place, make_folder
from jinding.passwords import SUPERUSER, Passwords
from jinding.refusal import Refusal

START_SECONDS = 60.0
STOP_SECONDS = 30
SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "1GB",
    "checkpoint_completion_target": "0.9",
    "random_page_cost": "1.1",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "jit": "off",
    # a failing statement's text and details may hold personal data
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}
UNSAFE_BUT_FAST: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}


@dataclass(frozen=True)
class Server:
    """A running server; `adopted` when it ran already."""

    place: Place
    passwords: Passwords
    adopted: bool

    def url(self, name: str) -> str:
        """URL of the database and role `name`, for asyncpg; `postgres` is the superuser's."""
        host = quote(str(self.place.socket))
        return f"postgresql://{name}:{self.passwords[name]}@/{name}?host={host}"

    def guard(self) -> subprocess.Popen[bytes]:
        """A process that stops the server when this one is gone, however it went.

        It waits for the end of its input: closing that stops the server, too.
        """
        stop = [str(self.place.binaries / "pg_ctl"), "stop", f"--pgdata={self.place.data}"]
        # the account may not enter this Python's folder, so the shell must do
        script = ["/bin/sh", "-c", 'cat; exec "$@"', "guard", *stop, "--mode=fast"]
        return subprocess.Popen(  # noqa: S603
            script,
            **self.place.identity(),
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def stop(self) -> None:
        """Stop the server, ending open sessions; what was committed stays."""
        wait = f"--timeout={STOP_SECONDS}"
        done = _pg_ctl(self.place, "stop", "--mode=fast", wait)
        if done.returncode and _pid(self.place) is not None:
            _pg_ctl(self.place, "stop", "--mode=immediate", wait)


def start(folder: Path, *, unsafe_but_fast: bool = False) -> Server:
    """Start, or adopt, the server of the data folder `folder`; a crashed one recovers.

    `unsafe_but_fast` is for tests: what is committed may be lost with the machine.
    """
    place = find_place(folder)
    passwords = Passwords(folder)
    _make_socket_folder(place)
    if not (place.data / "PG_VERSION").is_file():
        _create(place, passwords)
    if _pid(place) is not None and _answers(place):
        return Server(place, passwords, adopted=True)
    _configure(place, {**SETTINGS, **(UNSAFE_BUT_FAST if unsafe_but_fast else {})})
    _start(place)
    return Server(place, passwords, adopted=False)


def _create(place: Place, passwords: Passwords) -> None:
    new = place.home / "data.new"
    shutil.rmtree(new, ignore_errors=True)
    # initdb wants an account with a name, the server does not
    uid = None if place.uid is None else pwd.getpwnam("nobody").pw_uid
    make_folder(new, 0o700, uid)
    secret = new.with_suffix(".password")
    _write_secret(secret, passwords[SUPERUSER], uid)
    try:
        _initdb(place, new, secret, uid)
    finally:
        secret.unlink()
    (new / "pg_hba.conf").write_text("local all all scram-sha-256\n")
    if place.uid is not None:
        _give(new, place.uid)
    new.rename(place.data)


def _initdb(place: Place, data: Path, secret: Path, uid: int | None) -> None:
    command = [
        str(place.binaries / "initdb"),
        f"--pgdata={data}",
        f"--username={SUPERUSER}",
        f"--pwfile={secret}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--data-checksums",
        "--no-instructions",
    ]
    done = _run(place, command, uid)
    if done.returncode:
        raise _not_started(done.stdout)


def _write_secret(path: Path, secret: str, uid: int | None) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secret + "\n")
    if uid is not None:
        os.chown(path, uid, uid)


def _give(tree: Path, uid: int) -> None:
    for path in (tree, *tree.rglob("*")):
        os.chown(path, uid, uid, follow_symlinks=False)


def _make_socket_folder(place: Place) -> None:
    make_folder(place.socket, 0o700, place.uid)
    status = place.socket.lstat()
    owner = os.geteuid() if place.uid is None else place.uid
    if place.socket.is_symlink() or status.st_uid != owner or status.st_mode & 0o077:
        raise Refusal(
            f"文件夹 {place.socket} 不归本系统专用，请删除后重试。",
            f"The folder {place.socket} is not private to this system; remove it and try again.",
        )


def _configure(place: Place, settings: Mapping[str, str]) -> None:
    named = {**settings, "unix_socket_directories": str(place.socket)}
    lines = [f"{name} = '{_quoted(value)}'\n" for name, value in named.items()]
    (place.data / "postgresql.conf").write_text("".join(lines))


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")


def _start(place: Place) -> None:
    """Start, again while the rest of a killed server is still going down."""
    deadline = time.monotonic() + START_SECONDS
    log = f"--log={place.data / 'server.log'}"
    while True:
        _forget_stale_pid(place)
        done = _pg_ctl(place, "start", log, f"--timeout={int(START_SECONDS)}")
        if not done.returncode:
            return
        if time.monotonic() > deadline or not _still_going_down(place):
            raise _not_started(_tail(place))
        time.sleep(0.1)


def _still_going_down(place: Place) -> bool:
    last = _tail(place)
    return "shared memory block" in last or "already exists" in last


def _tail(place: Place) -> str:
    log = place.data / "server.log"
    lines = log.read_text(errors="replace").splitlines() if log.is_file() else []
    return "\n".join(lines[-3:])


def _not_started(reason: str) -> Refusal:
    last = reason.strip().splitlines()[-1] if reason.strip() else "?"
    return Refusal(f"数据库无法启动：{last}。", f"The database does not start: {last}.")


def _answers(place: Place) -> bool:
    """Whether the server that runs is ready, waiting out one that is starting."""
    # named, because the account has no name that could be looked up
    who = [f"--host={place.socket}", f"--username={SUPERUSER}", f"--dbname={SUPERUSER}"]
    command = [str(place.binaries / "pg_isready"), "--quiet", *who]
    deadline = time.monotonic() + START_SECONDS
    while _pid(place) is not None and time.monotonic() < deadline:
        if _run(place, command).returncode == 0:
            return True
        time.sleep(0.05)
    return False


def _pid(place: Place) -> int | None:
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


def _forget_stale_pid(place: Place) -> None:
    # after a restart of the machine the pid may be somebody else's, which PostgreSQL cannot tell
    if _pid(place) is None:
        (place.data / "postmaster.pid").unlink(missing_ok=True)
        (place.socket / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


def _pg_ctl(place: Place, action: str, *options: str) -> subprocess.CompletedProcess[str]:
    program = str(place.binaries / "pg_ctl")
    return _run(place, [program, action, f"--pgdata={place.data}", "--wait", *options])


def _run(
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
