from typing import Any

from tests.support.people import DISTRICT, RED_MEMBER
from tests.support.running import Running
from tests.training.calls import (
    ELSEWHERE,
    HALLS_TOWNSHIP,
    OFFICER,
    READER,
    SESSION,
    SESSIONS,
    at,
    attempt,
    opened,
    refusal,
    settled,
    started,
    step,
)


async def test_a_session_goes_from_open_to_settled(training: Running) -> None:
    receipt = await settled(training, await started(training))
    assert (receipt["status"], receipt["version"], receipt["number"]) == ("SETTLED", 4, None)
    assert await training.events() == [
        ("training.session.opened.v1", 1),
        ("training.session.started.v1", 2),
        ("training.session.finished.v1", 3),
        ("training.session.settled.v1", 4),
    ]
    shown = (await training.call(DISTRICT, "GET", f"{SESSIONS}/{receipt['id']}")).json()
    assert (shown["status"], shown["allowed_actions"]) == ("SETTLED", [])
    assert shown["audiences"] == ["EMPLOYEE", "LANDLORD", "PUBLIC"]


async def test_an_open_session_is_cancelled_with_a_reason(training: Running) -> None:
    session = await opened(training)
    path = f"{SESSIONS}/{{}}/cancel"
    assert (await attempt(training, OFFICER, path, session)).status_code == 422
    receipt = await step(training, path, session, reason="台风")
    assert receipt["status"] == "CANCELLED"
    shown = (await training.call(OFFICER, "GET", f"{SESSIONS}/{receipt['id']}")).json()
    assert (shown["cancel_reason"], shown["allowed_actions"]) == ("台风", [])
    assert (await training.events())[-1] == ("training.session.cancelled.v1", 2)


async def test_a_cancelled_session_takes_no_step(training: Running) -> None:
    session = await step(training, f"{SESSIONS}/{{}}/cancel", await opened(training), reason="台风")
    for name in ("start", "finish", "settle"):
        answer = await attempt(training, OFFICER, f"{SESSIONS}/{{}}/{name}", session)
        assert refusal(answer) == (409, "session_step_not_allowed")


async def test_a_started_session_is_not_cancelled(training: Running) -> None:
    session = await started(training)
    answer = await attempt(training, OFFICER, f"{SESSIONS}/{{}}/cancel", session, reason="台风")
    assert refusal(answer) == (409, "session_step_not_allowed")


async def test_a_session_that_cannot_be_is_refused(training: Running) -> None:
    cases: list[tuple[dict[str, Any], int, str]] = [
        ({"occurred_at": at(1)}, 422, "opened_after_start"),
        ({"ends_at": at(99)}, 422, "too_short_for_course"),
        ({"ends_at": at(40 * 1440)}, 422, "out_of_reach"),
        ({"area_code": "330703105"}, 403, "outside_scope"),
        ({"audiences": []}, 422, "invalid_request"),
        ({"capacity": 0}, 422, "invalid_request"),
        ({"starts_at": "2017-09-01T09:00:00"}, 422, "invalid_request"),
    ]
    for facts, status, code in cases:
        answer = await training.call(OFFICER, "POST", SESSIONS, SESSION | facts)
        assert refusal(answer) == (status, code)
    assert await training.events() == []


async def test_a_session_of_another_day_does_not_start_today(training: Running) -> None:
    session = await opened(training, starts_at=at(3 * 1440), ends_at=at(3 * 1440 + 120))
    answer = await attempt(training, OFFICER, f"{SESSIONS}/{{}}/start", session)
    assert refusal(answer) == (409, "started_too_early")


async def test_who_may_do_what_with_a_session(training: Running) -> None:
    session = await opened(training)
    shown = await training.call(HALLS_TOWNSHIP, "GET", f"{SESSIONS}/{session['id']}")
    actions = ["start_training_session", "cancel_training_session"]
    assert shown.json()["allowed_actions"] == actions
    shown = await training.call(READER, "GET", f"{SESSIONS}/{session['id']}")
    assert shown.json()["allowed_actions"] == []
    answer = await training.call(RED_MEMBER, "POST", SESSIONS, SESSION)
    assert refusal(answer) == (403, "permission_missing")


async def test_another_area_sees_nothing_of_a_session(training: Running) -> None:
    session = await opened(training)
    answer = await training.call(ELSEWHERE, "GET", f"{SESSIONS}/{session['id']}")
    assert refusal(answer) == (404, "not_found")
    answer = await attempt(training, ELSEWHERE, f"{SESSIONS}/{{}}/start", session)
    assert refusal(answer) == (404, "not_found")
    listed = await training.call(ELSEWHERE, "GET", SESSIONS)
    assert listed.json() == {"items": [], "next": None}


async def test_sessions_are_listed_by_status_and_course(training: Running) -> None:
    session = await opened(training)
    await opened(training, course_code="FIRE-02")
    listed = await training.call(OFFICER, "GET", SESSIONS, status="OPEN", course_code="FIRE-01")
    assert [line["id"] for line in listed.json()["items"]] == [session["id"]]
    listed = await training.call(OFFICER, "GET", SESSIONS, status="SETTLED")
    assert listed.json()["items"] == []
