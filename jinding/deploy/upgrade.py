"""Another version of Jinding over the same data, and the way back."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jinding.deploy.backup import told_of
from jinding.deploy.compose import Compose
from jinding.processes import SERVICES
from jinding.refusal import Refusal

KEPT = Path("deploy/.env")
VARIABLE = "JINDING_VERSION"


def of_version(version: str) -> Compose:
    """Refuses where it could not be started for want of settings."""
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}", version):
        raise Refusal(f"版本号不合规：{version}。", f"This is no version: {version}.")
    compose = Compose({VARIABLE: version})
    compose.file()
    return compose


def upgrade(compose: Compose, backup: Path) -> Iterator[str]:
    """What was done and what remains possible, line by line. The image is pulled where `JINDING_IMAGE` names a
    registry's, and built from this clone otherwise."""
    version, before = compose.settings[VARIABLE], told_of(backup)
    compose.run(
        "pull" if "/" in os.environ.get("JINDING_IMAGE", "") else "build", "--quiet", "grid"
    )
    compose.run("stop", *SERVICES)  # what runs may be unable to write to the new schema
    compose.start()
    compose.step("verify", "--patience", "600")
    kept = _keep(version)
    yield f"已升级并核对 · upgraded and verified: {version}（{kept}）"
    now = _schemas(compose)
    yield from way_back(before, now, backup, compose.volume("postgres"))


def way_back(
    before: Mapping[str, Any], now: Mapping[str, str], backup: Path, volume: str
) -> Iterator[str]:
    """The very commands. A schema has no way back but the backup: a service refuses one that it does not know."""
    old = str(before["image"] or "").rpartition(":")[2] or "dev"
    yield "如需退回 · to go back:"
    if now == {name: told["schema"] for name, told in before["databases"].items()}:
        yield f"  {VARIABLE}={old} docker compose -f deploy/docker-compose.yml up -d --wait"
    else:
        yield "  # 结构已变，升级后登记的业务会丢失 · the schema has changed: what was entered since is lost"
        yield "  make down"
        yield f"  docker volume rm {volume}"
        yield f"  {VARIABLE}={old} make restore FROM={backup}"
    yield f"  # 并改回 · and in {KEPT}: {VARIABLE}={old}"


def _schemas(compose: Compose) -> dict[str, str]:
    return {name: each["schema"] for name, each in compose.state()["databases"].items()}


def _keep(version: str) -> Path:
    """So that later commands mean the same version."""
    lines = KEPT.read_text().splitlines() if KEPT.exists() else []
    others = [line for line in lines if not line.startswith(f"{VARIABLE}=")]
    KEPT.write_text("\n".join([*others, f"{VARIABLE}={version}"]) + "\n")
    return KEPT
