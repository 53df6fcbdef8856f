"""One page of changes for one caller, from the cursor that they hold to the one that they get."""

import base64
import json
from collections.abc import Sequence

from starlette.responses import Response

from services.chassis.identity.caller import Caller
from services.chassis.privacy.envelope import NotReadable, open_sealed, seal
from services.chassis.privacy.vault import Vault
from services.chassis.runtime import Runtime
from services.grid.device import queries
from services.grid.device.nouns import FOLLOWED
from services.grid.device.rules import (
    Cursor,
    InvalidSince,
    Now,
    OtherNouns,
    Sight,
    begun,
    continued,
    owner,
    packed,
    unpacked,
)

FIELD = "device-cursor"


async def synced(
    runtime: Runtime, caller: Caller, since: str | None, nouns: Sequence[str], limit: int
) -> Response:
    """The next page after `since`, or the first one of all that there is."""
    vault, subject = runtime.unit.vault, caller.subject
    async with runtime.database.statements() as connection:
        now = await queries.now(connection, runtime.unit.epoch)
        cursor = _round(vault, caller, since, nouns, now)
        told, following = await queries.page(connection, subject, cursor, limit)
    records = {name: [] for name in FOLLOWED}  # type: dict[str, list[str]]
    gone = {name: [] for name in FOLLOWED}  # type: dict[str, list[str]]
    for noun, id_, line in told:
        (gone if line is None else records)[noun].append(line or f'"{id_}"')
    parts = {
        "records": _object({name: f"[{','.join(lines)}]" for name, lines in records.items()}),
        "gone": _object({name: f"[{','.join(ids)}]" for name, ids in gone.items()}),
        "rescoped": json.dumps(cursor.former is not None),
        "more": json.dumps(following.place is not None),
        "next": json.dumps(sealed(vault, following, subject)),
        "server_time": json.dumps(now.at.isoformat()),
    }
    return Response(_object(parts), media_type="application/json")


def _round(
    vault: Vault, caller: Caller, since: str | None, nouns: Sequence[str], now: Now
) -> Cursor:
    wanted = tuple(name for name in FOLLOWED if name in nouns)
    if since is None:
        return begun(wanted or tuple(FOLLOWED), Sight.of(caller), now)
    held = opened(vault, since, caller.subject)
    if wanted and wanted != held.nouns:
        raise OtherNouns
    return continued(held, Sight.of(caller), now)


def sealed(vault: Vault, cursor: Cursor, subject: str) -> str:
    told = seal(vault.ring.newest, FIELD, owner(subject), packed(cursor))
    return base64.urlsafe_b64encode(told).decode().rstrip("=")


def opened(vault: Vault, told: str, subject: str) -> Cursor:
    """What was sealed for this subject; nobody else's opens, nor what was changed."""
    try:
        raw = base64.b64decode(told + "=" * (-len(told) % 4), altchars=b"-_", validate=True)
        return unpacked(open_sealed(vault.ring.keys, FIELD, owner(subject), raw))
    except (ValueError, NotReadable):
        raise InvalidSince from None


def _object(parts: dict[str, str]) -> str:
    return "{" + ",".join(f'"{name}":{told}' for name, told in parts.items()) + "}"
