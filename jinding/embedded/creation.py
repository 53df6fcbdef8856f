import os
import pwd
import shutil
from pathlib import Path

from jinding.embedded.place import Place, make_folder
from jinding.embedded.programs import not_started, run
from jinding.passwords import SUPERUSER, Passwords


def create_cluster(place: Place, passwords: Passwords) -> None:
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
    done = run(place, command, uid)
    if done.returncode:
        raise not_started(done.stdout)


def _write_secret(path: Path, secret: str, uid: int | None) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secret + "\n")
    if uid is not None:
        os.chown(path, uid, uid)


def _give(tree: Path, uid: int) -> None:
    for path in (tree, *tree.rglob("*")):
        os.chown(path, uid, uid, follow_symlinks=False)
