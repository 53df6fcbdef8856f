"""The small page at `/` and the API documentation, both self-hosted."""

from importlib.resources import files

from fastapi import APIRouter
from starlette.responses import Response

router = APIRouter(include_in_schema=False)
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
TYPES = {"html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8"}
TYPES |= {"css": "text/css; charset=utf-8", "json": "application/json", "svg": "image/svg+xml"}


def _file(name: str) -> Response:
    content = (files(__package__) / name).read_bytes()
    return Response(content, media_type=TYPES[name.rsplit(".", 1)[1]], headers=HEADERS)


@router.get("/")
def page() -> Response:
    return _file("index.html")


@router.get("/page.js")
def script() -> Response:
    return _file("page.js")


@router.get("/openapi.json")
def openapi() -> Response:
    """The merged document of all services, as committed."""
    return _file("openapi.json")
