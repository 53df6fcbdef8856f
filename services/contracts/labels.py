from typing import NamedTuple


class Label(NamedTuple):
    """What people read for a code. Codes are stable; labels may be reworded."""

    zh: str
    en: str
