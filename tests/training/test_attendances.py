import asyncio
from typing import Any
from uuid import uuid4

from tests.support.people import DISTRICT, caller
from tests.support.running import Running
from tests.training.calls import (
    ATTENDANCES,
    ELSEWHERE,
    HALLS_TOWNSHIP,
    OFFICER,
    SESSIONS,
    Receipt,
    assessed,
    at,
    attempt,
    attended,
    created,
    opened,
    presence,
    refusal,
    registered,
    settled,
    started,
    step,
)

ASSESS = f"{ATTENDANCES}/{{}}/assess"


async def record(training: Running, session: Receipt, trainee: Receipt, **facts: Any) -> Any:
    return await training.call(OFFICER, "POST", ATTENDANCES, presence(session, trainee, **facts))


async def test_an_attendance_counts_in_the_sessions_area(training: Running) -> None:
    attendance = await attended(training, await started(training))
    shown = (await training.call(DISTRICT, "GET", f"{ATTENDANCES}/{attendance['id']}")).json()
    assert (shown["area_code"], shown["minutes"], shown["audience"]) == (
        "330703101",
        100,
        "EMPLOYEE",
    )
    assert shown["allowed_actions"] == ["record_assessment"]
    assert (await training.events())[-1] == ("training.attendance.recorded.v1", 1)
    listed = await training.call(OFFICER, "GET", ATTENDANCES, trainee_id=shown["trainee_id"])
    assert [line["id"] for line in listed.json()["items"]] == [attendance["id"]]


async def test_attendance_waits_for_the_start_and_ends_with_the_settlement(
    training: Running,
) -> None:
    session, trainee = await opened(training), await registered(training)
    assert refusal(await record(training, session, trainee)) == (409, "session_not_held")
    session = await step(training, f"{SESSIONS}/{{}}/start", session, occurred_at=at())
    attendance = await attended(training, session)
    await settled(training, session)
    assert refusal(await record(training, session, trainee)) == (409, "session_not_held")
    late = await attempt(
        training, OFFICER, ASSESS, attendance, theory_score=90, practice_passed=True
    )
    assert refusal(late) == (409, "session_not_held")


async def test_nobody_attends_a_cancelled_session(training: Running) -> None:
    session = await step(training, f"{SESSIONS}/{{}}/cancel", await opened(training), reason="台风")
    answer = await record(training, session, await registered(training))
    assert refusal(answer) == (409, "session_not_held")


async def test_a_person_attends_a_session_once(training: Running) -> None:
    session, trainee = await started(training), await registered(training)
    assert (await record(training, session, trainee)).status_code == 201
    assert refusal(await record(training, session, trainee)) == (409, "already_attended")
    other = await started(training, course_code="FIRE-02")
    assert (await record(training, other, trainee)).status_code == 201


async def test_racing_clients_record_one_attendance(training: Running) -> None:
    session, trainee = await started(training), await registered(training)
    answers = await asyncio.gather(*(record(training, session, trainee) for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 11
    codes = {answer.json()["code"] for answer in answers if answer.status_code == 409}
    assert codes == {"already_attended"}
    rows = await training.fetch("select count(*) from attendance")
    assert rows[0]["count"] == 1


async def test_a_repeated_request_is_answered_as_before(training: Running) -> None:
    session, trainee = await started(training), await registered(training)
    body = presence(session, trainee, id=str(uuid4()))
    first = await created(training, OFFICER, ATTENDANCES, body)
    await settled(training, session)
    assert await created(training, OFFICER, ATTENDANCES, body) == first


async def test_an_attendance_that_cannot_be_is_refused(training: Running) -> None:
    session, trainee = await started(training), await registered(training)
    for facts, code in (
        ({"in_at": at(130), "out_at": at(140)}, "outside_session"),
        ({"in_at": at(60), "out_at": at(30)}, "outside_session"),
        ({"method": "MANUAL"}, "reason_missing"),
        ({"session_id": str(uuid4())}, "session_unknown"),
        ({"trainee_id": str(uuid4())}, "trainee_unknown"),
        ({"method": "GUESS"}, "invalid_request"),
    ):
        answer = await record(training, session, trainee, **facts)
        assert refusal(answer) == (422, code)
    by_hand = await record(training, session, trainee, method="MANUAL", manual_reason="读卡器故障")
    assert by_hand.status_code == 201


async def test_a_session_is_for_its_audiences(training: Running) -> None:
    student = await registered(training, audience="STUDENT")
    answer = await record(training, await started(training), student)
    assert refusal(answer) == (422, "not_its_audience")


async def test_another_area_neither_sees_nor_records(training: Running) -> None:
    session = await started(training)
    attendance = await attended(training, session)
    answer = await training.call(ELSEWHERE, "GET", f"{ATTENDANCES}/{attendance['id']}")
    assert refusal(answer) == (404, "not_found")
    body = presence(session, await registered(training))
    answer = await training.call(ELSEWHERE, "POST", ATTENDANCES, body)
    assert refusal(answer) == (422, "session_unknown")


async def test_the_pass_mark_follows_the_audience(training: Running) -> None:
    session = await started(training)
    for audience, mark in (("EMPLOYEE", 80), ("LANDLORD", 60)):
        trainee = await registered(training, audience=audience)
        attendance = await created(training, OFFICER, ATTENDANCES, presence(session, trainee))
        failed = await assessed(training, attendance, mark - 1)
        assert failed["status"] == "FAILED"
        passed = await assessed(training, failed, mark)
        assert (passed["status"], passed["version"]) == ("PASSED", 3)
        shown = (await training.call(OFFICER, "GET", f"{ATTENDANCES}/{passed['id']}")).json()
        assert (shown["attempts"], shown["assessor"]) == (2, OFFICER.subject)
        more = {"theory_score": 1, "practice_passed": True}
        again = await attempt(training, OFFICER, ASSESS, passed, **more)
        assert refusal(again) == (409, "already_passed")


async def test_an_assessor_is_somebody_else(training: Running) -> None:
    colleague = caller("training_officer", "330703101", subject="colleague")
    trainee = await registered(training, account="colleague")
    body = presence(await started(training), trainee)
    attendance = await created(training, OFFICER, ATTENDANCES, body)
    result = {"theory_score": 100, "practice_passed": True}
    own = await attempt(training, colleague, ASSESS, attendance, **result)
    assert refusal(own) == (403, "assessor_is_trainee")
    shown = await training.call(colleague, "GET", f"{ATTENDANCES}/{attendance['id']}")
    assert shown.json()["allowed_actions"] == []
    township = await attempt(training, HALLS_TOWNSHIP, ASSESS, attendance, **result)
    assert refusal(township) == (403, "permission_missing")
    impossible = await attempt(
        training, OFFICER, ASSESS, attendance, **result | {"theory_score": 101}
    )
    assert refusal(impossible) == (422, "invalid_request")
