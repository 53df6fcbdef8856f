"""The deployment as an operator has it, with an issuer of our own beside it, under a project name of its own."""

import json
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

from jinding.secrets import make_secrets
from services.chassis.identity.keys import load_or_create_private_key, publish
from tests.support.ports import free_ports

ISSUER = "http://issuer:8080"
AUDIENCE = "jinding"
FILES = "deploy/docker-compose.yml", "tests/compose/issuer.yml"
TOKEN_SECONDS = 4 * 3600
UP_SECONDS = 300


@dataclass
class Stack:
    """`folder` keeps the issuer's keys; the secrets are those of `deploy/secrets`, made if there are none."""

    folder: Path
    name: str = "jinding-proof"
    settings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        make_secrets(Path("deploy/secrets"), "localhost")
        public = self.folder / "keys"
        public.mkdir(parents=True, exist_ok=True)
        public.chmod(0o755)
        self._key: ECKey = load_or_create_private_key(self.folder / "issuer")
        publish(public / "jwks.json", [self._key])
        (public / "jwks.json").chmod(0o644)
        self.port, kafka = free_ports(2)
        self.environment = {
            **os.environ,
            "COMPOSE_PROJECT_NAME": self.name,
            "ISSUER_KEYS": str(public.absolute()),
            "OIDC_ISSUER": ISSUER,
            "OIDC_JWKS_URL": f"{ISSUER}/jwks.json",
            "GATEWAY_PORT": str(self.port),
            "KAFKA_PUBLIC_PORT": str(kafka),
            **self.settings,
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def compose(self, *arguments: str, check: bool = True) -> str:
        """The output of `docker compose …`; what it says when it fails is in the error."""
        files = [part for file in FILES for part in ("-f", file)]
        done = subprocess.run(
            ["docker", "compose", *files, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode != 0:
            raise RuntimeError(f"docker compose {arguments[0]}: {done.stderr[-4000:]}")
        return done.stdout

    def up(self, *services: str) -> float:
        """Start, and wait until all are healthy; returns the seconds."""
        began = time.monotonic()
        self.compose("up", "-d", "--wait", "--wait-timeout", str(UP_SECONDS), *services)
        return time.monotonic() - began

    def up_of_another_image(self, version: str) -> float:
        """The same program in an image of another id, which every container is made anew from."""
        build = "build", "--quiet", "--label", f"proof={version}", "--tag", f"jinding:{version}"
        command = ["docker", *build, "-f", "deploy/Dockerfile", "."]
        subprocess.run(command, capture_output=True, check=True)
        self.environment["JINDING_VERSION"] = version
        return self.up()

    def down(self) -> None:
        """Stop, and leave nothing behind."""
        self.compose("down", "-v", "--remove-orphans", "--timeout", "30")

    def unhealthy(self) -> list[str]:
        """The containers that do not run, or run and are not healthy; steps that succeeded are neither."""
        told = map(json.loads, self.compose("ps", "-a", "--format", "json").splitlines())
        return [each["Name"] for each in told if not _well(each)]

    def memory(self) -> str:
        """What each container uses, as the engine tells it."""
        ids = self.compose("ps", "-q").split()
        form = "{{.Name}}\t{{.MemUsage}}"
        command = ["docker", "stats", "--no-stream", "--format", form, *ids]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def token(self, roles: Sequence[str], areas: Sequence[str], subject: str = "proof") -> str:
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": subject, "iat": now}
        claims |= {"exp": now + TOKEN_SECONDS, "roles": list(roles), "areas": list(areas)}
        return jwt.encode(
            {"alg": "ES256", "kid": self._key.kid, "typ": "at+jwt"}, claims, self._key
        )


def _well(container: Mapping[str, Any]) -> bool:
    if container["State"] == "running":
        return bool(container["Health"] in ("healthy", ""))
    return bool(container["State"] == "exited" and container["ExitCode"] == 0)
