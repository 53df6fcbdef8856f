"""How far a caller reaches: by area where a role reads by area, besides to the enterprise that they are the
contact of. Each role brings its own reach; two of them together bring no more than that."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, false, true
from sqlalchemy.orm import Mapped

from services.chassis.errors import Forbidden
from services.chassis.identity.caller import Caller
from services.chassis.identity.scope import within
from services.chassis.operation import Noun
from services.contracts.roles import ENTERPRISE_CONTACT
from services.inspection.policy import POLICY, READERS

AREA_ROLES = frozenset(READERS - {ENTERPRISE_CONTACT})


class OutOfReach(Forbidden):
    """One may see a record, as its finder or the enterprise's contact, and yet not do this with it."""

    def __init__(self) -> None:
        super().__init__(
            "您可以查看该记录，但不能对其进行此操作。",
            "You may read this record, but not do this with it.",
        )


def within_areas(caller: Caller, area_code: Mapped[str]) -> ColumnElement[bool]:
    """By area, for whom a role reads by area: that of a contact or a resident is only where they are."""
    if caller.is_job:
        return true()
    if caller.roles.isdisjoint(AREA_ROLES):
        return false()
    return within(area_code, caller.areas)


def own_code(caller: Caller) -> str | None:
    """The credit code of the enterprise whose contact the caller is."""
    return caller.organisation if ENTERPRISE_CONTACT in caller.roles else None


def is_own(caller: Caller, code: Mapped[str]) -> ColumnElement[bool]:
    """Whether `code` is that of the enterprise whose contact the caller is."""
    own = own_code(caller)
    return code == own if own else false()


def reaches(caller: Caller, permission: str, area_code: str, uscc: str) -> bool:
    """Whether a role with `permission` reaches a record of enterprise `uscc` in `area_code`."""
    held = caller.roles & POLICY[permission]
    by_area = caller.covers(area_code) and not held.isdisjoint(AREA_ROLES)
    return by_area or (ENTERPRISE_CONTACT in held and own_code(caller) == uscc)


def require_reach(caller: Caller, permission: str, area_code: str, uscc: str = "") -> None:
    if not reaches(caller, permission, area_code, uscc):
        raise OutOfReach


def within_reach(
    noun: Noun[Any], caller: Caller, names: Iterable[str], area_code: str, uscc: str = ""
) -> list[str]:
    """Those of the operations `names` whose permission reaches the record."""
    asked = {operation.name: operation.permission for operation in noun.operations}
    return [name for name in names if reaches(caller, asked[name], area_code, uscc)]
