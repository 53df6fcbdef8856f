"""What the gateway makes of the training service's events."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.chassis.identity.caller import job
from services.contracts import registry
from services.gateway.projections.cards import Entry
from services.gateway.projections.registry import BY_TOPIC
from services.gateway.projections.training import PROJECTIONS
from tests.support.running import Running
from tests.training.calls import CERTIFICATES, SESSIONS, at, issued, opened, step
from tests.training.test_certificates import sweeper


async def cards(training: Running) -> dict[UUID, Any]:
    """Every event of the outbox folded into its card."""
    folded: dict[UUID, Any] = {}
    rows = await training.fetch("select topic, aggregate_id, headers, body from outbox order by id")
    for row in rows:
        headers = {"ce_type": event_type(row["headers"])}
        event = registry.read(headers, bytes(row["body"]))
        assert event is not None
        known = folded.get(row["aggregate_id"])
        folded[row["aggregate_id"]] = BY_TOPIC[row["topic"]].apply(known, event)
    return folded


def event_type(headers: str) -> bytes:
    return headers.split('"ce_type": "')[1].split('"', maxsplit=1)[0].encode()


async def snapshots(training: Running) -> dict[UUID, Any]:
    found: dict[UUID, Any] = {}
    for projection in PROJECTIONS:
        page = await training.call(job("gateway"), "GET", f"/internal/snapshot/{projection.noun}")
        assert page.status_code == 200, page.text
        for item in page.json()["items"]:
            found[UUID(item["id"])] = projection.snapshot.model_validate(item["event"])
    return found


async def test_folded_events_equal_the_services_own_snapshots(training: Running) -> None:
    await step(training, f"{SESSIONS}/{{}}/cancel", await opened(training), reason="台风")
    await step(training, f"{CERTIFICATES}/{{}}/revoke", await issued(training), reason="FRAUD")
    await issued(training)
    await sweeper(training).sweep(datetime.now().astimezone() + timedelta(days=400))
    folded = await cards(training)
    assert len(folded) == 9
    assert folded == await snapshots(training)


async def test_an_attendance_is_one_person_on_one_day(training: Running) -> None:
    await issued(training)
    entries = figures(await cards(training))
    (attendance,) = [entry for entry in entries if entry.metric == "attendances"]
    rows = await training.fetch("select attended_on from attendance")
    day: date = rows[0]["attended_on"]
    assert attendance == Entry("attendances", "330703101", day, 1, "EMPLOYEE")


async def test_a_certificate_is_valid_from_its_issue_through_its_last_day(
    training: Running,
) -> None:
    certificate = await issued(training, occurred_at=at(200))
    rows = await training.fetch("select issued_on, valid_to from certificate")
    issued_on, valid_to = rows[0]["issued_on"], rows[0]["valid_to"]
    begins = Entry("certificates_valid", "330703101", issued_on)
    ends = Entry("certificates_valid", "330703101", valid_to + timedelta(days=1), -1)
    assert valid(await cards(training)) == [begins, ends]
    body: dict[str, Any] = {"reason": "FRAUD", "occurred_at": at(200)}
    await step(training, f"{CERTIFICATES}/{{}}/revoke", certificate, **body)
    assert valid(await cards(training)) == [begins, begins._replace(n=-1)]


def figures(cards: dict[UUID, Any]) -> list[Entry]:
    return [
        entry
        for card in cards.values()
        for projection in PROJECTIONS
        if isinstance(card, projection.snapshot)
        for entry in projection.entries(card)
    ]


def valid(cards: dict[UUID, Any]) -> list[Entry]:
    return [entry for entry in figures(cards) if entry.metric == "certificates_valid"]
