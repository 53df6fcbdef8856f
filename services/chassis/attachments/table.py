"""The table of files: what was declared, how much of it came, and what became of it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from services.chassis.aggregate import Row
from services.chassis.attachments.declared import AttachmentOut
from services.chassis.database import Instant, stored_json
from services.chassis.errors import Conflict, Invalid
from services.chassis.flush import Changes
from services.chassis.operation import Call
from services.media.kinds import FileKind

Part = tuple[int, int, str]  # offset, length and sha256


class Attachment(Row, AttachmentOut, table=True):
    """`attempt` counts how often it was begun anew; the parts of each are stored apart."""

    __tablename__ = "attachment"
    __table_args__ = (
        Index("ix_attachment_aggregate", "aggregate_id"),
        Index("ix_attachment_open", "touched_at", postgresql_where=text("state = 'DECLARED'")),
    )

    noun: str
    aggregate_id: UUID
    area_code: str = Field(max_length=15)
    declared_by: str
    attempt: int = 1
    parts: list[Part] = Field(default=[], sa_type=stored_json(list[Part]))
    touched_at: datetime = Field(sa_type=Instant)


class AttachmentTaken(Conflict):
    """Another record, or an earlier item of the batch, has declared it."""

    zh = "附件编号已被使用。"
    en = "The id of an attachment is taken."
    pointer = "/attachments"


class VideoNotTaken(Invalid):
    zh = "本系统不接收视频。"
    en = "No videos are taken here."
    pointer = "/attachments"


def require_taken(body: Any, created: Collection[tuple[str, UUID]], *, video: bool) -> None:
    """Refuse what an earlier item of the same run has declared, or this one twice; and videos, unless they are taken."""
    files = getattr(body, "attachments", ())
    if not video and any(file.kind == FileKind.VIDEO for file in files):
        raise VideoNotTaken
    places = [(Attachment.__tablename__, file.id) for file in files]
    if len({*places}) < len(places) or any(place in created for place in places):
        raise AttachmentTaken


def declare(changes: Changes, body: Any, row: Any, noun: str, call: Call) -> None:
    """What `body` declares is written with the aggregate `row`, as rows of this table."""
    at = dict.fromkeys(("declared_at", "touched_at"), call.recorded_at)
    of = {"noun": noun, "aggregate_id": row.id, "area_code": row.area_code, **at}
    for told in getattr(body, "attachments", ()):
        file = Attachment(**dict(told), **of, declared_by=call.caller.subject)
        changes.rows[Attachment.__tablename__, file.id] = file
        changes.created.add((Attachment.__tablename__, file.id))
        changes.declared[row.id] = (*changes.declared.get(row.id, ()), file.id)
