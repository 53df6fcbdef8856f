"""A year of work in the field, as items of batches."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any
from uuid import UUID

from services.chassis.http.edge import PART
from tests.support.files import declaring, photo
from tests.support.stack import Stack

PHOTO = photo()
ITEM = {kind: UUID(int=9000 + n) for n, kind in enumerate(("LEAFLET", "PROMO", "QUESTIONNAIRE"))}
SURVEY = UUID(int=9100)
COUNT = 40
ADMITTED = UUID(int=9200)


def field_work(random: Random, grids: Sequence[str]) -> list[list[dict[str, Any]]]:
    """Patrols, some of them doubtful, running or voided; demolitions, some confirmed or voided; materials, some countered; a survey
    that is closed. Each batch follows the one before."""
    first = [
        item
        for number in range(COUNT)
        for item in (
            *_patrol(random, 10_000 + number, random.choice(grids)),
            *_demolition(random, 20_000 + number, random.choice(grids)),
            *_task(random, 27_000 + 2 * number, random.choice(grids)),
            *_errand(random, 25_000 + number, random.choice(grids)),
        )
    ]
    confirmed = [*_confirmed(random, first)]
    opened, issued, *returned, closed = _survey(random, grids[0])
    admitted = [_admitted(grids[0])]
    return [
        admitted,
        [*first, opened],
        confirmed,
        [issued, *_materials(random, grids)],
        returned,
        [closed],
    ]


def _at(random: Random) -> datetime:
    minutes = random.randrange(300 * 24 * 60)
    return datetime.fromisoformat("2025-01-10T00:00:00+08:00") + timedelta(minutes=minutes)


def _item(operation: str, id_: int | UUID, at: datetime, **body: Any) -> dict[str, Any]:
    uuid = id_ if isinstance(id_, UUID) else UUID(int=id_)
    told = {"occurred_at": at.isoformat(), "on_behalf_of": "somebody", **body}
    key = f"{operation}/{uuid}"
    return {"operation": operation, "id": str(uuid), "key": key, "body": told}


def _patrol(random: Random, number: int, grid: str) -> Iterator[dict[str, Any]]:
    at, end = _at(random), random.random()
    position = {"lng": 119.6, "lat": 29.1, "datum": "WGS84", "captured_at": at.isoformat()}
    position |= {"accuracy_m": random.choice([5, 500]), "mock": random.random() < 0.2}
    yield _item(
        "record_patrol",
        number,
        at,
        area_code=random.choice([grid, grid[:12]]),
        participants=[f"p-{number}-{n}" for n in range(random.randint(1, 20))],
        position=random.choice([None, position, position]),
        ended_at=(at + timedelta(hours=3)).isoformat() if end < 0.8 else None,
    )
    if end < 0.15 or end > 0.95:
        yield _item("void_patrol", number, at + timedelta(hours=4), reason="误录")


def _demolition(random: Random, number: int, grid: str) -> Iterator[dict[str, Any]]:
    at = _at(random)
    files = [{**declaring(PHOTO), "id": str(UUID(int=number * 10 + side))} for side in (1, 2)]
    yield _item(
        "record_demolition",
        number,
        at,
        attachments=files,
        before=[files[0]["id"]],
        after=[files[1]["id"]],
        area_code=grid,
        place="示范路段",
        structure="FRAME",
        owner_type="INDIVIDUAL",
        area_m2=f"{random.randint(1, 99_999) / 100:.2f}",
        mode=random.choice(["SELF", "ASSISTED", "FORCED"]),
        legal_doc_no="〔2025〕1号",
    )
    if random.random() < 0.2:
        yield _item("void_demolition", number, at + timedelta(days=1), reason="误录")


def _confirmed(random: Random, items: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Half of the demolitions, by somebody else; of these some are voided afterwards."""
    voided = {item["id"] for item in items if item["operation"] == "void_demolition"}
    for item in items:
        id_ = item["id"]
        if item["operation"] != "record_demolition" or id_ in voided or random.random() < 0.5:
            continue
        at = datetime.fromisoformat(item["body"]["occurred_at"]) + timedelta(days=2)
        yield _item("confirm_demolition", UUID(id_), at, on_behalf_of="office")
        if random.random() < 0.2:
            yield _item("void_demolition", UUID(id_), at + timedelta(days=1), reason="误录")


async def send_photos(system: Stack, token: str, items: Iterable[dict[str, Any]]) -> None:
    """Those that the items declare."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": PART, "Upload-Offset": "0"}
    for item in items:
        for file in item["body"].get("attachments", ()):
            path = f"/v1/grid/attachments/{file['id']}"
            answer = await system.client.patch(path, content=PHOTO, headers=headers)
            assert answer.json().get("state") == "COMPLETE", answer.text


def _admitted(grid: str) -> dict[str, Any]:
    at = datetime.fromisoformat("2024-12-02T09:00:00+08:00")
    names = {"code": "FIRE-CHECK", "name": "消防检查", "name_en": "Fire checks"}
    of = {"area_code": grid[:6], "valid_from": "2024-12-01"}
    return _item("admit_matter", ADMITTED, at, **of, **names)


def _task(random: Random, number: int, grid: str) -> Iterator[dict[str, Any]]:
    """One of a single grid, which got as far as chance would have it."""
    at, id_ = _at(random), number + 1
    due = at + timedelta(days=random.randrange(1, 20))
    target = {"kind": "GRID", "area_code": grid}
    told = {"area_code": grid[:9], "admission_item": "FIRE-CHECK", "title": "检查出租房"}
    yield _item("issue_task_order", number, at, **told, targets=[target], due_at=due.isoformat())
    yield _item("give_task", id_, at, order_id=str(UUID(int=number)), place=1)
    steps = ("read_task", "start_task", "submit_task", "accept_task")
    for name in steps[: random.randint(0, 4)]:
        yield _item(name, id_, at)
        at += timedelta(days=random.randrange(1, 5))


def _errand(random: Random, number: int, grid: str) -> Iterator[dict[str, Any]]:
    """One that was solved, or led to nothing, or goes on."""
    at, end = _at(random), random.random()
    told = {"matter": "SUBSIDY", "title": "代办补贴", "applicant": {"name": "朱示范"}}
    yield _item("submit_errand", number, at, area_code=grid, finder="RED_MEMBER", **told)
    yield _item("accept_errand", number, at)
    done = at + timedelta(hours=random.randrange(1, 400))
    trips = {"resident_trips": random.randrange(2), "member_trips": 1}
    if end < 0.7:
        outcome = random.choice(["DIFFICULTY_RESOLVED", "DIFFICULTY_RESOLVED", "ADVISED"])
        yield _item("settle_errand", number, done, outcome=outcome, note="已解决", **trips)
    elif end < 0.8:
        yield _item("withdraw_errand", number, done)


def _materials(random: Random, grids: Sequence[str]) -> Iterator[dict[str, Any]]:
    first = datetime.fromisoformat("2025-01-02T00:00:00+08:00")
    number = 30_000
    for kind, item_id in ITEM.items():
        names = {"code": f"{kind}-2025", "name": "宣传品", "name_en": "Thing", "item_kind": kind}
        yield _item("register_material_item", item_id, first, area_code=grids[0][:6], **names)
        for grid in grids:
            for entry_kind, area in (("STOCK_IN", grid[:9]), ("ISSUE", grid)):
                told = {"entry_kind": entry_kind, "area_code": area, "item_id": str(item_id)}
                yield _item("enter_material", number, first, **told, quantity=500)
                number += 1
            at, told["entry_kind"] = _at(random), "DISTRIBUTION"
            more = {"quantity": random.randint(1, 500), "recipient": "PUBLIC"}
            yield _item("enter_material", number, at, **told, **more)
            if random.random() < 0.3:
                counter = {"counters": str(UUID(int=number)), "reason": "误录"}
                yield _item("counter_material_entry", number + 1, at + timedelta(days=9), **counter)
            number += 2


def _survey(random: Random, grid: str) -> Iterator[dict[str, Any]]:
    at = datetime.fromisoformat("2025-03-03T09:00:00+08:00")
    of = {"survey_id": str(SURVEY), "area_code": grid}
    tokens = [f"a-token-of-nobody-{n}" for n in range(60)]
    activity = {"code": "PATROL", "name": "义务巡防", "name_en": "Patrols"}
    names = {"name": "三率测评", "name_en": "Three rates", "activities": [activity]}
    days = {"starts_on": "2025-03-01", "ends_on": "2025-04-30"}
    yield _item("open_survey", SURVEY, at, area_code=grid[:6], **names, **days)
    yield _item(
        "issue_questionnaires",
        40_000,
        at,
        **of,
        households=[str(UUID(int=50_000 + n)) for n in range(60)],
        digests=[sha256(token.encode()).hexdigest() for token in tokens],
    )
    for n in range(0, 50, 10):
        sheets = [
            {
                "token": token,
                "feeling": random.choice(["SAFE", "UNSAFE", "DONT_KNOW", None]),
                "aware": random.choice([[], ["PATROL"]]),
                "took_part": random.choice([[], ["PATROL"]]),
            }
            for token in tokens[n : n + 10]
        ]
        yield _item(
            "return_questionnaires",
            40_001 + n,
            _at(random).replace(month=4, day=4),
            **of,
            channel="PAPER",
            sheets=sheets,
        )
    yield _item("close_survey", SURVEY, datetime.fromisoformat("2025-04-30T18:00:00+08:00"))
