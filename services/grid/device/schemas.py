from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, create_model

from services.grid.device.nouns import FOLLOWED

_lines: dict[str, Any] = {
    name: (list[each.line], [])  # type: ignore[name-defined]
    for name, each in FOLLOWED.items()
}
Records: type[BaseModel] = create_model(
    "SyncRecords", __doc__="Records as lists show them, by noun.", **_lines
)
_ids: dict[str, Any] = {name: (list[UUID], []) for name in FOLLOWED}
Gone: type[BaseModel] = create_model(
    "SyncGone", __doc__="Ids of what was deleted or is no longer yours to see, by noun.", **_ids
)


class SyncOut(BaseModel):
    """`records`: new or changed; replace what you hold by `id`. `gone`: delete these. `rescoped`: your roles, areas or
    organisation have changed, and this round tells all that you see now. `more`: go on at once with `next`; keep it once
    the whole page is stored. `server_time`: compare your clock with it."""

    records: Records
    gone: Gone
    rescoped: bool
    more: bool
    next: str
    server_time: datetime
