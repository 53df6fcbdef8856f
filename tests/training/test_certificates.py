import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

from services.chassis.deadlines.calendar import local_day
from services.chassis.deadlines.sweeper import Sweeper
from services.chassis.numbers import is_valid
from services.training.certificates.rules import expiry, last_valid_day
from tests.support.people import DISTRICT
from tests.support.running import Running
from tests.training.calls import (
    ATTENDANCES,
    CERTIFICATES,
    ELSEWHERE,
    HALLS_TOWNSHIP,
    OFFICER,
    STARTS,
    Receipt,
    assessed,
    at,
    attempt,
    attended,
    created,
    earned,
    issued,
    refusal,
    settled,
    started,
    step,
)

REVOKE = f"{CERTIFICATES}/{{}}/revoke"


def sweeper(training: Running) -> Sweeper:
    runtime = training.runtime
    return Sweeper(runtime.database, runtime.unit, runtime.definition.nouns, 1)


async def issue(training: Running, attendance: Receipt, **facts: Any) -> Any:
    body = {"attendance_id": attendance["id"]} | facts
    return await training.call(OFFICER, "POST", CERTIFICATES, body)


async def shown(training: Running, certificate: Receipt) -> Receipt:
    answer = await training.call(DISTRICT, "GET", f"{CERTIFICATES}/{certificate['id']}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_an_earned_certificate_is_issued_for_a_year(training: Running) -> None:
    attendance = await earned(training)
    answer = await issue(training, attendance, occurred_at=at(200))
    receipt = answer.json()
    assert (answer.status_code, receipt["status"]) == (201, "VALID")
    assert receipt["number"].startswith("CT330703101")
    assert is_valid(receipt["number"])
    assert (await training.events())[-1] == ("training.certificate.issued.v1", 1)
    certificate = await shown(training, receipt)
    issued_on = local_day(STARTS + timedelta(minutes=200))
    assert certificate["issued_on"] == issued_on.isoformat()
    assert certificate["valid_to"] == last_valid_day(issued_on, 12).isoformat()
    assert len(certificate["verify_code"]) == 12
    assert certificate["allowed_actions"] == ["revoke_certificate"]
    listed = await training.call(OFFICER, "GET", CERTIFICATES, status="VALID", audience="EMPLOYEE")
    assert [line["id"] for line in listed.json()["items"]] == [receipt["id"]]


async def test_an_attendance_earns_one_certificate(training: Running) -> None:
    attendance = await earned(training)
    answers = await asyncio.gather(*(issue(training, attendance) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    codes = {answer.json()["code"] for answer in answers if answer.status_code == 409}
    assert codes == {"already_certified"}


async def test_a_certificate_must_be_earned(training: Running) -> None:
    session = await started(training)
    good = await assessed(training, await attended(training, session))
    short = await assessed(training, await attended(training, session, minutes=89))
    failed = await assessed(training, await attended(training, session), score=79)
    assert refusal(await issue(training, good)) == (409, "session_not_settled")
    await settled(training, session)
    early = await issue(training, good, occurred_at=at(179))
    assert refusal(early) == (409, "session_not_settled")
    assert refusal(await issue(training, short)) == (409, "attendance_too_short")
    assert refusal(await issue(training, failed)) == (409, "assessment_not_passed")
    assert refusal(await issue(training, {"id": str(uuid4())})) == (422, "attendance_unknown")
    assert (await issue(training, good)).status_code == 201


async def test_a_certificate_is_not_issued_before_the_assessment(training: Running) -> None:
    session = await started(training)
    attendance = await attended(training, session)
    result: dict[str, Any] = {"theory_score": 90, "practice_passed": True, "occurred_at": at(190)}
    await step(training, f"{ATTENDANCES}/{{}}/assess", attendance, **result)
    await settled(training, session)
    early = await issue(training, attendance, occurred_at=at(185))
    assert refusal(early) == (409, "assessment_not_passed")
    assert (await issue(training, attendance, occurred_at=at(190))).status_code == 201


async def test_a_revoked_certificate_makes_room_for_a_right_one(training: Running) -> None:
    certificate = await issued(training)
    assert (await attempt(training, OFFICER, REVOKE, certificate)).status_code == 422
    receipt = await step(training, REVOKE, certificate, reason="WRONG_PERSON")
    assert receipt["status"] == "REVOKED"
    again = await attempt(training, OFFICER, REVOKE, receipt, reason="FRAUD")
    assert refusal(again) == (409, "certificate_step_not_allowed")
    revoked = await shown(training, receipt)
    assert (await issue(training, {"id": revoked["attendance_id"]})).status_code == 201


async def test_a_certificate_is_not_revoked_before_its_issue(training: Running) -> None:
    answer = await attempt(
        training, OFFICER, REVOKE, await issued(training), reason="FRAUD", occurred_at=at()
    )
    assert refusal(answer) == (422, "earlier_than_the_last_step")


async def test_a_certificate_expires_once_when_its_last_day_is_over(training: Running) -> None:
    certificate = await issued(training)
    over = expiry(last_valid_day(local_day(await issue_time(training)), 12))
    sweep = sweeper(training).sweep
    await sweep(over - timedelta(seconds=1))
    assert (await shown(training, certificate))["status"] == "VALID"
    await sweep(over + timedelta(days=3))
    await sweep(over + timedelta(days=4))
    expired = await shown(training, certificate)
    assert (expired["status"], expired["allowed_actions"]) == ("EXPIRED", [])
    rows = await training.fetch("select expired_at, version from certificate")
    assert [tuple(row) for row in rows] == [(over, 2)]
    assert (await training.events())[-1] == ("training.certificate.expired.v1", 2)


async def issue_time(training: Running) -> Any:
    return (await training.fetch("select issued_at from certificate"))[0]["issued_at"]


async def test_a_revoked_certificate_does_not_expire(training: Running) -> None:
    certificate = await step(training, REVOKE, await issued(training), reason="FRAUD")
    await sweeper(training).sweep(STARTS + timedelta(days=1000))
    assert (await shown(training, certificate))["status"] == "REVOKED"


async def test_whoever_has_no_part_in_it_gets_no_certificate(training: Running) -> None:
    attendance = await earned(training)
    body = {"attendance_id": attendance["id"]}
    answer = await training.call(ELSEWHERE, "POST", CERTIFICATES, body)
    assert refusal(answer) == (422, "attendance_unknown")
    answer = await training.call(HALLS_TOWNSHIP, "POST", CERTIFICATES, body)
    assert refusal(answer) == (403, "permission_missing")
    certificate = await created(training, OFFICER, CERTIFICATES, body)
    answer = await training.call(ELSEWHERE, "GET", f"{CERTIFICATES}/{certificate['id']}")
    assert refusal(answer) == (404, "not_found")
    answer = await attempt(training, ELSEWHERE, REVOKE, certificate, reason="FRAUD")
    assert refusal(answer) == (404, "not_found")
