"""Sending, withdrawing and downloading the files of a service's records."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Request
from starlette.responses import Response

from services.chassis.attachments import content, upkeep
from services.chassis.attachments.declared import AttachmentOut
from services.chassis.attachments.upload import OffsetDiffers
from services.chassis.audit import Action, Entry
from services.chassis.http.edge import PART
from services.chassis.http.openapi import PROBLEM
from services.chassis.http.reads import entity_tags, permitted, reads
from services.chassis.runtime import CallerDep, Definition, RuntimeDep

READ, SEND = "attachment.read", "attachment.send"
BYTES = {"schema": {"type": "string", "format": "binary"}}
SENT = {"requestBody": {"required": True, "content": {PART: BYTES}}}
REFUSED = {"content": {"application/problem+json": {"schema": PROBLEM}}}
IN_FULL: Any = {200: {"content": {"*/*": BYTES}}, 206: {}, 304: {}, 409: REFUSED, 416: REFUSED}


def routers(definition: Definition) -> list[APIRouter]:
    """Those for callers, where a noun has files; and what only `jinding verify` asks for."""
    service, used = definition.name, any(noun.files for noun in definition.nouns)
    routes = APIRouter(prefix=f"/v1/{service}/attachments", tags=["attachments"])
    internal = APIRouter(include_in_schema=False)

    @routes.get("/{attachment_id}", **reads(READ, AttachmentOut, f"get_{service}_attachment"))
    async def get(attachment_id: UUID, runtime: RuntimeDep, caller: CallerDep) -> Response:
        """What has come of a file; `Upload-Offset` says where to go on sending."""
        return _told(await runtime.attached.shown(caller, attachment_id))

    @routes.patch(
        "/{attachment_id}", **_writes(AttachmentOut, f"send_{service}_attachment", **SENT)
    )
    async def send(
        attachment_id: UUID,
        request: Request,
        runtime: RuntimeDep,
        caller: CallerDep,
        upload_offset: Annotated[int, Header(ge=0, le=1 << 40)],
    ) -> Response:
        """Send a part of a declared file, at most 1 MiB. Equal parts may be sent again; with the last one the
        file is checked, and the answer says with what result."""
        part = await request.body()
        try:
            return _told(await runtime.attached.send(caller, attachment_id, upload_offset, part))
        except OffsetDiffers as refused:
            request.scope["answer_headers"]["Upload-Offset"] = str(refused.received)
            raise

    @routes.delete("/{attachment_id}", **_writes(AttachmentOut, f"withdraw_{service}_attachment"))
    async def withdraw(attachment_id: UUID, runtime: RuntimeDep, caller: CallerDep) -> Response:
        """Say that a file which is not whole will not come: nothing waits for it any more."""
        return _told(await runtime.attached.withdraw(caller, attachment_id))

    @routes.get(
        "/{attachment_id}/content",
        **reads(READ, None, f"download_{service}_attachment"),
        response_class=Response,
        responses=IN_FULL,
    )
    async def download(
        attachment_id: UUID,
        runtime: RuntimeDep,
        caller: CallerDep,
        range: Annotated[str, Header(max_length=200)] = "",
        if_none_match: Annotated[str, Header()] = "",
    ) -> Response:
        """The file itself, to be saved, for those who may read its record."""
        file, row, files = await runtime.attached.visible(caller, attachment_id)
        purpose = await files.purpose(runtime.database, file, row, caller)
        answer = await content.answer(runtime.attached, file, range, entity_tags(if_none_match))
        if purpose or files.data_class in ("C3", "C4"):
            entry = Entry(Action.DOWNLOADED, file.noun, row.id, row.area_code, (), purpose)
            async with runtime.database.transaction() as connection:
                await runtime.audit.record(connection, caller, entry)
        return answer

    @internal.get("/internal/attachments/lost", dependencies=[permitted("internal.read")])
    async def lost(runtime: RuntimeDep, after: UUID | None = None) -> dict[str, Any]:
        """Whole files that the store has not, or not as long: of a page of all, by id."""
        return await upkeep.lost(runtime.attached, after)

    return [routes, internal] if used else [internal]


def _writes(model: Any, name: str, **more: Any) -> dict[str, Any]:
    return reads(SEND, model, name) | {"openapi_extra": {"x-permission": SEND, **more}}


def _told(file: AttachmentOut) -> Response:
    headers = {"Upload-Offset": str(file.received), "Upload-Length": str(file.size)}
    return Response(file.model_dump_json(), media_type="application/json", headers=headers)
