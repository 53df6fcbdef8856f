"""The OpenAPI document tells the truth about errors: every operation lists them as problem+json."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from services.chassis.http.problems import Problem

PROBLEM = {"$ref": "#/components/schemas/Problem"}
ALWAYS = {
    "401": "未登录或凭证无效 No valid credentials",
    "403": "没有权限 Not permitted",
    "404": "未找到或不在职责范围内 Not found, or outside the caller's scope",
    "413": "内容过大 Content too large",
    "415": "不支持的内容类型 Unsupported media type",
    "422": "内容有误 Invalid content; see errors",
    "429": "请求过于频繁 Too many requests",
    "503": "暂时不可用 Temporarily unavailable",
}
ON_WRITES = {
    "400": "不是可读的 JSON Not readable as JSON",
    "409": "与当前状态冲突 Conflicts with the current state",
}
ON_STEPS = {
    "412": "版本已过期 Stale version; ETag names the current one",
    "428": "缺少 If-Match If-Match is required",
}


def documented(app: FastAPI) -> None:
    """Make `app.openapi()` describe problems instead of FastAPI's own validation error."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=app.title,
                version=app.version,
                openapi_version="3.2.0",
                routes=app.routes,
            )
            app.openapi_schema = with_problems(document)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def with_problems(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    model = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= model.pop("$defs", {}) | {"Problem": model}
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for path in document["paths"].values():
        for method, operation in path.items():
            operation["responses"] |= _problems(method, operation)
    return document


def _problems(method: str, operation: dict[str, Any]) -> dict[str, Any]:
    told = ALWAYS | (ON_WRITES if method != "get" else {})
    if not operation.pop("x-conflicts", True):
        told.pop("409", None)
    if any(p["name"] == "if-match" for p in operation.get("parameters", [])):
        told |= ON_STEPS
    content = {"application/problem+json": {"schema": PROBLEM}}
    return {status: {"description": text, "content": content} for status, text in told.items()}
