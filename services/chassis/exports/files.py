"""Where exports lie: a folder that all replicas of a service share. What an attempt at a job writes carries its
name, and stands under the name that is read only when it is whole."""

import os
import shutil
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

from services.chassis.exports.jobs import Job


@dataclass(frozen=True)
class Folder:
    path: Path

    def whole(self, job: Job) -> Path:
        return self.path / f"{job.attempted}.{job.format}"

    def part(self, job: Job) -> Path:
        """A new folder for all that is written on the way."""
        made = self.path / f"{job.attempted}.part"
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        made.mkdir(mode=0o700)
        return made

    def keep(self, written: Path, job: Job) -> int:
        """It is whole, and stays so whatever becomes of the machine. Its size in bytes."""
        with written.open("rb") as file:
            os.fchmod(file.fileno(), 0o600)
            os.fsync(file.fileno())
        return written.rename(self.whole(job)).stat().st_size

    def names(self) -> list[str]:
        return os.listdir(self.path) if self.path.is_dir() else []

    def discard(self, names: list[str], wanted: Container[str]) -> None:
        """Those of `names` that are of no attempt that is `wanted`."""
        for path in (self.path / name for name in names):
            if path.stem not in wanted:
                shutil.rmtree(path, ignore_errors=True)
                if path.is_file():
                    path.unlink()
