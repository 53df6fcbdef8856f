"""Headers as one binary column: an array of arrays cannot be unnested row by row, and values are bytes."""

from struct import Struct
from sys import intern

from services.chassis.eventlog.batches import header_name

Headers = tuple[tuple[str, bytes], ...]

_LENGTHS = Struct(">II")


def pack(headers: Headers) -> bytes:
    parts: list[bytes] = []
    for text, value in headers:
        name = header_name(text)
        parts += (_LENGTHS.pack(len(name), len(value)), name, value)
    return b"".join(parts)


def unpack(packed: bytes) -> Headers:
    headers: list[tuple[str, bytes]] = []
    at = 0
    while at < len(packed):
        name_bytes, value_bytes = _LENGTHS.unpack_from(packed, at)
        name = at + _LENGTHS.size
        value = name + name_bytes
        at = value + value_bytes
        headers.append((intern(packed[name:value].decode()), packed[value:at]))
    return tuple(headers)
