"""The small page at `/` and the API documentation at `/docs`, both self-hosted under a strict CSP."""

import base64
import hashlib
import json
import re
from importlib.resources import files
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from services.chassis.errors import NotFound

router = APIRouter(include_in_schema=False)
FOLDER = files(__package__)
VENDORED = ("swagger-ui-bundle.js", "swagger-ui.css")
CSP = (
    "default-src 'none'; script-src 'self'; style-src {styles}; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
TYPES = {"html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8"}
TYPES |= {"css": "text/css; charset=utf-8", "json": "application/json"}
MONTH = "public, max-age=2592000, immutable"


def _hashes(html: str) -> str:
    """CSP sources that allow the page's own <style> elements, and nothing else inline."""
    styles = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    digests = (hashlib.sha256(style.encode()).digest() for style in styles)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def _file(name: str, styles: str = "'none'", cache: str = "no-cache") -> Response:
    headers = {
        "Content-Security-Policy": CSP.format(styles=styles),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": cache,
    }
    content = FOLDER.joinpath(name).read_bytes()
    return Response(content, media_type=TYPES[name.rsplit(".", 1)[1]], headers=headers)


def document() -> dict[str, Any]:
    """The merged API document, as committed."""
    found: dict[str, Any] = json.loads(FOLDER.joinpath("openapi.json").read_bytes())
    return found


@router.get("/")
def page() -> Response:
    return _file("index.html", _hashes(FOLDER.joinpath("index.html").read_text("utf-8")))


@router.get("/page.js")
def script() -> Response:
    return _file("page.js")


@router.get("/openapi.json")
def openapi() -> Response:
    """The merged document of all services, as committed."""
    return _file("openapi.json")


@router.get("/docs")
def docs() -> Response:
    """Swagger UI sets styles by itself: inline styles are allowed here, and only here."""
    return _file("docs.html", "'self' 'unsafe-inline'")


@router.get("/docs.js")
def docs_script() -> Response:
    return _file("docs.js")


@router.get("/vendor/{name}")
def vendored(name: str) -> Response:
    """A file of another project, unchanged; the page asks for it by its digest, so it may be kept."""
    if name not in VENDORED:
        raise NotFound
    return _file(f"vendor/{name}", cache=MONTH)
