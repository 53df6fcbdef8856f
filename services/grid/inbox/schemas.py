from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, create_model

from services.grid.inbox.sources import SOURCES

Line = TypeVar("Line")


class InboxSection(BaseModel, Generic[Line]):
    """`items`: the newest. `more`: there are more than `count` says. `overdue`: how many of them are late; null where
    nothing is due. `changed`: how many of them are new or changed since the cursor; null without one, and where that is
    not followed."""

    count: int
    more: bool
    overdue: int | None
    changed: int | None
    items: list[Line]


_sections: dict[str, Any] = {
    source.name: (InboxSection[source.line] | None, None)  # type: ignore[name-defined]
    for source in SOURCES
}
Sections: type[BaseModel] = create_model(
    "InboxSections", __doc__="Null: not for your roles.", **_sections
)


class InboxOut(BaseModel):
    """What waits for the caller. `next`: `since` of the next call."""

    sections: Sections
    next: str
    server_time: datetime
