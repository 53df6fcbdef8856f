"""All databases at one point in time, and what the log held: a folder that is whole, or not there at all."""

import json
import os
import re
import shlex
import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import IO, Any, Protocol

from jinding.deploy.archives import digest, manifest_faults
from jinding.deploy.erasures import LEDGER, parsed, remembered, written
from jinding.refusal import Refusal

BASE, STATE, SUMS = "base.tar.gz", "state.json", "SHA256SUMS"
ALL = {BASE, STATE, LEDGER}
TOLD = {"databases", "taken_at", "image"}
"""Without which a state tells nothing."""
STAMP = "%Y%m%dT%H%M%SZ"
NAMED = re.compile(r"\d{8}T\d{6}Z")


class Source(Protocol):
    """Who has what a backup is made of: docker on the host, or the network inside."""

    def base(self, label: str, to: IO[bytes]) -> None:
        """Write what `pg_basebackup` makes of the server."""

    def state(self) -> dict[str, Any]:
        """What the databases and the log tell of themselves; `erasures` as in the ledger."""

    def image(self) -> str | None:
        """What runs now."""


def back_up(source: Source, to: Path, keep_days: int, after: str | None = None) -> Path:
    """Make one, let `after` (a command, which gets the folder) carry it off, and remove those older than
    `keep_days` but for the newest. Returns the folder."""
    with _place(to) as lock:
        try:
            flock(lock, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            raise Refusal("另一次备份正在进行。", "Another backup is being made.") from None
        for left in to.glob(".*.part"):  # a backup that was killed
            shutil.rmtree(left)
        made = _made(source, to)
        if after:
            _carried_off(after, made)
        prune(to, keep_days)
    return made


def _place(to: Path) -> IO[str]:
    """Where backups lie, and what one that is being made holds of it."""
    try:
        to.mkdir(mode=0o700, parents=True, exist_ok=True)
        return (to / ".lock").open("w")
    except OSError as error:
        raise Refusal(
            f"不能写入 {to}（{error.strerror}），请用 TO=… 另选目录。",
            f"{to} cannot be written ({error.strerror}): name another folder by TO=…",
        ) from error


def _made(source: Source, to: Path) -> Path:
    began, clock = datetime.now(UTC), time.monotonic()
    part = to / f".{began.strftime(STAMP)}.part"
    part.mkdir(mode=0o700)
    try:
        with _new(part / BASE) as base:
            source.base(f"jinding {began.strftime(STAMP)}", base)
            os.fsync(base.fileno())
        if faults := manifest_faults(part / BASE):
            raise Refusal(
                f"备份与其清单不符：{faults[0]}。", f"The backup is not what it says: {faults[0]}."
            )
        told = source.state()
        ledger = remembered(to, parsed(json.dumps({"erasures": told.pop("erasures", [])})))
        _write(part / LEDGER, written(ledger))
        state = told | {
            "taken_at": began.isoformat(timespec="seconds"),
            "seconds": round(time.monotonic() - clock, 1),
            "bytes": (part / BASE).stat().st_size,
            "image": source.image(),
        }
        _write(part / STATE, json.dumps(state, indent=1, ensure_ascii=False) + "\n")
        sums = [f"{digest(part / name)}  {name}\n" for name in sorted(ALL)]
        _write(part / SUMS, "".join(sums))
        _flush(part)
        whole = part.rename(to / began.strftime(STAMP))
        _flush(to)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return whole


def told_of(folder: Path) -> dict[str, Any]:
    """What a whole backup tells beside its data."""
    state: dict[str, Any] = json.loads((folder / STATE).read_text())
    return state


def newest(to: Path) -> Path | None:
    """The last good one."""
    return next(reversed(_all(to)), None)


def taken_at(folder: Path) -> datetime:
    """The instant that it is named after."""
    return datetime.strptime(folder.name, STAMP).replace(tzinfo=UTC)


def check(folder: Path) -> None:
    """Refuses what is no backup, or no longer what it was."""
    try:
        lines = (folder / SUMS).read_text().splitlines()
        sums = {name: told for told, _, name in (line.partition("  ") for line in lines)}
        whole = {BASE, STATE} <= set(sums) <= ALL and all(
            digest(folder / name) == told for name, told in sums.items()
        )
        whole = whole and set(told_of(folder)) >= TOLD
    except (OSError, ValueError, TypeError):
        whole = False
    if not whole:
        raise Refusal(
            f"{folder} 不是完整的备份。", f"{folder} is not a whole backup: nothing was changed."
        )


def prune(to: Path, keep_days: int) -> None:
    """The newest stays, however old."""
    before = datetime.now(UTC) - timedelta(days=keep_days)
    for folder in _all(to)[:-1]:
        if taken_at(folder) < before:
            shutil.rmtree(folder)


def _all(to: Path) -> list[Path]:
    return sorted(folder for folder in to.iterdir() if NAMED.fullmatch(folder.name))


def _carried_off(after: str, made: Path) -> None:
    done = subprocess.run([*shlex.split(after), str(made)], check=False)  # noqa: S603
    if done.returncode != 0:
        raise Refusal(
            f"备份已完成（{made}），但转存命令失败：{after}。",
            f"The backup is made ({made}), but what was to carry it off failed: {after}.",
        )


def _new(file: Path) -> Any:
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _write(file: Path, text: str) -> None:
    with _new(file) as stream:
        stream.write(text.encode())
        stream.flush()
        os.fsync(stream.fileno())


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
