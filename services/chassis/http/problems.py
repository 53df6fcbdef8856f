"""Every error as RFC 9457 `application/problem+json`, in the caller's language, with a stable `code`."""

import json
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from services.chassis import logs
from services.chassis.errors import PreconditionFailed, Refusal, Unauthenticated

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
TITLES = {
    400: ("请求有误", "Bad request"),
    404: ("未找到", "Not found"),
    405: ("不支持该方法", "Method not allowed"),
    413: ("内容过大", "Content too large"),
    415: ("不支持的内容类型", "Unsupported media type"),
    416: ("范围无法满足", "Range not satisfiable"),
    422: ("内容有误", "Invalid content"),
    500: ("服务器内部错误", "Internal error"),
}
_ZH = {
    "missing": "缺少必填字段。",
    "extra_forbidden": "未知字段。",
    "json_invalid": "不是有效的 JSON。",
    "string_too_short": "文字过短，至少 {min_length} 个字符。",
    "string_too_long": "文字过长，至多 {max_length} 个字符。",
    "string_pattern_mismatch": "格式不符。",
    "string_unicode": "含有无效字符。",
    "string_type": "应为文字。",
    "enum literal_error": "不在可选值之内。",
    "uuid_type uuid_parsing": "不是有效的 UUID。",
    "too_short": "数量过少，至少 {min_length} 项。",
    "too_long": "数量过多，至多 {max_length} 项。",
    "greater_than": "应大于 {gt}。",
    "greater_than_equal": "应不小于 {ge}。",
    "less_than": "应小于 {lt}。",
    "less_than_equal": "应不大于 {le}。",
    "int_type int_parsing int_from_float": "应为整数。",
    "int_parsing_size": "整数过大。",
    "decimal_max_places": "小数至多 {decimal_places} 位。",
    "float_type float_parsing decimal_type decimal_parsing finite_number": "应为数字。",
    "bool_type bool_parsing": "应为 true 或 false。",
    "date_type date_parsing date_from_datetime_parsing date_from_datetime_inexact": (
        "应为存在的日期，例如 2018-04-30。"
    ),
    "datetime_type datetime_parsing datetime_from_date_parsing": (
        "应为存在的时间，例如 2018-04-30T09:00:00+08:00。"
    ),
    "timezone_aware": "时间缺少时区，例如 +08:00。",
    "list_type": "应为数组。",
    "dict_type model_type model_attributes_type": "应为对象。",
}
FIELD_ERRORS_ZH = {name: text for names, text in _ZH.items() for name in names.split()}


class FieldProblem(BaseModel):
    pointer: str
    code: str
    detail: str


class Problem(BaseModel):
    """RFC 9457. Branch on `code`; `title` and `detail` are for people, in the language asked for."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str = ""
    errors: list[FieldProblem] = []


def language(headers: Mapping[str, str]) -> int:
    """0 for zh-CN (also when nothing is asked for), 1 for English."""
    for choice in headers.get("accept-language", "").lower().split(","):
        if (tag := choice.strip()).startswith(("zh", "en")):
            return 1 if tag.startswith("en") else 0
    return 0


def problem(
    status: int,
    code: str,
    title: tuple[str, str],
    detail: tuple[str, str],
    *,
    lang: int = 0,
    request_id: str = "",
    errors: list[FieldProblem] | None = None,
    extra: Mapping[str, str] | None = None,
) -> Response:
    body = Problem(
        type=f"/problems/{code}",
        title=title[lang],
        status=status,
        code=code,
        detail=detail[lang],
        request_id=request_id,
        errors=errors or [],
    )
    # A lone surrogate of the request, which a detail may quote, has no UTF-8.
    told = json.dumps(body.model_dump(), ensure_ascii=False, separators=(",", ":"))
    content = told.encode("utf-8", "replace")
    answer = Response(content, status, media_type="application/problem+json")
    answer.headers["Content-Language"] = ("zh-CN", "en")[lang]
    answer.headers.update(extra or {})
    return answer


def field_problems(errors: Any, lang: int, prefix: str = "") -> list[FieldProblem]:
    """Pydantic's errors as pointers into the body; a parameter's pointer begins with its place. A hundred will do."""
    return [
        FieldProblem(
            pointer=prefix + "".join(f"/{_escaped(part)}" for part in _path(error)),
            code=error["type"],
            detail=_told(error, lang),
        )
        for error in errors[:100]
    ]


def _told(error: Any, lang: int) -> str:
    """In one language; a validator of ours tells both in its `ctx`."""
    context = error.get("ctx", {})
    if told := context.get(("zh", "en")[lang]):
        return str(told)
    zh = FIELD_ERRORS_ZH.get(error["type"], "{error}" if "error" in context else "取值无效。")
    return str(error["msg"]) if lang else zh.format_map(context)


def _escaped(part: Any) -> str:
    readable = str(part).encode("utf-8", "replace").decode()
    return readable.replace("~", "~0").replace("/", "~1")


def _path(error: Any) -> tuple[Any, ...]:
    location = () if error["type"] == "json_invalid" else error["loc"]  # else: where reading ended
    return location[1:] if location[:1] == ("body",) else location


def of_refusal(refusal: Refusal, lang: int, request_id: str) -> Response:
    detail = (refusal.zh, refusal.en)
    errors = []
    if refusal.pointer:
        errors = [FieldProblem(pointer=refusal.pointer, code=refusal.code, detail=detail[lang])]
    extra = {}
    if isinstance(refusal, PreconditionFailed):
        extra["ETag"] = f'"{refusal.version}"'
    if isinstance(refusal, Unauthenticated):
        extra["WWW-Authenticate"] = "Bearer"
    what = refusal.status, refusal.code, refusal.title, detail
    return problem(*what, lang=lang, request_id=request_id, errors=errors, extra=extra)


def of_status(
    status: int, lang: int, request_id: str, extra: Mapping[str, str] | None = None
) -> Response:
    title = TITLES.get(status, ("请求失败", "The request failed"))
    what = status, title[1].lower().replace(" ", "_"), title, title
    return problem(*what, lang=lang, request_id=request_id, extra=extra)


def of_surprise(error: Exception, lang: int, request_id: str) -> Response:
    """For a failure that nobody foresaw. It is logged under the id that it answers with."""
    logs.surprise("unexpected_failure", error, request_id=request_id)
    detail = (f"请凭编号 {request_id} 联系运维。", f"Tell the operators this id: {request_id}.")
    return problem(500, "internal_error", TITLES[500], detail, lang=lang, request_id=request_id)


def install(app: FastAPI) -> None:
    """Answer every refusal of `app` as a problem; `Edge` does it for what nobody foresaw."""

    @app.exception_handler(Refusal)
    async def refused(request: Request, refusal: Refusal) -> Response:
        return of_refusal(refusal, language(request.headers), _request_id(request))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        lang, id_ = language(request.headers), _request_id(request)
        errors = field_problems(error.errors(), lang)
        detail = ("请求内容不符合要求，见 errors。", "The request does not fit; see errors.")
        status = 400 if any(told.code == "json_invalid" for told in errors) else 422
        what = status, "invalid_request", TITLES[status], detail
        return problem(*what, lang=lang, request_id=id_, errors=errors)

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        if error.status_code == 400:  # a body that no reader of JSON gets through
            told = {"type": "json_invalid", "loc": (), "msg": "JSON decode error"}
            return await invalid(request, RequestValidationError([told]))
        lang, id_ = language(request.headers), _request_id(request)
        headers = {"Allow": _allowed(request)} if error.status_code == 405 else error.headers
        return of_status(error.status_code, lang, id_, headers)


def _allowed(request: Request) -> str:
    """The methods that any route of this path takes; Starlette tells those of the first only."""
    scopes = {method: {**request.scope, "method": method} for method in METHODS}
    found = [
        method
        for method, scope in scopes.items()
        if any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)
    ]
    return ", ".join(["HEAD", *found] if "GET" in found else found)


def _request_id(request: Request) -> str:
    return str(request.scope.get("request_id", ""))
