import hashlib
from collections.abc import AsyncIterator
from importlib.resources import files

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from services.chassis.http import problems
from services.gateway import page

FOLDER = files("services.gateway.page")


@pytest.fixture
async def client() -> AsyncIterator[AsyncClient]:
    app = FastAPI(openapi_url=None)
    problems.install(app)
    app.include_router(page.router)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://t") as client:
        yield client


def policy(headers: object) -> dict[str, str]:
    directives = str(headers).split("; ")
    return dict(directive.split(" ", 1) for directive in directives)


def test_every_file_of_the_page_is_installed_with_the_package() -> None:
    own = ["index.html", "page.js", "docs.html", "docs.js", "openapi.json"]
    for name in [*own, *(f"vendor/{file}" for file in page.VENDORED)]:
        assert FOLDER.joinpath(name).is_file(), name


def test_vendored_files_are_what_the_manifest_says() -> None:
    vendor = FOLDER.joinpath("vendor")
    manifest = [line.split() for line in vendor.joinpath("SHA256SUMS").read_text().splitlines()]
    present = {file.name for file in vendor.iterdir()} - {"README.md", "SHA256SUMS"}
    assert {name for _, name in manifest} == present
    for digest, name in manifest:
        assert hashlib.sha256(vendor.joinpath(name).read_bytes()).hexdigest() == digest, name


@pytest.mark.parametrize("path", ["/", "/docs"])
async def test_scripts_come_from_the_gateway_alone(client: AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 200
    told = policy(answer.headers["content-security-policy"])
    assert told["default-src"] == "'none'"
    assert told["script-src"] == "'self'"
    assert told["connect-src"] == "'self'"


async def test_inline_styles_are_allowed_by_digest_and_for_the_documentation(
    client: AsyncClient,
) -> None:
    styles = {}
    for path in ("/", "/docs", "/page.js"):
        answer = await client.get(path)
        styles[path] = policy(answer.headers["content-security-policy"])["style-src"]
    assert styles["/"].startswith("'sha256-")
    assert "unsafe" not in styles["/"]
    assert styles["/docs"] == "'self' 'unsafe-inline'"
    assert styles["/page.js"] == "'none'"


async def test_vendored_files_may_be_kept_and_nothing_else_is_served(client: AsyncClient) -> None:
    answer = await client.get("/vendor/swagger-ui-bundle.js?5.35.0")
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    for name in ("README.md", "..%2findex.html", "nothing.js"):
        assert (await client.get(f"/vendor/{name}")).status_code == 404
    assert (await client.get("/page.js")).headers["cache-control"] == "no-cache"
