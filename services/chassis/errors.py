"""Refusals: what an operation says when it will not do what was asked.

Each refusal is named after its rule and subclasses a kind; `chassis.http.problems` turns kinds into
RFC 9457 answers once. The class name in snake case is the stable `code` a client branches on.
"""

import re
from typing import ClassVar

import asyncpg
from pydantic import ValidationError

QUOTE = re.compile("['\"]")


class Refusal(Exception):
    """A refusal of the domain. `zh` and `en` are the detail in both languages; `pointer` names the offending
    field of the body (RFC 6901), where one field is to blame. What is always the same the class says.
    """

    status: ClassVar[int] = 500
    title: ClassVar[tuple[str, str]] = ("无法处理", "Cannot be done")
    zh: str = ""
    en: str = ""
    pointer: str | None = None

    def __init__(self, zh: str = "", en: str = "", *, pointer: str | None = None) -> None:
        self.zh, self.en, self.pointer = zh or self.zh, en or self.en, pointer or self.pointer
        super().__init__(self.en)

    @property
    def code(self) -> str:
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(self).__name__).lower()


class Invalid(Refusal):
    """The body asks for something that no state would allow."""

    status = 422
    title = ("内容有误", "Invalid content")


class Unauthenticated(Refusal):
    status = 401
    title = ("未登录或凭证无效", "No valid credentials")


class Forbidden(Refusal):
    status = 403
    title = ("没有权限", "Not permitted")


class NotFound(Refusal):
    """It does not exist, or lies outside the caller's scope: the two are not told apart."""

    status = 404
    title = ("未找到", "Not found")
    zh = "未找到该记录。"
    en = "No such record."


class Conflict(Refusal):
    """The record is in a state that does not allow it."""

    status = 409
    title = ("与当前状态冲突", "Conflicts with the current state")


class PreconditionFailed(Refusal):
    """`If-Match` named a version that is no longer current."""

    status = 412
    title = ("版本已过期", "Stale version")

    def __init__(self, version: int) -> None:
        super().__init__(
            f"记录已被他人修改，当前版本为 {version}。",
            f"The record has changed since; its version is {version}.",
        )
        self.version = version


class PreconditionRequired(Refusal):
    status = 428
    title = ("缺少 If-Match", "If-Match is required")


class TooManyRequests(Refusal):
    status = 429
    title = ("请求过于频繁", "Too many requests")


class Unexpected(Refusal):
    """Nobody foresaw it; it is logged, and only this item is affected."""

    title = ("服务器内部错误", "Internal error")
    zh = "服务器内部错误。"
    en = "An internal error."


class Unavailable(Refusal):
    """Something this answer needs is out of reach just now; the same request may succeed later."""

    status = 503
    title = ("暂时不可用", "Temporarily unavailable")


class StillRunning(Conflict, Unavailable):
    """Whoever holds a record or a key that this needs did not end in time; an equal request may succeed later."""

    zh = "相同的请求或对同一记录的操作仍在进行，请稍后重试。"
    en = "An equal request, or another on the same record, is still running; try again later."


def reason_of(error: Exception) -> str:
    """Why a record cannot be settled; without what it holds, which other messages may quote."""
    if isinstance(error, ValidationError):
        found = ["/".join(map(str, (*e["loc"], e["type"]))) for e in error.errors()]
        return f"{error.title}: {', '.join(found)}"
    told = ""
    if isinstance(error, asyncpg.PostgresError):
        told = f": {error.sqlstate} {getattr(error, 'constraint_name', None) or ''}".rstrip()
    elif isinstance(error, Refusal) or (type(error) is ValueError and not QUOTE.search(str(error))):
        told = f": {error}"
    return type(error).__name__ + told
