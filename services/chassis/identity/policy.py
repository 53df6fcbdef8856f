"""Permission → roles, one table per service. Who may act on which record is decided beside the
record; this table says only who may try."""

from collections.abc import Mapping

from services.chassis.identity.caller import Caller
from services.chassis.identity.refusals import PermissionMissing

Policy = Mapping[str, frozenset[str]]

JOB = "job"
"""The pseudo-role of background work: no token from outside may carry it."""


def require(policy: Policy, caller: Caller, permission: str) -> None:
    """Refuse with `PermissionMissing` unless a role of the caller has the permission.

    A permission that the table does not name is a mistake of the program: `KeyError`.
    """
    if not allows(policy, caller, permission):
        raise PermissionMissing(permission)


def allows(policy: Policy, caller: Caller, permission: str) -> bool:
    return _allows(policy[permission], caller)


def permissions_of(policy: Policy, caller: Caller) -> list[str]:
    return sorted(name for name, roles in policy.items() if _allows(roles, caller))


def _allows(roles: frozenset[str], caller: Caller) -> bool:
    if caller.is_job:
        return JOB in roles
    return not caller.roles.isdisjoint(roles - {JOB})
