"""What an app declares of a file before it sends it, and what a noun says of its files."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationInfo, field_validator
from pydantic.types import FailFast
from pydantic_core import PydanticCustomError
from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from services.chassis.database import Instant, stored, stored_json
from services.chassis.operation import When
from services.media.kinds import MOST, TYPES, FileKind


class FileState(StrEnum):
    """REFUSED: what came is not what was declared, or not acceptable; it may be sent again."""

    DECLARED = "DECLARED"
    COMPLETE = "COMPLETE"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"


# Nothing of these is waited for.
WHOLE = (FileState.COMPLETE, FileState.WITHDRAWN)


@dataclass(frozen=True)
class Files:
    """The files of a noun: read, as far as they are `shown`, with permission `read` on the record; besides who declared one,
    whoever has `withdraw` says that it will not come. Downloads of C3, C4 and for a `purpose` are audited."""

    read: str
    withdraw: str
    data_class: Literal["C1", "C2", "C3", "C4"] = "C2"

    def shown(self, file: Any, row: Any, caller: Any) -> "AttachmentOut":
        return AttachmentOut.model_validate(file, from_attributes=True)

    async def purpose(self, database: Any, file: Any, row: Any, caller: Any) -> str | None:
        return None


class FilePosition(BaseModel):
    """Degrees in `datum`: data of different ones do not compare."""

    model_config = ConfigDict(extra="forbid")

    longitude: float = Field(ge=-180, le=180)
    latitude: float = Field(ge=-90, le=90)
    datum: Literal["WGS84", "CGCS2000", "GCJ02", "BD09"]


class Exif(BaseModel):
    """What a photo itself said: local time as written, its offset if that was, and the position."""

    taken_at: datetime | None = None
    offset: Annotated[str, StringConstraints(pattern=r"^[+-][0-9]{2}:[0-9]{2}$")] | None = None
    position: FilePosition | None = None


class AttachmentIn(SQLModel):
    """A file that will be sent. `id`: a UUID made by the client. `taken_at`, `position`: by the device's clock
    and receiver. There is no name: names tell of persons."""

    model_config = ConfigDict(extra="forbid")  # type: ignore[assignment]

    id: UUID = Field(primary_key=True)
    kind: FileKind = Field(sa_type=stored(FileKind))
    media_type: str = Field(max_length=40, schema_extra={"examples": [*TYPES]})
    size: int = Field(ge=1, sa_type=BigInteger, description="Bytes.")
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    taken_at: When | None = Field(default=None, sa_type=Instant)
    position: FilePosition | None = Field(default=None, sa_type=stored_json(FilePosition))

    @field_validator("media_type", "size")
    @classmethod
    def _fits_the_kind(cls, value: Any, info: ValidationInfo) -> Any:
        if kind := info.data.get("kind"):
            types = [name for name, of in TYPES.items() if of.kind is kind]
            if value not in types if isinstance(value, str) else value > MOST[kind]:
                told = f"{kind}: {', '.join(types)}; ≤ {MOST[kind]}"
                told_twice = {"zh": f"不符合 {told} 字节。", "en": f"Does not fit {told} bytes."}
                raise PydanticCustomError("does_not_fit_the_kind", "{en}", told_twice)
        return value


Attachments = Annotated[
    tuple[AttachmentIn, ...],
    FailFast(),  # pydantic looks at all of a tuple before it counts them
    Field(max_length=20, description="Files that belong to this; send each to its own address."),
]
# A field of a body; by default there are none: `attachments: Attachments = ()`.


class AttachmentOut(AttachmentIn):
    """A file of a record. `received`: bytes so far. `exif`: what the file said of time and place, beside what
    the device declared. `content_…`: of what can be downloaded; a photo is made anew. Who declared it is not told."""

    state: FileState = Field(default=FileState.DECLARED, sa_type=stored(FileState))
    reason: str | None = None
    received: int = Field(default=0, sa_type=BigInteger)
    exif: Exif | None = Field(default=None, sa_type=stored_json(Exif))
    content_size: int | None = Field(default=None, sa_type=BigInteger)
    content_sha256: str | None = None
    declared_at: datetime = Field(sa_type=Instant)
    checked_at: datetime | None = Field(default=None, sa_type=Instant)
