"""The kinds of files that are taken, and how each type of file is known."""

import re
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


END = 2048
_PDF_ENDS = re.compile(rb"startxref\s+([0-9]{1,12})\s+%%EOF")


def is_of(media_type: str, size: int, begin: bytes, end: bytes) -> bool:
    """Whether a file of `size` bytes that begins and ends so may be of that type. A PDF is whole only with the place
    of its table of contents at its `end`, the last 2 KiB."""
    of = TYPES[media_type]
    if media_type == "application/pdf":
        tables = _PDF_ENDS.findall(end)
        if not tables or int(tables[-1]) >= size:
            return False
    return begin[of.at :].startswith(of.begins)
