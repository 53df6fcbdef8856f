"""What becomes of a file once all of it has come: compared, looked at, made anew, stored; or refused.

One at a time in each process. Nothing is lost if it is killed meanwhile: the parts stay until the row says that
the file is whole, and whoever comes next, the sender or the upkeep, begins again.
"""

import asyncio
import hashlib
from contextlib import suppress
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import UUID

import structlog
from pydantic import ValidationError

from services.chassis.attachments import queries
from services.chassis.attachments.declared import Exif, FileState
from services.chassis.attachments.store import StorageUnavailable, Store
from services.chassis.attachments.table import Attachment
from services.chassis.attachments.upload import Attached
from services.chassis.database import as_json
from services.media.clamd import ScannerUnavailable, infected
from services.media.kinds import END, FileKind, is_of
from services.media.photos import NotAPhoto, Studio

log = structlog.get_logger()
SETTLED = "checked_at = now() where id = $1 and attempt = $2 and state = 'DECLARED' returning 1"
REFUSE = f"""
    update attachment set state = 'REFUSED', reason = $3, attempt = attempt + 1, parts = '[]', received = 0,
        {SETTLED}"""
COMPLETE = f"""
    update attachment set state = 'COMPLETE', reason = null, content_size = $3, content_sha256 = $4, exif = $5,
        {SETTLED}"""
WAIT = "update attachment set reason = $3 where id = $1 and attempt = $2 and state = 'DECLARED'"


class NotAsDeclared(Exception):
    """The message is the reason, a code."""


class Checker:
    def __init__(self, attached: Attached) -> None:
        self.attached, self.settings = attached, attached.settings
        self.store = Store(attached.settings, attached.service)
        self._studio, self._alone = Studio(self.settings.attachment_pixels), asyncio.Lock()

    async def settle(self, id: UUID) -> None:
        """Bring a file that has come to its end. Where the store or the scanner is away it stays DECLARED."""
        async with self._alone:
            async with self.attached.database.statements() as connection:
                file = await queries.found(connection, Attachment, id)
            if file is None or file.state != FileState.DECLARED or file.received < file.size:
                return
            statement, *told = await self._verdict(file)
            if await self.attached.rows(statement, file.id, file.attempt, *told):
                await self.store.remove_parts(file)

    async def _verdict(self, file: Attachment) -> tuple[Any, ...]:
        """The statement that says it, and what of."""
        try:
            return COMPLETE, *await self._stored(file)
        except (NotAsDeclared, NotAPhoto) as refused:
            return REFUSE, str(refused)
        except FileNotFoundError:
            return REFUSE, "parts_lost"
        except (StorageUnavailable, ScannerUnavailable, OSError) as away:
            log.warning("attachment_waits", reason=type(away).__name__)
            scan = isinstance(away, ScannerUnavailable)
            return WAIT, "waits_for_scan" if scan else "waits_for_store"

    async def _stored(self, file: Attachment) -> tuple[int, str, str | None]:
        """Size and hash of what is stored in the end, and the photo's EXIF as JSON."""
        with TemporaryFile() as sent, TemporaryFile() as made:
            await self._compared(file, sent)
            if (scanner := self.settings.clamd) and await infected(scanner, self.store.parts(file)):
                raise NotAsDeclared("infected")
            if file.kind != FileKind.PHOTO:
                await self.store.put(file.id, self.store.parts(file))
                return file.size, file.sha256, None
            told = await self._studio.made_anew(sent, made, file.media_type)
            sha256, size = hashlib.file_digest(made, "sha256").hexdigest(), made.tell()
            made.seek(0)
            await self.store.put(file.id, made)
            return size, sha256, _exif(told)

    async def _compared(self, file: Attachment, copy: IO[bytes]) -> None:
        """Whether the parts are what was declared, and begin and end as their type does. A photo is copied."""
        sha256, begin, end = hashlib.sha256(), b"", b""
        async for part in self.store.parts(file):
            sha256.update(part)
            begin, end = begin or part[:16], (end + part)[-END:]
            if file.kind == FileKind.PHOTO:
                copy.write(part)
        if sha256.hexdigest() != file.sha256:
            raise NotAsDeclared("hash_differs")
        if not is_of(file.media_type, file.size, begin, end):
            raise NotAsDeclared("not_of_its_type")


def _exif(told: dict[str, Any]) -> str | None:
    """What a photo says of itself is no reason to refuse it."""
    with suppress(ValidationError):
        return as_json(Exif.model_validate(told)) if told else None
    return None
