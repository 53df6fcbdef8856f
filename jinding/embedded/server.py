import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from jinding.embedded.creation import create_cluster
from jinding.embedded.place import Place, find_place, make_folder
from jinding.embedded.programs import not_started, pg_ctl, postmaster, run
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

    def alive(self) -> bool:
        return postmaster(self.place) is not None

    def stop(self) -> None:
        """Stop the server, ending open sessions; what was committed stays."""
        wait = f"--timeout={STOP_SECONDS}"
        done = pg_ctl(self.place, "stop", "--mode=fast", wait)
        if done.returncode and postmaster(self.place) is not None:
            pg_ctl(self.place, "stop", "--mode=immediate", wait)


def stop(folder: Path) -> None:
    """Stop the server of the data folder `folder`, if one runs."""
    if (folder / "passwords.json").is_file():
        server = Server(find_place(folder), Passwords(folder), adopted=True)
        if server.alive():
            server.stop()


def start(folder: Path, *, unsafe_but_fast: bool = False) -> Server:
    """Start, or adopt, the server of the data folder `folder`; a crashed one recovers.

    `unsafe_but_fast` is for tests: what is committed may be lost with the machine.
    """
    place = find_place(folder)
    passwords = Passwords(folder)
    _make_socket_folder(place)
    if not (place.data / "PG_VERSION").is_file():
        create_cluster(place, passwords)
    if postmaster(place) is not None and _answers(place):
        return Server(place, passwords, adopted=True)
    _configure(place, {**SETTINGS, **(UNSAFE_BUT_FAST if unsafe_but_fast else {})})
    _start(place)
    return Server(place, passwords, adopted=False)


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
        done = pg_ctl(place, "start", log, f"--timeout={int(START_SECONDS)}")
        if not done.returncode:
            return
        if time.monotonic() > deadline or not _still_going_down(place):
            raise not_started(_tail(place))
        time.sleep(0.1)


def _still_going_down(place: Place) -> bool:
    last = _tail(place)
    return "shared memory block" in last or "already exists" in last


def _tail(place: Place) -> str:
    log = place.data / "server.log"
    lines = log.read_text(errors="replace").splitlines() if log.is_file() else []
    return "\n".join(lines[-3:])


def _answers(place: Place) -> bool:
    """Whether the server that runs is ready, waiting out one that is starting."""
    # named, because the account has no name that could be looked up
    who = [f"--host={place.socket}", f"--username={SUPERUSER}", f"--dbname={SUPERUSER}"]
    command = [str(place.binaries / "pg_isready"), "--quiet", *who]
    deadline = time.monotonic() + START_SECONDS
    while postmaster(place) is not None and time.monotonic() < deadline:
        if run(place, command).returncode == 0:
            return True
        time.sleep(0.05)
    return False


def _forget_stale_pid(place: Place) -> None:
    # after a restart of the machine the pid may be somebody else's, which PostgreSQL cannot tell
    if postmaster(place) is None:
        (place.data / "postmaster.pid").unlink(missing_ok=True)
        (place.socket / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
