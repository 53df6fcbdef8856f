"""Every list of every service can be exported, as it is."""

from functools import cache
from inspect import signature
from typing import Any

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from services.chassis.exports.lists import OF_THE_PAGE, PLACE, Listing, _answers_pages
from services.contracts.columns import COLUMNS
from services.sheets.columns import columns_of
from tests.architecture.test_permissions import application

SERVICES = ("grid", "disputes", "inspection", "training")
MAIN = {
    "grid": {"reports", "areas", "organisations"},
    "disputes": {"cases", "receptions", "service-groups"},
    "inspection": {"enterprises", "hazards", "reports"},
    "training": {"trainees", "attendances", "certificates", "sessions"},
}


@cache
def documented(service: str) -> dict[str, Any]:
    return application(service).openapi()


@cache
def lists(service: str) -> dict[str, Listing]:
    found = (context.original_route for context in iter_route_contexts(application(service).routes))
    own = f"services.{service}."  # the audit is no list of records
    routes = [
        route
        for route in found
        if isinstance(route, APIRoute)
        and _answers_pages(route)
        and route.endpoint.__module__.startswith(own)
    ]
    return {listing.name: listing for listing in map(Listing, routes)}


@pytest.mark.parametrize("service", SERVICES)
def test_every_list_is_offered_under_its_name(service: str) -> None:
    found = lists(service)
    assert found.keys() >= MAIN[service]
    document = documented(service)
    offered = document["components"]["schemas"]["ExportIn"]["properties"]["list"]["enum"]
    assert sorted(offered) == sorted(found)


@pytest.mark.parametrize("service", SERVICES)
def test_the_filters_are_the_parameters_of_the_route(service: str) -> None:
    for listing in lists(service).values():
        document = documented(service)["paths"][listing.route.path]["get"]
        query = {p["name"] for p in document["parameters"] if p["in"] == "query"}
        assert listing.filters.model_fields.keys() == query - OF_THE_PAGE
        own = listing.filters.model_fields.keys() - PLACE
        assert set(signature(listing.route.endpoint).parameters) == own | {"reading", "pages"}


@pytest.mark.parametrize("service", SERVICES)
def test_every_column_has_a_header_of_its_own_in_both_languages(service: str) -> None:
    for listing in lists(service).values():
        assert listing.line.model_fields.keys() <= COLUMNS.keys()
        for language in ("zh", "en"):
            headers = [column.header for column in columns_of(listing.line, language)]
            assert len(set(headers)) == len(headers)


def test_headers_are_told_in_chinese_first() -> None:
    for label in COLUMNS.values():
        assert any("\u4e00" <= character <= "\u9fff" for character in label.zh), label
        assert label.en.isascii(), label
