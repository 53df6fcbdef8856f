"""`docker compose` on the host. `COMPOSE_FILE` may name further files, as compose itself has it."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from jinding.refusal import Refusal

FILE = "deploy/docker-compose.yml"
BASE_BACKUP = (
    *("pg_basebackup", "-D", "-", "--format=tar", "--wal-method=fetch", "--checkpoint=fast"),
    *("--compress=client-gzip:3", "--manifest-checksums=SHA256"),
)


@dataclass(frozen=True)
class Compose:
    """`settings` go before those of the environment. Nobody need name an issuer for what starts no gateway."""

    settings: Mapping[str, str] = field(default_factory=dict)

    def run(
        self, *arguments: str, stdin: IO[bytes] | None = None, stdout: IO[bytes] | None = None
    ) -> str:
        """What it answers; what it says when it fails is the refusal."""
        done = subprocess.run(  # noqa: S603
            ["docker", "compose", *arguments],  # noqa: S607
            env={"COMPOSE_FILE": FILE, **os.environ, **self.settings},
            stdin=stdin or subprocess.DEVNULL,
            stdout=stdout or subprocess.PIPE,
            stderr=subprocess.PIPE,
            check=False,
        )
        if done.returncode != 0:
            told = done.stderr.decode(errors="replace").strip()[-2000:]
            command = " ".join(arguments[:4])
            raise Refusal(
                f"docker compose {command} … 失败：{told}", f"docker compose {command} … failed."
            )
        return (done.stdout or b"").decode()

    def step(self, *arguments: str, stdin: IO[bytes] | None = None) -> str:
        """A command of the container `operations`: `jinding deploy …` inside."""
        run = "run", "--rm", "--no-deps", "-T", "--quiet-pull", "operations", "deploy"
        return self.run(*run, *arguments, stdin=stdin)

    def base(self, label: str, to: IO[bytes]) -> None:
        # by the socket, which the image trusts: no role and no port for it beside what there is
        how = *BASE_BACKUP, "-U", "postgres", f"--label={label}"
        self.run("exec", "-T", "postgres", *how, stdout=to)

    def state(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.step("state"))
        return told

    def start(self, *services: str) -> None:
        self.run("up", "-d", "--wait", "--wait-timeout", "600", "--quiet-pull", *services)

    def file(self) -> dict[str, Any]:
        """The deployment as compose reads it."""
        told: dict[str, Any] = json.loads(self.run("config", "--format", "json"))
        return told

    def volume(self, name: str) -> str:
        """What the engine calls it."""
        return str(self.file()["volumes"][name]["name"])

    def image(self) -> str | None:
        """What runs now, if anything does."""
        told = self.run("ps", "-a", "--format", "json", "grid").splitlines()
        return str(json.loads(told[0])["Image"]) if told else None


def without_issuer() -> Compose:
    return Compose({"OIDC_ISSUER": os.environ.get("OIDC_ISSUER") or "-"})


def volume_exists(name: str) -> bool:
    return _engine(["volume", "inspect", name])


def remove_volume(name: str) -> None:
    _engine(["volume", "rm", name])


def _engine(arguments: Sequence[str]) -> bool:
    done = subprocess.run(["docker", *arguments], capture_output=True, check=False)  # noqa: S603, S607
    return done.returncode == 0
