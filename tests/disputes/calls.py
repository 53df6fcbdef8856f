"""How the tests drive the disputes service."""

from datetime import UTC, datetime, timedelta
from typing import Any

from httpx import Response

from services.chassis.identity.caller import Caller
from services.contracts import roles
from tests.support.people import IMPORTER, TOWNSHIP, caller
from tests.support.running import Running

Receipt = dict[str, Any]
MEDIATOR = caller(roles.MEDIATOR, "330703105", subject="mediator-1")
OTHER_MEDIATOR = caller(roles.MEDIATOR, "330703105", subject="mediator-2")
GROUP_MEMBER = caller(roles.SERVICE_GROUP_MEMBER, "330703105", subject="judge-1")
CASES = "/v1/disputes/cases"
RECEPTIONS = "/v1/disputes/receptions"
GROUPS = "/v1/disputes/service-groups"
CASE: dict[str, Any] = {
    "area_code": "330703105291",
    "case_type": "NEIGHBOUR",
    "title": "宅基地排水纠纷",
    "description": "两户因排水沟走向发生争执",
}
APPLICANT = {"side": "APPLICANT", "name": "张三丰", "phone": "13800001234", "consent": "GIVEN"}
RESPONDENT = {"side": "RESPONDENT", "name": "李四", "consent": "GIVEN"}
PARTIES = [APPLICANT, RESPONDENT]
ALL_SIGN: list[dict[str, Any]] = [
    {"role": "PARTY", "party": 1},
    {"role": "PARTY", "party": 2},
    {"role": "MEDIATOR"},
    {"role": "SEAL"},
]
TERMINATION: dict[str, Any] = {"ground": "NO_AGREEMENT", "routes": ["LITIGATION"]}
MEMBERS = [
    {"agency": "COURT", "name": "王法官", "subject": "judge-1"},
    {"agency": "POLICE", "name": "赵警官"},
]


def ago(**span: float) -> str:
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


async def imported(service: Running, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The results of a batch of history, in an import batch of its own that stays open."""
    opened = await service.call(IMPORTER, "POST", "/v1/disputes/imports", {"source": "台账"})
    body = {"import_batch": opened.json()["id"], "items": items}
    answer = await service.call(IMPORTER, "POST", "/v1/disputes/batch", body)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["results"])


async def created(service: Running, who: Caller, path: str, body: Any) -> Receipt:
    answer = await service.call(who, "POST", path, body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def registered(service: Running, who: Caller = TOWNSHIP, **facts: Any) -> Receipt:
    return await created(service, who, CASES, CASE | {"parties": PARTIES} | facts)


async def attempt(
    service: Running, who: Caller, path: str, receipt: Receipt, *, method: str = "POST", **body: Any
) -> Response:
    """Take a step: `path` with `{}` for the record's id."""
    condition = {"If-Match": f'"{receipt["version"]}"'}
    return await service.call(who, method, path.format(receipt["id"]), body, condition)


async def case_step(
    service: Running, receipt: Receipt, name: str, who: Caller = TOWNSHIP, **body: Any
) -> Receipt:
    method = "PUT" if name == "parties" else "POST"
    answer = await attempt(service, who, f"{CASES}/{{}}/{name}", receipt, method=method, **body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def mediated(service: Running, **facts: Any) -> Receipt:
    """A case whose mediation has begun, by `MEDIATOR`."""
    receipt = await case_step(service, await registered(service, **facts), "accept")
    return await case_step(service, receipt, "start", mediator="mediator-1")


async def agreed(service: Running, **agreement: Any) -> Receipt:
    """A case with an agreement: an oral one unless said otherwise."""
    body = {"form": "ORAL", "terms": "各让一步"} | agreement
    return await case_step(service, await mediated(service), "agreement", MEDIATOR, **body)


def refusal(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]
