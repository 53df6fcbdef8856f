"""How the tests drive the training service: a hall in one township, a session of yesterday."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from httpx import Response

from jinding.demo.synthetic import synthetic_mobile
from services.chassis.identity.caller import Caller
from services.contracts import roles
from tests.support.people import caller
from tests.support.running import Running

Receipt = dict[str, Any]
HALL = "330703101"
OFFICER = caller(roles.TRAINING_OFFICER, HALL)
HALLS_TOWNSHIP = caller(roles.TOWNSHIP_OPERATOR, HALL)
ELSEWHERE = caller(roles.TRAINING_OFFICER, "330703105", subject="another-hall")
READER = caller(roles.AUDITOR, "330703")

SESSIONS = "/v1/training/sessions"
TRAINEES = "/v1/training/trainees"
ATTENDANCES = "/v1/training/attendances"
CERTIFICATES = "/v1/training/certificates"

STARTS = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=24)
MINUTE = timedelta(minutes=1)


def at(minutes: int = 0) -> str:
    """So many minutes after the session began."""
    return (STARTS + minutes * MINUTE).isoformat()


SESSION = {
    "area_code": HALL,
    "course_code": "FIRE-01",
    "course_title": "消防安全体验",
    "venue_code": "xiaoshun-hall",
    "starts_at": at(),
    "ends_at": at(120),
    "capacity": 60,
    "audiences": ["EMPLOYEE", "LANDLORD", "PUBLIC"],
    "theory_minutes": 40,
    "practice_minutes": 60,
    "occurred_at": at(-600),
}
TRAINEE = {
    "area_code": "330703101201",
    "name": "欧阳甲子",
    "phone": "15400000001",
    "audience": "EMPLOYEE",
}
PERSONS = count(2)


async def created(service: Running, who: Caller, path: str, body: Any) -> Receipt:
    answer = await service.call(who, "POST", path, body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def opened(service: Running, **facts: Any) -> Receipt:
    return await created(service, OFFICER, SESSIONS, SESSION | facts)


async def registered(service: Running, **facts: Any) -> Receipt:
    """Somebody else each time: nobody shares a telephone number, unless it is said."""
    own = {"phone": synthetic_mobile(next(PERSONS))}
    return await created(service, OFFICER, TRAINEES, TRAINEE | own | facts)


async def attempt(
    service: Running, who: Caller, path: str, receipt: Receipt, **body: Any
) -> Response:
    """Take a step: `path` with `{}` for the record's id."""
    condition = {"If-Match": f'"{receipt["version"]}"'}
    return await service.call(who, "POST", path.format(receipt["id"]), body, condition)


async def step(
    service: Running, path: str, receipt: Receipt, who: Caller = OFFICER, **body: Any
) -> Receipt:
    answer = await attempt(service, who, path, receipt, **body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def started(service: Running, **facts: Any) -> Receipt:
    receipt = await opened(service, **facts)
    return await step(service, f"{SESSIONS}/{{}}/start", receipt, occurred_at=at())


async def settled(service: Running, session: Receipt) -> Receipt:
    session = await step(service, f"{SESSIONS}/{{}}/finish", session, occurred_at=at(120))
    return await step(service, f"{SESSIONS}/{{}}/settle", session, occurred_at=at(180))


def presence(session: Receipt, trainee: Receipt, minutes: int = 120, **facts: Any) -> Receipt:
    """The body of an attendance from the session's beginning, told when it was over."""
    times = {"in_at": at(), "out_at": at(minutes), "occurred_at": at(minutes)}
    who = {"session_id": session["id"], "trainee_id": trainee["id"]}
    return {**who, **times, "method": "QR", **facts}


async def attended(service: Running, session: Receipt, minutes: int = 120) -> Receipt:
    """Somebody's attendance of a session that has started."""
    body = presence(session, await registered(service), minutes)
    return await created(service, OFFICER, ATTENDANCES, body)


async def assessed(service: Running, attendance: Receipt, score: int = 80) -> Receipt:
    result: dict[str, Any] = {"theory_score": score, "practice_passed": True}
    result["occurred_at"] = at(150)
    return await step(service, f"{ATTENDANCES}/{{}}/assess", attendance, **result)


async def earned(service: Running) -> Receipt:
    """An attendance that has earned a certificate."""
    session = await started(service)
    attendance = await assessed(service, await attended(service, session))
    await settled(service, session)
    return attendance


async def issued(service: Running, **facts: Any) -> Receipt:
    body = {"attendance_id": (await earned(service))["id"]} | facts
    return await created(service, OFFICER, CERTIFICATES, body)


def refusal(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]
