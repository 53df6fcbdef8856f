"""How tests ask for people in the clear, see that it is on record, and erase somebody."""

import json
from typing import Any

from httpx import Response
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.audit import Entry
from services.chassis.errors import Unavailable
from services.chassis.identity.caller import Caller
from tests.support.running import Running

PURPOSE = "电话通知调解时间"


class Recorder:
    """An audit that keeps what it is told, or is out of order."""

    def __init__(self, *, broken: bool = False) -> None:
        self.entries: list[Entry] = []
        self.broken = broken

    @classmethod
    def of(cls, service: Running) -> "Recorder":
        service.runtime.audit = recorder = cls()
        return recorder

    async def record(self, connection: AsyncConnection, caller: Caller, *entries: Entry) -> None:
        assert connection.in_transaction()
        if self.broken:
            raise Unavailable("审计不可用。", "No audit.")
        self.entries += entries

    async def note(self, caller: Caller, entry: Entry) -> None:
        """What is read is not looked at here."""


async def revealed(
    service: Running, who: Caller, record: str, person: str, *fields: str
) -> Response:
    """Ask for `fields` of a person of the record at path `record`."""
    body = {"purpose": PURPOSE, "fields": fields or ("phone",)}
    return await service.call(who, "POST", f"{record}/people/{person}/reveal", body)


async def searched(service: Running, who: Caller, name: str, **sought: Any) -> Response:
    """Look for somebody in the service of that name."""
    body = {"purpose": PURPOSE} | sought
    return await service.call(who, "POST", f"/v1/{name}/people/search", body)


async def erase(service: Running, person: str) -> None:
    await service.fetch(
        "update person set name = null, phone = null, resident_id = null, address = null, "
        "resident_index = null, phone_index = null, erased_at = now() where id = $1",
        person,
    )
    await service.fetch("delete from person_key where person_id = $1", person)


async def everything(service: Running) -> str:
    """All rows of all tables as text."""
    tables = await service.fetch("select tablename from pg_tables where schemaname = 'public'")
    rows = [await service.fetch(f'select t::text from "{name}" t') for (name,) in tables]
    return json.dumps([row[0] for each in rows for row in each], ensure_ascii=False)
