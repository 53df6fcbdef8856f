"""One answer of the inbox, from the cursor that the caller holds."""

import json

from starlette.responses import Response

from services.chassis.identity.caller import Caller
from services.chassis.runtime import Runtime
from services.grid.device import queries as device
from services.grid.device.rules import Sight, begun, require_valid
from services.grid.device.syncing import opened, sealed
from services.grid.inbox.queries import Section, sections


async def inbox_of(runtime: Runtime, caller: Caller, since: str | None, rows: int) -> Response:
    vault = runtime.unit.vault
    known = opened(vault, since, caller.subject) if since is not None else None
    async with runtime.database.statements() as connection:
        now = await device.now(connection, runtime.unit.epoch)
        if known:
            require_valid(known, now)
        found = await sections(connection, caller, known and known.until, rows)
    following = begun((), Sight.of(caller), now)._replace(place=None)
    told = ",".join(f'"{name}":{_written(section)}' for name, section in found.items())
    rest = {"next": sealed(vault, following, caller.subject), "server_time": now.at.isoformat()}
    body = f'{{"sections":{{{told}}},{json.dumps(rest)[1:]}'
    return Response(body, media_type="application/json")


def _written(section: Section) -> str:
    count, more, overdue, changed, items = section
    rest = json.dumps({"count": count, "more": more, "overdue": overdue, "changed": changed})
    return f'{rest[:-1]},"items":[{",".join(items)}]}}'
