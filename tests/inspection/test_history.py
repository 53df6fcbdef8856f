"""Historical import, and what the gateway makes of the events."""

from typing import Any
from uuid import UUID, uuid4

from services.chassis.identity.caller import job
from services.contracts.registry import by_type
from services.gateway.projections.cards import Projection
from services.gateway.projections.inspection import PROJECTIONS
from tests.inspection.doing import ENTERPRISE, FIVE, HAZARD, Inspection
from tests.support.people import IMPORTER

EXPERT, CONTACT = "old-expert", "old-contact"
OFFICER, SECOND_OFFICER = "old-officer", "old-second-officer"
Wish = tuple[str, str, str, str, dict[str, Any]]


def history(enterprise: str, hazard: str, wrong: str, report: str) -> list[Wish]:
    """(operation, id, day, whose act, body), in order of time."""
    found = HAZARD | {"enterprise_id": enterprise, "level": "MAJOR"}
    lec = {"name": "抛光", "likelihood": 3, "exposure": 10, "consequence": 15}
    plan = FIVE | {"deadline": "2017-05-31"}
    again = {"comment": "仍有杂物", "deadline": "2017-06-30"}
    content = {"enterprise_id": enterprise, "hazards": 2}
    corrected = {"hazards": 1, "colour_after": "ORANGE", "reason": "一条已撤销"}
    lower = {"method": "OVERRIDE", "colour": "ORANGE", "reason": "复评"}
    return [
        ("open_safety_file", enterprise, "2017-03-02", EXPERT, {}),
        ("rate_enterprise", enterprise, "2017-03-03", EXPERT, {"method": "LEC", "points": [lec]}),
        ("find_hazard", hazard, "2017-04-05", EXPERT, found),
        ("find_hazard", wrong, "2017-04-05", EXPERT, found),
        ("notify_hazard", hazard, "2017-04-06", OFFICER, {}),
        ("notify_hazard", wrong, "2017-04-06", OFFICER, {}),
        ("void_hazard", wrong, "2017-04-07", OFFICER, {"reason": "重复登记"}),
        ("plan_rectification", hazard, "2017-04-08", CONTACT, plan),
        ("submit_rectification", hazard, "2017-05-01", CONTACT, {"rectification": "已清理"}),
        ("fail_hazard_review", hazard, "2017-05-02", OFFICER, again),
        ("submit_rectification", hazard, "2017-05-03", CONTACT, {"rectification": "再清理"}),
        ("pass_hazard_review", hazard, "2017-05-04", OFFICER, {}),
        ("pass_hazard_review", hazard, "2017-05-04", SECOND_OFFICER, {}),
        ("close_hazard", hazard, "2017-05-05", OFFICER, {}),
        ("issue_checkup_report", report, "2017-05-06", EXPERT, content),
        ("supersede_checkup_report", report, "2017-05-07", EXPERT, corrected),
        ("rate_enterprise", enterprise, "2017-06-01", EXPERT, lower),
        ("change_enterprise_status", enterprise, "2017-09-01", OFFICER, {"status": "CLOSED"}),
    ]


def item(wish: Wish, number: int) -> dict[str, Any]:
    operation, id_, day, whose, body = wish
    told = {"occurred_at": f"{day}T10:00:00+08:00", "on_behalf_of": whose}
    return {"operation": operation, "id": id_, "key": f"{id_}/{number}", "body": body | told}


async def imported(inspection: Inspection) -> list[str]:
    """In one batch, though much of it names an enterprise that comes to be in it; the ids."""
    opened = await inspection.post(IMPORTER, "imports", {"source": "2017 年台账"})
    ids = [str(uuid4()) for _ in range(4)]
    first: Wish = ("register_enterprise", ids[0], "2017-03-01", EXPERT, ENTERPRISE)
    items = [item(wish, number) for number, wish in enumerate([first, *history(*ids)])]
    body = {"import_batch": opened.json()["id"], "items": items}
    for outcome in ("applied", "duplicate"):
        answer = await inspection.post(IMPORTER, "batch", body)
        assert answer.status_code == 200, answer.text
        results = answer.json()["results"]
        assert [result["outcome"] for result in results] == [outcome] * len(items), results
    completed = await inspection.post(IMPORTER, f"imports/{opened.json()['id']}/complete", None)
    assert completed.status_code == 200, completed.text
    return ids


async def folded(inspection: Inspection) -> dict[UUID, tuple[Projection, Any]]:
    """The cards, from the events of the outbox alone."""
    rows = await inspection.service.fetch(
        "select topic, aggregate_id, headers->>'ce_type' as type, body from outbox order by id"
    )
    topics = {projection.topic: projection for projection in PROJECTIONS}
    cards: dict[UUID, tuple[Projection, Any]] = {}
    for row in rows:
        projection = topics[row["topic"]]
        event = by_type()[row["type"]].model_validate_json(row["body"])
        before = cards.get(row["aggregate_id"])
        card = projection.apply(before[1] if before else None, event)
        cards[row["aggregate_id"]] = (projection, card)
    return cards


async def test_a_year_is_imported_in_the_name_of_those_who_acted(inspection: Inspection) -> None:
    enterprise, hazard, _, _ = await imported(inspection)
    shown = (await inspection.get(IMPORTER, f"hazards/{hazard}")).json()
    assert (shown["status"], shown["finder"], shown["submitter"]) == ("CLOSED", EXPERT, CONTACT)
    assert [r["reviewer"] for r in shown["reviews"]] == [OFFICER, OFFICER, SECOND_OFFICER]
    assert not shown["late_entry"]
    assert shown["number"].startswith("HZ33070310520170405")
    shown = (await inspection.get(IMPORTER, f"enterprises/{enterprise}")).json()
    assert [fact["colour"] for fact in shown["ratings"]] == ["RED", "ORANGE", None]
    assert shown["ratings"][0]["by"] == EXPERT
    assert await inspection.service.fetch("select 1 from clock where stopped_at is null") == []


async def test_the_cards_equal_the_services_own_snapshots(inspection: Inspection) -> None:
    await imported(inspection)
    cards = await folded(inspection)
    assert len(cards) == 4
    for noun in inspection.service.runtime.definition.nouns:
        path = f"/internal/snapshot/{noun.name}"
        page = await inspection.service.call(job("gateway"), "GET", path)
        for told in page.json()["items"]:
            _, card = cards.pop(UUID(told["id"]))
            snapshot = type(card).model_validate(told["event"])
            assert snapshot == card
    assert cards == {}


async def test_the_figures_follow_from_the_cards(inspection: Inspection) -> None:
    await imported(inspection)
    cards = (await folded(inspection)).values()
    entries = [entry for projection, card in cards for entry in projection.entries(card)]
    assert {entry.area for entry in entries} == {"330703105291001"}
    assert sorted((entry.metric, str(entry.day), entry.n) for entry in entries) == [
        ("enterprises_on_file", "2017-03-02", 1),
        ("enterprises_on_file", "2017-09-01", -1),
        ("hazards_closed", "2017-05-05", 1),
        ("hazards_found", "2017-04-05", 1),
        ("industrial_on_file", "2017-03-02", 1),
        ("industrial_on_file", "2017-09-01", -1),
        ("industrial_operating", "2017-03-01", 1),
        ("industrial_operating", "2017-09-01", -1),
        ("ratings_orange", "2017-06-01", 1),
        ("ratings_orange", "2017-09-01", -1),
        ("ratings_red", "2017-03-03", 1),
        ("ratings_red", "2017-06-01", -1),
        ("reports_issued", "2017-05-06", 1),
    ]
