"""The kinds of files that are taken, and how each type of file is known."""

from enum import StrEnum
from typing import NamedTuple

MIB = 1 << 20


class FileKind(StrEnum):
    PHOTO = "PHOTO"
    DOCUMENT = "DOCUMENT"
    VIDEO = "VIDEO"


class MediaType(NamedTuple):
    """A file of it holds the bytes `begins` at offset `at`."""

    kind: FileKind
    extension: str
    begins: bytes
    at: int = 0


TYPES = {
    "image/jpeg": MediaType(FileKind.PHOTO, "jpg", b"\xff\xd8\xff"),
    "image/png": MediaType(FileKind.PHOTO, "png", b"\x89PNG\r\n\x1a\n"),
    "image/webp": MediaType(FileKind.PHOTO, "webp", b"WEBP", 8),
    "application/pdf": MediaType(FileKind.DOCUMENT, "pdf", b"%PDF-"),
    "video/mp4": MediaType(FileKind.VIDEO, "mp4", b"ftyp", 4),
}
MOST = {FileKind.PHOTO: 20 * MIB, FileKind.DOCUMENT: 50 * MIB, FileKind.VIDEO: 200 * MIB}
"""Bytes of one file."""


def is_of(media_type: str, begin: bytes) -> bool:
    """Whether what begins so may be a file of that type."""
    of = TYPES[media_type]
    return begin[of.at :].startswith(of.begins)
