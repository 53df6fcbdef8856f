"""One OpenAPI document for the whole API, as the gateway serves it: made from the five applications."""

import importlib
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import services.gateway.page
from jinding.refusal import Refusal
from services.chassis.identity.policy import JOB, Policy
from services.chassis.settings import ServiceSettings
from services.gateway.settings import GatewaySettings

Document = dict[str, Any]

FILE = Path(services.gateway.page.__file__).with_name("openapi.json")
OWNERS = ("gateway", "grid", "disputes", "inspection", "training")
REF = "#/components/schemas/"
PROBLEM = "application/problem+json"
SECRET = {"phone", "id_no", "name"}
BODY_TOO_SLOW = {
    "description": "请求内容未及时收到 The body did not arrive in time",
    "content": {PROBLEM: {"schema": {"$ref": f"{REF}Problem"}}},
}
HEADERS = {
    "idempotency-key": "幂等键：相同请求只生效一次，重试得到同一回执。 An equal request takes effect once; a retry gets the same receipt.",
    "if-match": '读取时的 ETag，例如 "3"；缺少为 428，过期为 412；带幂等键的重试得到同一回执。 The ETag that was read; 428 when missing, 412 when stale. A retry is answered alike only with an Idempotency-Key.',
    "if-none-match": "已有的 ETag；未变化时回答 304。 The ETag at hand; 304 when nothing has changed.",
    "range": "bytes=起-止：只要文件的一段，应答 206。 One range of the file; answered 206.",
    "upload-offset": "此分片从第几字节开始；不符为 409，应答的同名头给出正确的偏移。 Where this part begins; 409 with the right offset in the header of the same name.",
    "prefer": "return=representation：回执之外附上记录现状。 Adds the record as it is now to the receipt.",
}
INFO = {
    "title": "金鼎 API · Jinding API",
    "version": "1",
    "description": "金东区平安建设平台的统一接口。错误均为 application/problem+json，按 `code` 区分；代码的中英文名称见 `/v1/codes`。\n\n"
    "One API for Jindong's peace-and-safety work. Every error is application/problem+json: branch on its "
    "`code`. Labels of codes are at `/v1/codes`.",
}
BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "OIDC 访问令牌 · OIDC access token",
}


def written(document: Document) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def write() -> None:
    FILE.write_text(written(_checked(merged())), encoding="utf-8")


def check() -> None:
    """Refuse unless the committed document is what the code says."""
    if not FILE.exists() or FILE.read_text(encoding="utf-8") != written(_checked(merged())):
        raise Refusal(
            f"{FILE.name} 与代码不一致，请运行 make openapi。",
            f"{FILE.name} differs from the code; run make openapi.",
        )


def merged() -> Document:
    documents = {owner: _document(owner) for owner in OWNERS}
    apart = _conflicting({owner: _schemas(document) for owner, document in documents.items()})
    paths: Document = {}
    schemas: Document = {}
    problems: Document = {}
    for owner, document in documents.items():
        own = {name: f"{owner.capitalize()}{name}" for name in apart & _schemas(document).keys()}
        told = _renamed(document, own)
        for path, item in told["paths"].items():
            if path.startswith("/v1/"):
                paths[path] = _operations(owner, item, problems)
        schemas |= {own.get(name, name): schema for name, schema in _schemas(told).items()}
    return {
        "openapi": "3.2.0",
        "info": INFO,
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "paths": paths,
        "x-permissions": permissions(),
        "components": {
            "schemas": schemas,
            "responses": problems,
            "securitySchemes": {"bearer": BEARER},
        },
    }


def permissions() -> dict[str, list[str]]:
    """Permission → the roles that may try what asks for it, in any of the applications."""
    found: dict[str, set[str]] = defaultdict(set)
    for owner in OWNERS:
        policy: Policy = importlib.import_module(f"services.{owner}.policy").POLICY
        for permission, roles in policy.items():
            found[permission] |= roles - {JOB}
    return {permission: sorted(roles) for permission, roles in found.items() if roles}


def _document(owner: str) -> Document:
    """What the application says of itself; it is built, but never started."""
    nowhere = {
        "database_url": "postgresql+asyncpg://nobody@/nothing",
        "event_log_url": "postgresql+asyncpg://nobody@/nothing",
        "internal_jwks_file": "unused",
        "internal_key_file": "unused",
        "service_urls": {},
        "dev_issuer": False,
    }
    settings = (GatewaySettings if owner == "gateway" else ServiceSettings).model_validate(nowhere)
    app = importlib.import_module(f"services.{owner}.main").create_app(settings)
    document: Document = app.openapi()
    return document


def _schemas(document: Document) -> Document:
    found: Document = document["components"]["schemas"]
    return found


def _conflicting(all_schemas: dict[str, Document]) -> set[str]:
    """Names that mean different things in different services, by themselves or by what they refer to."""
    meanings: dict[str, list[str]] = defaultdict(list)
    for schemas in all_schemas.values():
        for name, schema in schemas.items():
            meanings[name].append(json.dumps(schema, sort_keys=True))
    shared = {name: texts for name, texts in meanings.items() if len(texts) > 1}
    apart = {name for name, texts in shared.items() if len(set(texts)) > 1}
    while more := {
        name
        for name, texts in shared.items()
        if name not in apart and any(f'"{REF}{other}"' in texts[0] for other in apart)
    }:
        apart |= more
    return apart


def _renamed(document: Document, names: dict[str, str]) -> Document:
    text = json.dumps(document)
    for name, new in names.items():
        text = text.replace(f'"{REF}{name}"', f'"{REF}{new}"')
    told: Document = json.loads(text)
    return told


def _operations(owner: str, item: Document, problems: Document) -> Document:
    """The path's operations as the gateway tells them; their problems are moved to `problems`."""
    for method, operation in item.items():
        if owner != "gateway":
            operation["tags"] = [f"{owner} · {tag}" for tag in operation.get("tags", [])]
        if operation.get("description") == operation.get("summary"):
            operation.pop("description", None)
        kept = [
            _described(parameter)
            for parameter in operation.pop("parameters", [])
            if method == "get" or parameter["name"] != "if-none-match"
        ]
        operation.update({"parameters": kept} if kept else {})
        if "requestBody" in operation:
            operation["responses"]["408"] = BODY_TOO_SLOW
        for status, told in operation["responses"].items():
            if PROBLEM in told.get("content", {}):
                name = f"Problem{status}"
                if problems.setdefault(name, told) == told:
                    operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
    return item


def _described(parameter: Document) -> Document:
    if parameter["in"] != "header":
        return parameter
    return parameter | {"description": HEADERS.get(parameter["name"], "")}


def _checked(document: Document) -> Document:
    if found := list(complaints(document)):
        raise Refusal("接口文档有误：", "The document is not in order:\n" + "\n".join(found))
    return document


def complaints(document: Document) -> Iterator[str]:
    """What is wrong with the document, one sentence each."""
    seen: set[str] = set()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            where = f"{method.upper()} {path}"
            name = operation.get("operationId", "")
            if not name or name in seen:
                yield f"{where}: operationId {name!r} is missing or used twice"
            seen.add(name)
            if not operation.get("summary"):
                yield f"{where}: no summary"
            yield from _about_problems(where, operation["responses"])
            for parameter in operation.get("parameters", []):
                if parameter["name"] in SECRET:
                    yield f"{where}: personal data in parameter {parameter['name']}"
                if parameter["in"] == "header" and not parameter.get("description"):
                    yield f"{where}: header {parameter['name']} is not described"


def _about_problems(where: str, responses: Document) -> Iterator[str]:
    refusals = {status: told for status, told in responses.items() if status[0] == "4"}
    if not {"401", "403"} <= refusals.keys():
        yield f"{where}: 401 and 403 are not described"
    for status, told in refusals.items():
        if "$ref" not in told and PROBLEM not in told.get("content", {}):
            yield f"{where}: {status} is not problem+json"
