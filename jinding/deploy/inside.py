"""What a backup is made of, from inside a deployment: over its network, as roles that may do nothing else."""

import asyncio
import os
import subprocess
import tempfile
from dataclasses import dataclass
from typing import IO, Any

from jinding.deploy.compose import BASE_BACKUP
from jinding.deploy.settings import DeploySettings
from jinding.deploy.state import state
from jinding.embedded.place import wheel_binaries
from jinding.kafka.settings import KafkaSettings
from jinding.refusal import Refusal


@dataclass(frozen=True)
class Inside:
    """`settings` name the role `backup`, and `kafka` the user of that name."""

    settings: DeploySettings
    kafka: KafkaSettings
    running: str | None

    def base(self, label: str, to: IO[bytes]) -> None:
        program, *how = BASE_BACKUP
        address = f"--dbname={self.settings.database_server_url}"
        with tempfile.NamedTemporaryFile("w") as known:
            known.write(f"*:*:*:*:{self.settings.password(self.settings.role)}\n")
            known.flush()
            done = subprocess.run(  # noqa: S603
                [wheel_binaries() / program, *how, address, f"--label={label}"],
                env={**os.environ, "PGPASSFILE": known.name},
                stdout=to,
                stderr=subprocess.PIPE,
                check=False,
            )
        if done.returncode != 0:
            told = done.stderr.decode(errors="replace").strip()[-2000:]
            raise Refusal(f"pg_basebackup 失败：{told}", "pg_basebackup failed.")

    def state(self) -> dict[str, Any]:
        return asyncio.run(state(self.settings, self.kafka))

    def image(self) -> str | None:
        return self.running
