"""The events' own documents, for partner agencies: the AsyncAPI document and each type's JSON Schema, as committed."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from starlette.responses import Response

import services
from services.chassis.errors import NotFound
from services.chassis.http.reads import entity_tags, only_known_parameters
from services.chassis.identity.policy import require
from services.gateway.agencies.door import agency, key_of
from services.gateway.edge.guard import GatewayDep, admitted, reads

FOLDER = Path(services.__file__).parents[1] / "docs" / "events"
YAML = "application/yaml"
SCHEMA = "application/schema+json"
READ = "codes.read"

router = APIRouter(prefix="/v1/events", tags=["events"])


async def reader(request: Request, held: GatewayDep) -> None:
    """Dependency: whoever has a role, and an agency by its API key, as in the feed."""
    if key_of(request):
        await agency(request, held)
        return
    require(held.policy, await admitted(request, held), READ)
    only_known_parameters(request)


reader.permission = READ  # type: ignore[attr-defined]


def _answers(name: str, media_type: str) -> dict[str, Any]:
    content = {media_type: {"schema": {"type": "object"}}}
    described = {200: {"description": "Successful Response", "content": content}}
    return {
        **reads(READ, None, name),
        "dependencies": [Depends(reader)],
        "response_class": Response,
        "responses": {**described, 304: {"description": "未变化 Not modified"}},
    }


@router.get("/asyncapi.yaml", **_answers("get_events_document", YAML))
async def get_events_document(
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """The AsyncAPI 3.0 document of all events: topics, types, headers, payloads, an example of each."""
    return _file("asyncapi.yaml", YAML, if_none_match)


@router.get("/schemas/{type}", **_answers("get_event_schema", SCHEMA))
async def get_event_schema(
    type: str, if_none_match: Annotated[str | None, Header()] = None
) -> Response:
    """The JSON Schema (2020-12) of one event type, `jinding.grid.report.closed.v1` for example; `headers` is that of
    the records' headers."""
    if type not in _types():
        raise NotFound
    return _file(f"schemas/{type}.json", SCHEMA, if_none_match)


@cache
def _types() -> frozenset[str]:
    return frozenset(file.stem for file in FOLDER.joinpath("schemas").glob("*.json"))


@cache
def _read(name: str) -> tuple[bytes, str]:
    content = FOLDER.joinpath(name).read_bytes()
    return content, f'"{hashlib.sha256(content).hexdigest()[:24]}"'


def _file(name: str, media_type: str, if_none_match: str | None) -> Response:
    content, etag = _read(name)
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    tags = entity_tags(if_none_match or "") or []
    if tags == ["*"] or etag in [tag.removeprefix("W/") for tag in tags]:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)
