"""Every endpoint of the grid as the application itself tells of it, and what would fit there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from httpx import Response

from services.chassis.identity.caller import Caller
from services.chassis.identity.internal_token import INTERNAL_TOKEN_HEADER
from services.contracts.roles import ROLES
from services.grid.policy import POLICY
from tests.architecture.test_permissions import OPEN, application, permissions, routes
from tests.grid.key_persons.test_router import PERSON
from tests.grid.materials.test_router import entry
from tests.grid.surveys.papers import back, issue, sheet
from tests.grid.visiting import member
from tests.support.grid import AREAS, ORGANISATIONS
from tests.support.running import Running

Document = dict[str, Any]
APP = application("grid")
DOCUMENT: Document = APP.openapi()
SOME = "0191d7a0-0000-7000-8000-0000000000ff"
SAID: dict[str, Document] = {
    "cancel_report": {"reason": "INVALID"},
    "enrol_key_person": PERSON,
    "import_report_source_codes": {
        "rows": [
            {"source": "PAZJ", "kind": "STATUS", "code": "1", "status": "CLOSED", "basis": "台账"}
        ]
    },
    "import_areas": {"rows": AREAS[:1]},
    "redraw_areas": {"closes": [{"code": "330703105291001"}]},
    "withdraw_area_redraw": {"closes": ["330703105291001"]},
    "import_micro_grids": {
        "rows": [{"code": "33070310529100101", "name": "微网格", "valid_from": "2026-01-01"}]
    },
    "import_organisations": {"rows": ORGANISATIONS[:1]},
    "enter_material": entry("STOCK_IN", SOME, 1),
    "issue_questionnaires": issue({"id": SOME}, [str(n) for n in range(20)]),
    "return_questionnaires": back({"id": SOME}, sheet("a" * 32)),
    "register_member": member(occurred_at="2026-03-02T09:00:00+08:00"),
    "count_duty_weeks": {"rows": [{"area_code": "330703105", "week": "2026-W40"}]},
    "search_grid_people": {"phone": "13800005678"},
}
"""What a schema does not tell of a body that fits."""
NAMED = re.compile(r"\{[^}]+}")
KNOWN = {
    "area_code": "330703105291001",
    "organisation": "330703-enforcement",
    "phone": "13800005678",
    "key": "k",
    "sha256": "0" * 64,
    "media_type": "image/jpeg",
    "operation": "create_report",
}


@dataclass(frozen=True)
class Endpoint:
    """`operation`: what the OpenAPI document says of it; empty for what only our own processes call."""

    method: str
    path: str
    permission: str
    operation: Document = field(hash=False, repr=False)

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def record(self) -> str:
        """The path of what the ids name: `reports/{}`, `reports/{}/people/{}`."""
        whole = self.path[: self.path.rfind("}") + 1]
        return NAMED.sub("{}", whole.removeprefix("/v1/grid/"))

    @property
    def roles(self) -> frozenset[str]:
        """Those who may try."""
        return POLICY[self.permission] & ROLES.keys()

    @property
    def schema(self) -> Document | None:
        """Of the body, if it takes one."""
        content = self.operation.get("requestBody", {}).get("content", {})
        found: Document | None = content.get("application/json", {}).get("schema")
        return found

    @property
    def query(self) -> dict[str, Document]:
        told = self.operation.get("parameters", ())
        return {each["name"]: each["schema"] for each in told if each["in"] == "query"}

    def at(self, *ids: str) -> str:
        """The path with these ids, and then with such as nothing has."""
        left = [*ids]
        return NAMED.sub(lambda _: left.pop(0) if left else str(uuid4()), self.path)


def endpoints() -> list[Endpoint]:
    found = []
    for name, context in routes(APP):
        method, path = name.split()
        if name not in OPEN["grid"]:
            (permission,) = permissions(context)
            operation = DOCUMENT["paths"].get(path, {}).get(method.lower(), {})
            found.append(Endpoint(method, path, permission, operation))
    return found


ENDPOINTS = endpoints()
DOCUMENTED = [endpoint for endpoint in ENDPOINTS if endpoint.operation]
WITH_ID = [each for each in DOCUMENTED if NAMED.search(each.path)]


def resolved(schema: Document) -> Document:
    """Without references, and without `null` where there is something else."""
    while True:
        if "$ref" in schema:
            schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        elif "anyOf" in schema:
            schema = next(each for each in schema["anyOf"] if each.get("type") != "null")
        else:
            return schema


def fits(endpoint: Endpoint, body: Any) -> list[Any]:
    """What the application has against a body before it looks at any record."""
    (field,) = (
        context.original_route.body_field  # type: ignore[attr-defined]
        for name, context in routes(APP)
        if name == endpoint.name
    )
    _, errors = field.validate(body, {}, loc=("body",))
    return list(errors or ())


def plain(schema: Document, name: str = "") -> Any:
    """A value that fits, as far as a schema tells."""
    schema = resolved(schema)
    if name in KNOWN:
        return KNOWN[name]
    if "enum" in schema or "const" in schema:
        return schema.get("const") or schema["enum"][0]
    match schema.get("type"), schema.get("format"):
        case "object", _:
            needed = schema.get("required", ())
            return {n: plain(s, n) for n, s in schema.get("properties", {}).items() if n in needed}
        case "array", _:
            return [plain(schema["items"], name) for _ in range(schema.get("minItems", 0))]
        case (("integer" | "number"), _):
            return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
        case "boolean", _:
            return True
        case _, "uuid":
            return str(uuid4())
        case _, "date-time":
            return "2026-03-02T09:00:00+08:00"
        case _, "date":
            return "2026-03-02"
    return (schema.get("examples") or ["a" * max(4, schema.get("minLength", 0))])[0]


def fitting(endpoint: Endpoint) -> Any:
    """A body that it takes; None where it takes none."""
    if endpoint.schema is None:
        return None
    return plain(endpoint.schema) | SAID.get(endpoint.operation["operationId"], {})


async def ask(
    grid: Running,
    who: Caller,
    endpoint: Endpoint,
    *ids: str,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    **query: Any,
) -> Response:
    conditions = {"If-Match": "*", "Upload-Offset": "0"} | dict(headers or {})
    return await grid.call(who, endpoint.method, endpoint.at(*ids), body, conditions, **query)


async def send(
    grid: Running, who: Caller, endpoint: Endpoint, raw: bytes, media: str = "application/json"
) -> Response:
    """Bytes, as they are, in the place of a body."""
    told = {INTERNAL_TOKEN_HEADER: grid.signer.sign(who), "If-Match": "*", "Content-Type": media}
    return await grid.client.request(endpoint.method, endpoint.at(), content=raw, headers=told)


def told(answer: Response) -> tuple[Any, ...]:
    """All of an answer that could tell two records apart: not the id of the request."""
    body = answer.json() | {"request_id": ""}
    headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
    return answer.status_code, body, headers


def of_operation(name: str) -> Endpoint | None:
    found = (each for each in DOCUMENTED if each.operation["operationId"] == name)
    return next(found, None)


def may_try(name: str) -> frozenset[str]:
    """The roles of `POST members/{}/appoint`, by whatever names its ids have."""
    method, path = name.split()
    (endpoint,) = (
        each
        for each in ENDPOINTS
        if (each.method, NAMED.sub("{}", each.path)) == (method, f"/v1/grid/{path}")
    )
    return endpoint.roles
