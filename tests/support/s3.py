"""A real server of S3's protocol on the loopback: Versity's gateway before a folder, built by Go where it is found."""

import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.ports import free_ports
from tests.support.waiting import listening

VERSION = "v1.8.0"
MODULE = f"github.com/versity/versitygw/cmd/versitygw@{VERSION}"
BUILD_SECONDS = 1200
BUCKET = "jinding"
KEYS = {"access_key_id": "tester", "secret_access_key": "tester-secret"}


class NoS3(Exception):
    """Why there is none; the tests that need one are skipped with it."""


def program() -> str:
    """That of the system, or one that is built once and kept in the cache."""
    if found := shutil.which("versitygw"):
        return found
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "jinding"
    built = cache / f"versitygw-{VERSION}" / "versitygw"
    if built.exists():
        return str(built)
    if (go := shutil.which("go")) is None:
        raise NoS3("neither versitygw nor Go, which would build it, is installed")
    built.parent.mkdir(parents=True, exist_ok=True)
    told = os.environ | {"GOBIN": str(built.parent), "GOFLAGS": "-mod=mod"}
    done = subprocess.run(
        [go, "install", MODULE], env=told, capture_output=True, timeout=BUILD_SECONDS, check=False
    )
    if done.returncode != 0:
        raise NoS3(f"Go could not build it: {done.stderr.decode()[-300:]}")
    return str(built)


@dataclass
class Bucket:
    folder: Path
    port: int
    program: str
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"s3://{BUCKET}/files?endpoint=http://127.0.0.1:{self.port}&region=us-east-1"

    async def start(self) -> None:
        (self.folder / "data" / BUCKET).mkdir(parents=True, exist_ok=True)
        (self.folder / "meta").mkdir(exist_ok=True)
        address = ["--port", f"127.0.0.1:{self.port}", "--quiet"]
        self.process = subprocess.Popen(
            [
                self.program,
                *address,
                "posix",
                "--sidecar",
                self.folder / "meta",
                self.folder / "data",
            ],
            env=os.environ
            | {
                "ROOT_ACCESS_KEY": KEYS["access_key_id"],
                "ROOT_SECRET_KEY": KEYS["secret_access_key"],
            },
            stdout=subprocess.DEVNULL,
        )
        await listening(self.port)

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()


@asynccontextmanager
async def bucket(folder: Path) -> AsyncIterator[Bucket]:
    [port] = free_ports(1)
    made = Bucket(folder, port, program())
    await made.start()
    try:
        yield made
    finally:
        made.kill()
