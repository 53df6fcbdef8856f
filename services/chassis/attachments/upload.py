"""The parts of a file as they come, each at the offset where the one before ended (as in tus.io's protocol)."""

import hashlib
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from services.chassis.attachments import queries
from services.chassis.attachments.declared import WHOLE, AttachmentOut, Files
from services.chassis.attachments.settings import AttachmentSettings
from services.chassis.attachments.table import Attachment, Part
from services.chassis.database import Database, as_json, driver
from services.chassis.errors import Conflict, Forbidden, Invalid, NotFound
from services.chassis.identity.caller import Caller
from services.chassis.identity.policy import allows
from services.media.kinds import MIB

if TYPE_CHECKING:
    from services.chassis.attachments.check import Checker
    from services.chassis.attachments.store import Store
    from services.chassis.runtime import Definition

LEAST, MOST = MIB // 16, MIB
# Only whoever finds the file as long as it was when it looked may lengthen it.
LENGTHEN = """
    update attachment set parts = parts || $4::jsonb, received = received + $5, state = 'DECLARED',
        reason = null, touched_at = now()
    where id = $1 and attempt = $2 and received = $3 and state in ('DECLARED', 'REFUSED') returning 1"""
WITHDRAW = """
    update attachment set state = 'WITHDRAWN', reason = null, touched_at = now()
    where id = $1 and state in ('DECLARED', 'REFUSED') returning 1"""


class OffsetDiffers(Conflict):
    """`Upload-Offset` of the answer says where to go on."""

    pointer = "/header/upload-offset"

    def __init__(self, received: int) -> None:
        super().__init__(f"应从第 {received} 字节继续上传。", f"Go on at byte {received}.")
        self.received = received


class PartLengthWrong(Invalid):
    zh = f"分片应为 {LEAST} 至 {MOST} 字节，仅最后一片可以更短，且不超出声明的大小。"
    en = f"A part has {LEAST} to {MOST} bytes, only the last fewer, and none goes beyond the declared size."


class NotTheDeclarer(Forbidden):
    zh = "只有声明该附件的人可以上传或撤回。"
    en = "A file is sent, or withdrawn, by whoever declared it."


class NotWhole(Conflict):
    zh = "附件尚未收齐。"
    en = "The file has not come whole."


class AlreadyWhole(Conflict):
    zh = "附件已收齐或已撤回，不能更改。"
    en = "The file is whole, or was withdrawn: it does not change."


class Attached:
    """The files of one service. The store is opened, and its library loaded, when the first one comes."""

    def __init__(
        self, settings: AttachmentSettings, definition: "Definition", database: Database
    ) -> None:
        self.settings, self.database = settings, database
        self.service, self.policy = definition.name, definition.policy
        self.nouns = {noun.name: noun for noun in definition.nouns if noun.files}

    @cached_property
    def checker(self) -> "Checker":
        from services.chassis.attachments.check import Checker  # noqa: PLC0415

        return Checker(self)

    @property
    def store(self) -> "Store":
        return self.checker.store

    async def rows(self, statement: str, *arguments: Any) -> list[Any]:
        async with self.database.statements() as connection:
            return list(await (await driver(connection)).fetch(statement, *arguments))

    async def visible(self, caller: Caller, id: UUID) -> tuple[Attachment, Any, Files]:
        """The file and its record, if the caller may read that; else there is none."""
        async with self.database.statements() as connection:
            file = await queries.found(connection, Attachment, id)
            noun = self.nouns.get(file.noun) if file else None
            if noun and allows(self.policy, caller, noun.files.read):
                record = noun.model, file.aggregate_id, noun.visible(caller)
                if row := await queries.found(connection, *record):
                    return file, row, noun.files
        raise NotFound

    async def shown(self, caller: Caller, id: UUID) -> AttachmentOut:
        file, row, files = await self.visible(caller, id)
        return files.shown(file, row, caller)

    async def send(self, caller: Caller, id: UUID, offset: int, content: bytes) -> AttachmentOut:
        """Take a part. One that came before changes nothing; with the last one the file is checked."""
        file, *_ = await self.visible(caller, id)
        if file.declared_by != caller.subject:
            raise NotTheDeclarer
        part = offset, len(content), hashlib.sha256(content).hexdigest()
        again = part in file.parts or (not content and offset == file.received == file.size)
        if not again and not await self._lengthened(file, part, content):
            raise OffsetDiffers((await self.visible(caller, id))[0].received)  # one was faster
        await self.checker.settle(id)
        return await self.shown(caller, id)

    async def _lengthened(self, file: Attachment, part: Part, content: bytes) -> bool:
        offset, length, _ = part
        if file.state in WHOLE:
            raise AlreadyWhole
        if offset != file.received:
            raise OffsetDiffers(file.received)
        left = file.size - offset
        if not min(LEAST, left) <= length <= min(MOST, left):
            raise PartLengthWrong
        await self.store.put_part(file, part, content)
        told = file.attempt, offset, as_json([part]), length
        return bool(await self.rows(LENGTHEN, file.id, *told))

    async def withdraw(self, caller: Caller, id: UUID) -> AttachmentOut:
        """Say that it will not come: nothing waits for it any more, and what came of it goes."""
        file, _, files = await self.visible(caller, id)
        if file.declared_by != caller.subject and not allows(self.policy, caller, files.withdraw):
            raise NotTheDeclarer
        if not await self.rows(WITHDRAW, id):
            raise AlreadyWhole
        await self.store.remove_parts(file)
        return await self.shown(caller, id)
