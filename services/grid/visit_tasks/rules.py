"""A visit that is owed because of a report. Pure."""

from enum import StrEnum


class Status(StrEnum):
    OPEN = "OPEN"  # 待走访
    DONE = "DONE"  # 已走访
