"""Just enough of HTTP/1.1 to know where an answer ends. Pure."""

from typing import NamedTuple

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"
BODILESS = {204, 304}


class Answer(NamedTuple):
    status: int
    size: int
    closes: bool


def first_answer(received: bytes) -> Answer | None:
    """The first answer in `received`, or None while it is not complete."""
    end = received.find(HEAD_END)
    if end < 0:
        return None
    head = received[:end].lower()
    status, size = int(head[9:12]), end + len(HEAD_END)
    if status not in BODILESS:
        size += _length(head)
    if len(received) < size:
        return None
    return Answer(status, size, b"connection: close" in head)


def _length(head: bytes) -> int:
    at = head.find(LENGTH)
    if at < 0:
        raise ValueError(f"an answer without a length: {head!r}")
    line = head[at + len(LENGTH) :].partition(b"\r\n")[0]
    return int(line)
