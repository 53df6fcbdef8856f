"""How a caller asks for an export, sees how far it is, fetches it and cancels it. It is nobody else's."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, create_model
from starlette.responses import FileResponse

from services.chassis.audit import Action
from services.chassis.database import driver
from services.chassis.errors import NotFound
from services.chassis.exports import jobs
from services.chassis.exports.jobs import ExportIn, ExportOut, Job, TooManyExports
from services.chassis.exports.lists import Listing
from services.chassis.exports.worker import folder_of
from services.chassis.http.reads import reads
from services.chassis.http.writes import KEY
from services.chassis.identity.policy import require
from services.chassis.runtime import CallerDep, Runtime, RuntimeDep
from services.sheets.formats import FILES

PERMISSION = "export.run"
CONTENT: Any = {200: {"content": {file.media: {} for file in FILES.values()}}}
Key = Annotated[str | None, Header(alias="idempotency-key", pattern=KEY)]


class ContentMissing(NotFound):
    def __init__(self, state: str) -> None:
        super().__init__(f"没有可下载的文件，状态为 {state}。", f"There is no file: it is {state}.")


class ExportsOut(BaseModel):
    items: list[ExportOut]


def router(service: str, lists: Mapping[str, Listing]) -> APIRouter:
    routes = APIRouter(prefix=f"/v1/{service}/exports", tags=[service])
    named: Any = Literal[*lists]
    wish: Any = create_model("ExportIn", __base__=ExportIn, list=(named, ...))

    def route(name: str, answer: Any) -> dict[str, Any]:
        return reads(PERMISSION, answer, name, conflicts=False)

    @routes.post("", status_code=202, **route(f"create_{service}_export", ExportOut))
    async def create_export(
        body: wish,
        request: Request,
        response: Response,
        runtime: RuntimeDep,
        caller: CallerDep,
        key: Key = None,
    ) -> Job:
        """Ask for a list as a file. `Location` tells how far it is; rows, columns and masks are those that the
        list shows to the caller, whose permission to read the list it takes besides."""
        listing = lists[body.list]
        require(runtime.definition.policy, caller, listing.permission)
        body.filters = listing.told_as(body.format).checked(body.filters)
        try:
            job = await jobs.ask(runtime, caller, body, key, datetime.now(UTC))
        except TooManyExports:
            request.scope["answer_headers"]["Retry-After"] = "30"
            raise
        response.headers["Location"] = f"{routes.prefix}/{job.id}"
        return job

    @routes.get("", **route(f"list_{service}_exports", ExportsOut))
    async def list_exports(
        runtime: RuntimeDep, caller: CallerDep, limit: Annotated[int, Query(ge=1, le=200)] = 50
    ) -> Any:
        """One's own exports, the newest first."""
        async with runtime.database.statements() as connection:
            return {"items": await jobs.all_own(await driver(connection), caller, limit)}

    @routes.get("/{export_id}", **route(f"get_{service}_export", ExportOut))
    async def get_export(export_id: UUID, runtime: RuntimeDep, caller: CallerDep) -> Job:
        """How far an export of one's own is."""
        async with runtime.database.statements() as connection:
            return await jobs.own(await driver(connection), caller, export_id)

    @routes.delete("/{export_id}", status_code=204, **route(f"cancel_{service}_export", None))
    async def cancel_export(export_id: UUID, runtime: RuntimeDep, caller: CallerDep) -> None:
        """Cancel an export of one's own; one that is done can be fetched no more."""
        async with runtime.database.transaction() as connection:
            raw = await driver(connection)
            await raw.execute(jobs.CANCEL, (await jobs.own(raw, caller, export_id)).id)

    @routes.get(
        "/{export_id}/content",
        response_class=FileResponse,
        responses=CONTENT,
        **route(f"get_{service}_export_content", None),
    )
    async def get_content(export_id: UUID, runtime: RuntimeDep, caller: CallerDep) -> FileResponse:
        """The file, for who asked for it, as long as the permission, roles and areas of then still hold."""
        async with runtime.database.transaction() as connection:
            job = await jobs.own(await driver(connection), caller, export_id)
            require(runtime.definition.policy, caller, lists[job.list].permission)
            answer = _content(runtime, job, caller)
            await runtime.audit.record(connection, caller, job.entry(Action.DOWNLOADED))
        return answer

    return routes


def _content(runtime: Runtime, job: Job, caller: Any) -> FileResponse:
    if not job.is_within(caller):
        raise NotFound
    whole = folder_of(runtime).whole(job)
    if job.state != "DONE" or not whole.is_file():
        raise ContentMissing(job.state)
    name = f"{job.list}-{job.asked_at:%Y%m%d}-{str(job.id)[-8:]}.{job.format}"
    media = FILES[job.format].media
    return FileResponse(whole, filename=name, media_type=media, stat_result=whole.stat())
