"""The tar file that PostgreSQL makes of itself, against the manifest that is in it."""

import hashlib
import json
import tarfile
import zlib
from pathlib import Path
from typing import IO

CHUNK = 1 << 20
MANIFEST = "backup_manifest"


def digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def manifest_faults(base: Path) -> list[str]:
    """What of the manifest is missing, or is another; read to the very end."""
    found: dict[str, tuple[int, str]] = {}
    manifest = None
    try:
        with tarfile.open(base, "r|gz") as tar:
            for member in tar:
                stream = tar.extractfile(member)
                if stream and member.name == MANIFEST:
                    manifest = json.load(stream)
                elif stream:
                    found[member.name.removeprefix("./")] = member.size, _digest(stream)
    except (tarfile.TarError, EOFError, OSError, ValueError, zlib.error) as error:
        return [f"{base.name}: {error!r}"]
    if manifest is None:
        return [f"{MANIFEST} is missing"]
    return [
        file["Path"]
        for file in manifest["Files"]
        if "Path" in file and found.get(file["Path"]) != (file["Size"], file["Checksum"])
    ]


def _digest(stream: IO[bytes]) -> str:
    told = hashlib.sha256()
    while chunk := stream.read(CHUNK):
        told.update(chunk)
    return told.hexdigest()
