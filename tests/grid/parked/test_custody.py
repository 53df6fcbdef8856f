"""What of a batch is not done can be asked for: held here for a review, or waiting at its device."""

import json
from typing import Any, get_args
from uuid import uuid4

import pytest
from pydantic import BaseModel

from services.contracts import roles
from services.grid.main import DEFINITION
from services.grid.parked.rules import HELD, PEOPLE
from tests.grid.parked.sending import PARKED as AT
from tests.grid.parked.sending import ahead, held, member, parked, said
from tests.support.grid import REPORT, acceptance, batch, creation, reported, shown
from tests.support.people import DISTRICT, IMPORTER, TOWNSHIP
from tests.support.running import Running


async def test_what_lies_ahead_is_held_and_not_done(grid: Running) -> None:
    sender, id_ = member(), str(uuid4())
    (result,) = await batch(grid, sender, ahead("k", id=id_))
    assert (result["outcome"], result["code"]) == ("parked", "in_the_future")
    assert await grid.fetch("select 1 from report where id = $1", id_) == []
    (item,) = await parked(grid, of=sender)
    assert (item["id"], item["held"], item["aggregate_id"]) == (result["parked"], True, id_)
    assert item["said_at"] > item["first_at"]


async def test_five_minutes_ahead_are_what_clocks_differ_by(grid: Running) -> None:
    sender = member()
    just, more = said(minutes=-4.5), said(minutes=-5.5)
    results = await batch(
        grid, sender, creation("a", occurred_at=just), creation("b", occurred_at=more)
    )
    assert [result["outcome"] for result in results] == ["applied", "parked"]


async def never(*_: object, **__: object) -> None:
    raise AssertionError("it was tried again")


async def test_what_is_held_is_not_done_when_its_time_has_come(
    grid: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clock that is wrong does not become right by waiting."""
    sender, item = member(), ahead("k")
    (first,) = await batch(grid, sender, item)
    monkeypatch.setattr(type(grid.runtime.unit), "run", never)
    (again,) = await batch(grid, sender, item)
    assert (again["outcome"], again["parked"]) == ("parked", first["parked"])
    assert len(await parked(grid, of=sender)) == 1


async def test_a_device_that_corrects_its_time_needs_no_review(grid: Running) -> None:
    sender = member()
    await batch(grid, sender, ahead("k"))
    (result,) = await batch(grid, sender, creation("k", occurred_at=said(hours=1)))
    assert result["outcome"] == "applied"
    assert await parked(grid, of=sender) == []


async def test_what_is_refused_is_listed_until_it_is_done(grid: Running) -> None:
    sender, receipt = member(), await reported(grid)
    step = acceptance("s", receipt["id"], if_match=7)
    (result,) = await batch(grid, TOWNSHIP, step)
    assert result["outcome"] == "conflict"
    (item,) = [i for i in await parked(grid, TOWNSHIP) if i["key"] == "s"]
    assert (item["id"], item["held"], item["code"], item["attempts"]) == (
        result["parked"],
        False,
        "precondition_failed",
        1,
    )
    await batch(grid, TOWNSHIP, step)
    (item,) = [i for i in await parked(grid, TOWNSHIP) if i["key"] == "s"]
    assert item["attempts"] == 2
    await batch(grid, TOWNSHIP, acceptance("s", receipt["id"]))
    assert [i for i in await parked(grid, TOWNSHIP) if i["key"] == "s"] == []
    assert await parked(grid, of=sender) == []


async def test_what_waits_names_what_it_waits_on(grid: Running) -> None:
    sender, id_ = member(), str(uuid4())
    withdraw = {
        "operation": "cancel_report",
        "key": "w",
        "id": id_,
        "body": {"reason": "WITHDRAWN"},
    }
    results = await batch(grid, sender, ahead("c", id=id_), withdraw)
    assert [(r["outcome"], r.get("waits_on")) for r in results] == [
        ("parked", None),
        ("rejected", 0),
    ]
    told = {item["key"]: item["waits_on"] for item in await parked(grid, of=sender)}
    assert told == {"c": None, "w": "c"}


async def test_it_points_to_what_is_wrong(grid: Running) -> None:
    sender = member()
    await batch(grid, sender, creation("k", area_code="330703105999"))
    (item,) = await parked(grid, of=sender)
    assert (item["code"], item["pointer"]) == ("outside_scope", "/body/area_code")


async def test_an_equal_item_twice_in_a_batch_is_listed_once(grid: Running) -> None:
    sender = member()
    results = await batch(grid, sender, ahead("k"), ahead("k"))
    assert {result["outcome"] for result in results} == {"parked"}
    assert len(await parked(grid, of=sender)) == 1


async def test_what_tells_of_people_is_not_held(grid: Running) -> None:
    """A survey's return holds answers; it stays at its device."""
    body = {"survey_id": str(uuid4()), "area_code": "330703105291001", "channel": "PAPER"}
    item = {"operation": "return_questionnaires", "key": "k", "id": str(uuid4())}
    sheet = {"token": "t" * 30, "feeling": "SAFE"}
    told = body | {"sheets": [sheet], "occurred_at": said(hours=-2)}
    (result,) = await batch(grid, TOWNSHIP, item | {"body": told})
    assert result["outcome"] == "rejected"
    (row,) = await grid.fetch("select body from parked_item where id = $1", result["parked"])
    assert row["body"] is None


PARTIES = [{"name": "王小二", "phone": "13900001234"}, {"name": "李四", "phone": "13900001235"}]
OF_PEOPLE: dict[str, dict[str, Any]] = {
    "create_report": {"category": "DISPUTE", "subcategory": "FAMILY", "parties": PARTIES},
    "describe_report": {"parties": PARTIES},
}


@pytest.mark.parametrize("name", OF_PEOPLE)
async def test_parties_stay_at_the_device(grid: Running, name: str) -> None:
    """They would lie here unsealed, and be read by who may not ask for them."""
    sender, id_ = member(), str(uuid4())
    if name != "create_report":
        id_ = (await reported(grid, sender, category="DISPUTE"))["id"]
    item = {"operation": name, "key": "k", "id": id_}
    told = (REPORT if name == "create_report" else {}) | {"place": "村口"} | OF_PEOPLE[name]
    (result,) = await batch(grid, sender, item | {"body": told | {"occurred_at": said(hours=-2)}})
    assert (result["outcome"], result["code"]) == ("rejected", "in_the_future")
    (row,) = await grid.fetch("select * from parked_item where id = $1", result["parked"])
    assert row["body"] is None
    assert "1390000123" not in str(dict(row))
    assert "王小二" not in str(dict(row))


async def test_parties_that_were_held_before_are_shown_to_nobody(grid: Running) -> None:
    id_ = await held(grid, member())
    grown = "update parked_item set body = body || $2::text::jsonb where id = $1"
    await grid.fetch(grown, id_, json.dumps({"parties": PARTIES}))
    for who in (TOWNSHIP, DISTRICT):
        shown = (await grid.call(who, "GET", f"{AT}/{id_}")).json()
        assert shown["held"] is True
        assert shown["body"]["title"] == REPORT["title"]
        assert "parties" not in shown["body"]


def models(annotation: Any) -> set[type[BaseModel]]:
    """Those that a field is made of."""
    found = {m for part in get_args(annotation) for m in models(part)}
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = annotation.model_fields.values()
        found |= {annotation} | {m for field in fields for m in models(field.annotation)}
    return found


IDENTITY = {"name", "phone", "resident_id"}


def test_whatever_tells_who_somebody_is_is_known_to_do_so() -> None:
    bodies = {o.body for o in DEFINITION.operations.values() if o.noun.name in HELD and o.offered}
    telling = {
        name
        for body in bodies
        for name, field in body.model_fields.items()
        if name in IDENTITY
        or any(m.model_fields.keys() & (IDENTITY - {"name"}) for m in models(field.annotation))
    }
    assert telling == PEOPLE


async def test_an_import_is_told_and_not_held(grid: Running) -> None:
    opened = await grid.call(IMPORTER, "POST", "/v1/grid/imports", {"source": "台账"})
    (result,) = await batch(grid, IMPORTER, ahead("k"), import_batch=opened.json()["id"])
    assert (result["outcome"], result.get("parked")) == ("rejected", None)


async def test_a_text_that_cannot_be_stored_is_told_and_hinders_nobody(grid: Running) -> None:
    sender = member()
    results = await batch(grid, sender, creation("a", title="a\0b"), creation("b"))
    assert [(r["outcome"], r.get("code")) for r in results] == [
        ("rejected", "text_not_storable"),
        ("applied", None),
    ]
    assert await parked(grid, of=sender) == []


async def test_room_for_what_is_held_has_an_end(
    grid: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.grid.parked.custody.MOST_HELD", 2)
    sender = member()
    results = await batch(grid, sender, *(ahead(f"{n}") for n in range(4)))
    assert sorted(result["outcome"] for result in results) == ["parked"] * 2 + ["rejected"] * 2
    assert len(await parked(grid, of=sender, held=True)) == 2


async def test_the_oldest_of_what_waits_is_forgotten(
    grid: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.grid.parked.custody.MOST_WAITING", 3)
    sender = member()
    for n in range(5):
        await batch(grid, sender, creation(f"{n}", area_code="330703105999"))
    assert [item["key"] for item in await parked(grid, of=sender)] == ["2", "3", "4"]


async def test_who_sees_what_is_parked(grid: Running) -> None:
    sender = member()
    id_ = await held(grid, sender)
    elsewhere = member(roles.TOWNSHIP_OPERATOR, "330703101")
    sight = {sender: True, member(): False, TOWNSHIP: True, DISTRICT: True, elsewhere: False}
    for who, sees in sight.items():
        assert bool(await parked(grid, who, sender)) is sees, who
        answer = await grid.call(who, "GET", f"/v1/grid/parked-items/{id_}")
        assert answer.status_code == (200 if sees else 404)


async def test_late_work_is_taken_and_marked(grid: Running) -> None:
    sender = member()
    results = await batch(
        grid,
        sender,
        creation("usual", occurred_at=said(hours=71)),
        creation("late", occurred_at=said(days=29)),
        creation("history", occurred_at=said(days=31)),
    )
    assert [(r["outcome"], r.get("code")) for r in results] == [
        ("applied", None),
        ("applied", None),
        ("rejected", "too_long_ago"),
    ]
    usual, late = [(await shown(grid, r["receipt"]))["late_entry"] for r in results[:2]]
    assert (usual, late) == (False, True)
    review = await grid.call(TOWNSHIP, "GET", "/v1/grid/reports", late_entry=True, limit=200)
    assert results[1]["receipt"]["id"] in [row["id"] for row in review.json()["items"]]
