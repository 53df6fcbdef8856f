"""The lists that can be exported: every route that answers a `Page`. An export is that list, read page after page
by the very function that answers the route, so that scope, filters, columns and masks are the list's own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from inspect import signature
from typing import Any

from fastapi import APIRouter, FastAPI, Request, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from pydantic_core import from_json

from services.chassis.errors import Invalid
from services.chassis.http.paging import Paging
from services.chassis.http.reads import Page, Reader
from services.chassis.identity.caller import Caller

PAGE = 500
OF_THE_PAGE = {"limit", "after"}
PLACE = signature(Paging).parameters.keys() - OF_THE_PAGE
POINTS = ".geojson"


class NoPoints(Invalid):
    zh = "该列表没有点位，不能导出为 GeoJSON。"
    en = "This list has no points; there is no GeoJSON of it."
    pointer = "/format"


@dataclass(frozen=True)
class Listing:
    """A list by its route, which takes `reading`, `pages` and its filters; `points` is that of its GeoJSON."""

    route: APIRoute
    points: APIRoute | None = None

    @property
    def name(self) -> str:
        return self.route.path.rpartition("/")[2]

    @property
    def permission(self) -> str:
        return str((self.route.openapi_extra or {})["x-permission"])

    @property
    def line(self) -> type[BaseModel]:
        """What the list says of a record: the columns."""
        (line,) = self.route.response_model.__pydantic_generic_metadata__["args"]
        return line  # type: ignore[no-any-return]

    @cached_property
    def filters(self) -> type[BaseModel]:
        """The list's own parameters, with the types that its route declares."""
        declared: dict[str, Any] = {
            field.alias: (field.field_info.annotation, field.field_info)
            for field in get_flat_params(self.route.dependant)
            if isinstance(field.field_info, params.Query) and field.alias not in OF_THE_PAGE
        }
        return create_model("Filters", __config__=ConfigDict(extra="forbid"), **declared)

    def checked(self, filters: dict[str, Any]) -> dict[str, Any]:
        """As they were told, if the list would take them; what it would not take is named."""
        try:
            found = self.filters.model_validate(filters)
        except ValidationError as error:
            told = [e | {"loc": ("body", "filters", *e["loc"])} for e in error.errors()]
            raise RequestValidationError(told) from error
        return found.model_dump(mode="json", exclude_unset=True)

    def told_as(self, format: str) -> "Listing":
        """The list itself, or its points."""
        if format != POINTS[1:]:
            return self
        if self.points is None:
            raise NoPoints
        return Listing(self.points)

    async def page(
        self, app: FastAPI, caller: Caller, filters: BaseModel, after: str | None
    ) -> tuple[list[dict[str, Any]], str | None]:
        """The page behind the cursor `after` as `caller` would read it, and the cursor of the next."""
        own = dict(filters)
        place = {name: own.pop(name) for name in PLACE}
        asked = {"type": "http", "app": app, "path": self.route.path, "headers": []}
        told = {"pages": Paging(PAGE, after, **place), **own}
        reading = Reader(Request({**asked, "query_string": b"", "caller": caller}))
        answer = await self.route.endpoint(reading=reading, **told)
        page = from_json(answer.body)
        return page.get("items") or page.get("features", []), page["next"]


def lists_of(routers: Iterable[APIRouter]) -> Mapping[str, Listing]:
    """By name."""
    routes = [r for router in routers for r in router.routes if isinstance(r, APIRoute)]
    maps = {route.path: route for route in routes if route.path.endswith(POINTS)}
    found = [Listing(r, maps.get(r.path + POINTS)) for r in routes if _answers_pages(r)]
    return {listing.name: listing for listing in found}


def _answers_pages(route: APIRoute) -> bool:
    answered = route.response_model
    return isinstance(answered, type) and issubclass(answered, Page)
