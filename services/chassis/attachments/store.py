"""Where the bytes are: a folder or an S3 bucket. Whoever imports this loads obstore.

Parts are objects of their own until the file is whole: each is written at once or not at all, in both kinds of
store, and a crash leaves nothing but objects that the next sender writes again or the upkeep removes (ADR 0016).
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from services.chassis.attachments.settings import AttachmentSettings
from services.chassis.attachments.table import Attachment, Part
from services.chassis.errors import Unavailable

CHUNK = 256 * 1024
SLOWLY: Any = {"chunk_size": 5 * 1024 * 1024, "max_concurrency": 1}
"""So much of a file is held in memory while it is stored."""
PATIENCE: Any = {"max_retries": 3, "retry_timeout": timedelta(seconds=10)}


class StorageUnavailable(Unavailable):
    zh = "附件存储暂时不可用，请重试。"
    en = "The store of files is out of reach; try again."


class Store:
    """The objects of one service, below its name. What is not there is a `FileNotFoundError`."""

    def __init__(self, settings: AttachmentSettings, service: str) -> None:
        self.folder: Path | None = None
        if settings.attachments.startswith("s3://"):
            self.objects: Any = _bucket(settings, service)
        else:
            self.folder = Path(settings.attachments).absolute() / service
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.objects = LocalStore(self.folder)

    async def put_part(self, file: Attachment, part: Part, content: bytes) -> None:
        with _told():
            await obstore.put_async(self.objects, _part(file, part), content)

    async def parts(self, file: Attachment) -> AsyncIterator[bytes]:
        """What came, in order."""
        for part in file.parts:
            with _told():
                found = await obstore.get_async(self.objects, _part(file, part))
                yield bytes(await found.bytes_async())

    async def put(self, id: UUID, content: AsyncIterator[bytes] | IO[bytes]) -> None:
        """A whole file; it stays, also if the power is lost."""
        with _told():
            await obstore.put_async(self.objects, _whole(id), content, **SLOWLY)
        if self.folder:
            await asyncio.to_thread(_flush, self.folder / _whole(id))

    async def get(self, id: UUID, start: int, end: int) -> AsyncIterator[bytes]:
        """A whole file from byte `start` up to `end`."""
        within: Any = {"range": (start, end)}
        with _told():
            found = await obstore.get_async(self.objects, _whole(id), options=within)
            async for chunk in found.stream(min_chunk_size=CHUNK):
                yield bytes(chunk)

    async def size(self, id: UUID) -> int | None:
        """Of a whole file; None where there is none."""
        with suppress(FileNotFoundError), _told():
            return int((await obstore.head_async(self.objects, _whole(id)))["size"])
        return None

    async def all(self, before: datetime) -> AsyncIterator[tuple[str, UUID, int | None]]:
        """Our objects older than that: key, file, and of which attempt it is a part, if it is one. What else
        lies there is none of our business."""
        with _told():
            async for page in obstore.list(self.objects):
                for told in page:
                    with suppress(ValueError):
                        id, *part = told["path"].rpartition("/")[2].split(".")
                        if told["last_modified"] < before:
                            yield told["path"], UUID(id), int(part[0]) if part else None

    async def remove(self, key: str) -> None:
        with suppress(FileNotFoundError), _told():
            await obstore.delete_async(self.objects, key)

    async def remove_parts(self, file: Attachment) -> None:
        """Those that the row knows; what a slower sender wrote besides goes with the upkeep."""
        for part in file.parts:
            await self.remove(_part(file, part))

    def remove_unfinished(self, before: datetime) -> None:
        """What was being written to the folder when a process was killed, under a name with a #."""
        for path in self.folder.rglob("*#*") if self.folder else ():
            if path.stat().st_mtime < before.timestamp():
                path.unlink(missing_ok=True)


def _whole(id: UUID) -> str:
    return f"files/{id}"


def _part(file: Attachment, part: Part) -> str:
    """Named by what it holds: two senders of unequal bytes do not overwrite each other."""
    return f"parts/{file.id}.{file.attempt}.{part[0]}.{part[2]}"


def _bucket(settings: AttachmentSettings, service: str) -> S3Store:
    url = urlsplit(settings.attachments)
    options: dict[str, Any] = dict(parse_qsl(url.query)) | settings.attachments_credentials()
    http = {"allow_http": options.get("endpoint", "").startswith("http://"), "timeout": "30s"}
    told: Any = {"client_options": http, "retry_config": PATIENCE}
    return S3Store(url.netloc, prefix=f"{url.path}/{service}".strip("/"), **told, **options)


@contextmanager
def _told() -> Iterator[None]:
    """obstore's errors as ours."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as error:
        raise StorageUnavailable from error


def _flush(path: Path) -> None:
    for handle in (os.open(path, os.O_RDONLY), os.open(path.parent, os.O_RDONLY)):
        os.fsync(handle)
        os.close(handle)
