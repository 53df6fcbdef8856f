"""The hall's year as history: everything through the batch endpoint, on behalf of the hall."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from jinding.demo.synthetic import synthetic_mobile
from tests.support.people import IMPORTER
from tests.support.running import Running
from tests.training.calls import HALL, PERSONS, READER, SESSION, TRAINEE, Receipt
from tests.training.test_certificates import sweeper

OPENS = datetime(2017, 9, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
CLERK = "hall-clerk"
People = list[tuple[str, str, str]]


def item(operation: str, id: str, at: datetime, **body: Any) -> Receipt:
    told = {"occurred_at": at.isoformat(), "on_behalf_of": CLERK, **body}
    return {"operation": operation, "id": id, "key": f"{operation}/{id}", "body": told}


async def batch(training: Running, import_id: str, items: list[Receipt]) -> list[Receipt]:
    body = {"import_batch": import_id, "items": items}
    answer = await training.call(IMPORTER, "POST", "/v1/training/batch", body)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["results"])


async def applied(training: Running, import_id: str, items: list[Receipt]) -> None:
    results = await batch(training, import_id, items)
    assert [r for r in results if r["outcome"] != "applied"] == []


async def opened_import(training: Running) -> str:
    answer = await training.call(IMPORTER, "POST", "/v1/training/imports", {"source": "hall 2017"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def session_items(session: str) -> list[Receipt]:
    times = {"starts_at": OPENS.isoformat(), "ends_at": (OPENS + 2 * HOUR).isoformat()}
    facts = {name: value for name, value in SESSION.items() if name != "occurred_at"} | times
    return [
        item("open_training_session", session, OPENS - 24 * HOUR, **facts),
        item("start_training_session", session, OPENS),
    ]


def person() -> Receipt:
    return TRAINEE | {"phone": synthetic_mobile(next(PERSONS))}


def presences(session: str, people: People) -> list[Receipt]:
    times = {"in_at": OPENS.isoformat(), "out_at": (OPENS + 2 * HOUR).isoformat()}
    return [
        item(
            "record_attendance",
            attendance,
            OPENS + 2 * HOUR,
            session_id=session,
            trainee_id=trainee,
            method="CARD",
            **times,
        )
        for trainee, attendance, _ in people
    ]


def results(session: str, people: People) -> list[Receipt]:
    scores = {"theory_score": 95, "practice_passed": True}
    return [
        *(item("record_assessment", a, OPENS + 2 * HOUR, **scores) for _, a, _ in people),
        item("finish_training_session", session, OPENS + 2 * HOUR),
        item("settle_training_session", session, OPENS + 3 * HOUR),
    ]


async def imported(training: Running, import_id: str, session: str, people: People) -> None:
    """Everything of one session, in the order in which one thing needs the other."""
    who = [item("register_trainee", trainee, OPENS, **person()) for trainee, _, _ in people]
    await applied(training, import_id, [*session_items(session), *who])
    await applied(training, import_id, presences(session, people))
    await applied(training, import_id, results(session, people))
    issues = [
        item("issue_certificate", certificate, OPENS + 4 * HOUR, attendance_id=attendance)
        for _, attendance, certificate in people
    ]
    await applied(training, import_id, issues)
    repeated = await batch(training, import_id, issues)
    assert {result["outcome"] for result in repeated} == {"duplicate"}


def some(n: int) -> People:
    return [(str(uuid4()), str(uuid4()), str(uuid4())) for _ in range(n)]


async def test_imported_certificates_expire_when_the_import_is_completed(
    training: Running,
) -> None:
    import_id, people = await opened_import(training), some(20)
    await imported(training, import_id, str(uuid4()), people)
    await sweeper(training).sweep(datetime.now(UTC))
    states = "select status, expired_at, count(*) from certificate group by 1, 2"
    assert [tuple(row) for row in await training.fetch(states)] == [("VALID", None, 20)]
    answer = await training.call(IMPORTER, "POST", f"/v1/training/imports/{import_id}/complete")
    assert answer.status_code == 200, answer.text
    await sweeper(training).sweep(datetime.now(UTC))
    midnight = datetime(2018, 8, 31, 16, tzinfo=UTC)
    assert [tuple(row) for row in await training.fetch(states)] == [("EXPIRED", midnight, 20)]
    rows = await training.fetch("select distinct assessor, import_batch_id from attendance")
    assert [(row["assessor"], str(row["import_batch_id"])) for row in rows] == [(CLERK, import_id)]


async def test_one_person_twice_in_a_batch_is_refused_once(training: Running) -> None:
    import_id, session = await opened_import(training), str(uuid4())
    first, other = some(2)
    twice = (first[0], str(uuid4()), first[2])
    who = [item("register_trainee", one[0], OPENS, **person()) for one in (first, other)]
    await applied(training, import_id, [*session_items(session), *who])
    told = await batch(training, import_id, presences(session, [first, twice, other]))
    assert [(line["outcome"], line.get("code")) for line in told] == [
        ("applied", None),
        ("rejected", "already_attended"),
        ("applied", None),
    ]


async def test_history_needs_the_importers_permission(training: Running) -> None:
    body = {"items": session_items(str(uuid4()))[:1]}
    someone = READER.__class__("officer", frozenset({"training_officer"}), (HALL,))
    answer = await training.call(someone, "POST", "/v1/training/batch", body)
    assert answer.json()["results"][0]["code"] == "too_long_ago"
