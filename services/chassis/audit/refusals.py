"""Who was refused for want of a right: told in the audit, whatever way the refusal takes."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from uuid import UUID

from fastapi import FastAPI, Request
from starlette.responses import Response

from services.chassis.audit.entry import Entry
from services.chassis.audit.recorder import Audit
from services.chassis.decision import Result
from services.chassis.errors import Forbidden
from services.chassis.http.problems import language, of_refusal
from services.chassis.identity.caller import Caller
from services.chassis.operation import Item
from services.contracts.codes_audit import Action


def install(app: FastAPI, audit_of: Callable[[FastAPI], Audit]) -> None:
    """Note every 403 of `app`; what was asked for is told by the permission that it takes."""

    @app.exception_handler(Forbidden)
    async def refused(request: Request, refusal: Forbidden) -> Response:
        request_id = str(request.scope.get("request_id", ""))
        caller = request.scope.get("caller") or Caller("", request_id=request_id)
        declared = getattr(request.scope.get("route"), "openapi_extra", None) or {}
        permission = getattr(refusal, "permission", declared.get("x-permission", ""))
        entry = _entry(refusal, permission, _named(request))
        await audit_of(app).note(caller, entry)
        return of_refusal(refusal, language(request.headers), request_id)


async def note_refused(
    audit: Audit, caller: Caller, results: Iterable[tuple[Item, Result]]
) -> None:
    """The like of a batch, whose items are refused each for itself."""
    for item, result in results:
        if isinstance(result, Forbidden):
            await audit.note(caller, _entry(result, item.operation.permission, item.id))


def _entry(refusal: Forbidden, permission: str, id: UUID | None) -> Entry:
    noun = permission.partition(".")[0]
    return Entry(Action.REFUSED, noun, id, fields=(permission,), outcome=refusal.code)


def _named(request: Request) -> UUID | None:
    """The record that the path names."""
    for told in request.path_params.values():
        with suppress(ValueError):
            return UUID(told)
    return None
