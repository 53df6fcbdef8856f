"""What an auditor finds in the audit; that he looked is told there as well."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy import ColumnElement, false, or_, select

from services.chassis.audit.anchors import Head
from services.chassis.audit.entry import Entry
from services.chassis.audit.recorder import Audit
from services.chassis.audit.tables import audit
from services.chassis.http.reads import Page
from services.chassis.identity.caller import Caller
from services.chassis.identity.scope import within
from services.chassis.operation import When
from services.chassis.runtime import inline
from services.contracts.codes_audit import Action

READ = "audit.read"
DISTRICT_DIGITS = 6


class AuditLine(BaseModel):
    """One act. `fields` are names, never content; `outcome` is `done` or why not."""

    seq: int
    at: datetime
    subject: str
    roles: list[str]
    organisation: str | None
    action: str
    noun: str
    object_id: UUID | None
    area_code: str | None
    fields: list[str]
    purpose: str | None
    outcome: str
    request_id: str


class AnchorOut(BaseModel):
    """The last row and its hash; 0 and nothing where there is no row yet."""

    seq: int
    hash: str

    @classmethod
    def of(cls, head: Head | None) -> "AnchorOut":
        return cls(seq=head.seq, hash=head.hash) if head else cls(seq=0, hash="")


class Asked:
    """`since` and before `until`: when it was done. `after` is the cursor of the page before."""

    def __init__(
        self,
        subject: Annotated[str | None, Query(max_length=200)] = None,
        action: Action | None = None,
        noun: Annotated[str | None, Query(pattern="^[a-z_]{1,40}$")] = None,
        object_id: UUID | None = None,
        since: When | None = None,
        until: When | None = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        after: Annotated[str | None, Query(pattern="^[0-9]{1,18}$")] = None,
    ) -> None:
        self.limit, self.object_id = limit, object_id
        line = audit.c
        told: dict[str, tuple[Any, Callable[[Any], ColumnElement[bool]]]] = {
            "subject": (subject, line.subject.__eq__),
            "action": (action, line.action.__eq__),
            "noun": (noun, line.noun.__eq__),
            "object_id": (object_id, line.object_id.__eq__),
            "since": (since, line.at.__ge__),
            "until": (until, line.at.__lt__),
        }
        self.filters = {name: is_(value) for name, (value, is_) in told.items() if value}
        self.past = [line.seq < int(after)] if after else []


Asking = Annotated[Asked, Depends(inline(Asked))]


async def page(
    held: Audit, caller: Caller, asked: Asked, request: Request, response: Response
) -> Page[AuditLine]:
    """The newest first, of the auditor's areas; of no area, for those who see a whole district."""
    names = tuple(asked.filters)
    searched = Entry(Action.SEARCHED, "audit", asked.object_id, fields=names)
    conditions = [_visible(caller), *asked.filters.values(), *asked.past]
    columns = (audit.c[name] for name in AuditLine.model_fields)
    found = select(*columns).where(*conditions).order_by(audit.c.seq.desc()).limit(asked.limit + 1)
    async with held.database.transaction() as connection:
        rows = (await connection.execute(found)).mappings().all()
        await held.record(connection, caller, searched)
    lines = [AuditLine.model_validate(dict(row)) for row in rows[: asked.limit]]
    following = str(lines[-1].seq) if len(rows) > asked.limit else None
    if following:
        told = [(k, v) for k, v in request.query_params.multi_items() if k != "after"]
        target = urlencode([*told, ("after", following)])
        response.headers["Link"] = f'<{request.scope["path"]}?{target}>; rel="next"'
    return Page(items=lines, next=following)


def _visible(caller: Caller) -> ColumnElement[bool]:
    place = audit.c.area_code
    whole = any(len(area) <= DISTRICT_DIGITS for area in caller.areas)
    return or_(within(place, caller.areas), place.is_(None) if whole else false())
