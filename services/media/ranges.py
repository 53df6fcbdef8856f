"""The header `Range` of HTTP (RFC 9110), as far as one range of bytes is asked for."""

import re

_ONE = re.compile(r"bytes=(?=[0-9]|-[0-9])([0-9]{0,15})-([0-9]{0,15})")


def range_of(asked: str, size: int) -> tuple[int, int] | None:
    """From which byte up to which; none of them where start ≥ end. None: the whole is to be answered."""
    if not (told := _ONE.fullmatch(asked)):
        return None
    first, last = told.groups()
    if not first:
        return max(size - int(last), 0), size
    return int(first), min(int(last) + 1, size) if last else size
