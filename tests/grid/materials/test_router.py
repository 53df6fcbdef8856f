"""Materials over HTTP: the items, the ledger, and how each entry is refused."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.chassis.deadlines.calendar import SHANGHAI
from services.contracts import roles
from tests.grid.field import GRID, MEMBER, OTHER_TOWN, TOWN, listed, made, post, seen
from tests.grid.people import AUDITOR, ELSEWHERE
from tests.grid.visiting import ago
from tests.support.grid import batch, refusal
from tests.support.people import DISTRICT, OTHER_TOWNSHIP, TOWNSHIP, caller
from tests.support.running import Running

ITEMS, ENTRIES, COUNTERS = "material-items", "material-entries", "material-counters"
COUNT = iter(range(1000))


def thing(**facts: Any) -> dict[str, Any]:
    usual = {"area_code": "330703", "item_kind": "LEAFLET", "name": "消防折页", "name_en": "Fire"}
    return usual | {"code": f"LEAFLET-{next(COUNT)}"} | facts


async def item(grid: Running, **facts: Any) -> str:
    return str((await made(grid, DISTRICT, ITEMS, **thing(**facts)))["id"])


def entry(kind: str, item_id: str, quantity: int, **facts: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {"area_code": TOWN if kind == "STOCK_IN" else GRID}
    if kind == "DISTRIBUTION":
        usual["recipient"] = "HOUSEHOLD"
    return usual | {"entry_kind": kind, "item_id": item_id, "quantity": quantity} | facts


async def furnished(grid: Running, stock: int = 1000, issued: int = 600, **facts: Any) -> str:
    """An item of which the township has so many, and issued some of them to the grid."""
    item_id = await item(grid)
    await made(grid, TOWNSHIP, ENTRIES, **entry("STOCK_IN", item_id, stock, **facts))
    await made(grid, TOWNSHIP, ENTRIES, **entry("ISSUE", item_id, issued, **facts))
    return item_id


async def test_an_item_says_what_it_is_told(grid: Running) -> None:
    facts = thing(item_kind="PROMO")
    receipt = await made(grid, DISTRICT, ITEMS, **facts)
    assert facts.items() <= (await seen(grid, ITEMS, receipt, MEMBER)).items()
    assert refusal(await post(grid, DISTRICT, ITEMS, **facts)) == (409, "already_exists")
    outside = await post(grid, TOWNSHIP, ITEMS, **thing())
    assert refusal(outside) == (403, "outside_scope", "/area_code")
    (line,) = await listed(grid, ITEMS, item_kind="PROMO")
    assert line["id"] == receipt["id"]


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"code": "leaflet"}, "/code"),
        ({"item_kind": "BOOK"}, "/item_kind"),
        ({"area_code": "3307"}, "/area_code"),
        ({"name": ""}, "/name"),
        ({"stock": 3}, "/stock"),
    ],
)
async def test_what_does_not_fit_an_item_is_named(
    grid: Running, facts: dict[str, Any], pointer: str
) -> None:
    answer = await post(grid, DISTRICT, ITEMS, **thing(**facts))
    assert refusal(answer) == (422, "invalid_request", pointer)


async def test_leaflets_go_from_stock_to_grid_to_people(grid: Running) -> None:
    item_id = await furnished(grid)
    facts = entry("DISTRIBUTION", item_id, 400)
    receipt = await made(grid, MEMBER, ENTRIES, **facts)
    told = await seen(grid, ENTRIES, receipt, MEMBER)
    assert facts.items() <= told.items()
    assert (told["recorded_by"], told["counters"]) == (MEMBER.subject, None)
    more = entry("DISTRIBUTION", item_id, 201)
    assert refusal(await post(grid, MEMBER, ENTRIES, **more)) == (409, "not_issued", "/quantity")
    await made(grid, MEMBER, ENTRIES, **entry("DISTRIBUTION", item_id, 200))
    lines = await listed(grid, ENTRIES, item_id=item_id)
    assert [(line["entry_kind"], line["quantity"]) for line in lines] == [
        ("DISTRIBUTION", 200),
        ("DISTRIBUTION", 400),
        ("ISSUE", 600),
        ("STOCK_IN", 1000),
    ]
    lines = await listed(grid, ENTRIES, item_id=item_id, entry_kind="ISSUE")
    assert [line["quantity"] for line in lines] == [600]
    (row,) = await grid.fetch("select body from outbox where aggregate_id = $1", receipt["id"])
    assert json.loads(row["body"]).keys() == {
        *("area_code", "occurred_at", "correlation_id", "item_id", "item_kind", "entry_kind"),
        *("quantity", "recipient", "campaign", "counters"),
    }


@pytest.mark.parametrize(
    ("kind", "facts", "pointer"),
    [
        ("DISTRIBUTION", {"quantity": 0}, "/quantity"),
        ("DISTRIBUTION", {"quantity": -5}, "/quantity"),
        ("DISTRIBUTION", {"quantity": 1.5}, "/quantity"),
        ("STOCK_IN", {"quantity": 10**9}, "/quantity"),
        ("STOCK_IN", {"item_id": "LEAFLET-1"}, "/item_id"),
        ("GIFT", {}, "/entry_kind"),
        ("DISTRIBUTION", {"recipient": "张三"}, "/recipient"),
        ("DISTRIBUTION", {"household_id": str(uuid4())}, "/household_id"),
        ("ISSUE", {"counters": str(uuid4())}, "/counters"),
    ],
)
async def test_what_does_not_fit_an_entry_is_named(
    grid: Running, kind: str, facts: dict[str, Any], pointer: str
) -> None:
    body = entry(kind, str(uuid4()), 1) | facts
    assert refusal(await post(grid, DISTRICT, ENTRIES, **body)) == (422, "invalid_request", pointer)


@pytest.mark.parametrize(
    ("who", "kind", "facts", "refused"),
    [
        (TOWNSHIP, "ISSUE", {"quantity": 401}, (409, "not_in_stock", "/quantity")),
        (TOWNSHIP, "DISTRIBUTION", {"quantity": 501}, (422, "too_many_at_once", "/quantity")),
        (TOWNSHIP, "STOCK_IN", {"area_code": GRID}, (422, "not_its_holder", "/area_code")),
        (TOWNSHIP, "ISSUE", {"area_code": TOWN}, (422, "not_its_holder", "/area_code")),
        (
            TOWNSHIP,
            "DISTRIBUTION",
            {"recipient": None},
            (422, "recipient_of_distributions", "/recipient"),
        ),
        (MEMBER, "ISSUE", {}, (403, "stock_is_of_offices", "/entry_kind")),
        (TOWNSHIP, "ISSUE", {"item_id": str(uuid4())}, (422, "item_unknown", "/item_id")),
        (
            TOWNSHIP,
            "ISSUE",
            {"area_code": "330703105291999"},
            (422, "area_unknown", "/area_code"),
        ),
        (
            TOWNSHIP,
            "STOCK_IN",
            {"area_code": OTHER_TOWN},
            (403, "outside_scope", "/area_code"),
        ),
        (TOWNSHIP, "DISTRIBUTION", {"campaign": "NO-1"}, (422, "campaign_unknown", "/campaign")),
    ],
)
async def test_what_cannot_be_entered_is_refused(
    grid: Running, who: Any, kind: str, facts: dict[str, Any], refused: tuple[Any, ...]
) -> None:
    body = entry(kind, await furnished(grid), 1) | facts
    assert refusal(await post(grid, who, ENTRIES, **body)) == refused


async def test_nothing_is_handed_on_before_it_came(grid: Running) -> None:
    item_id = await item(grid)
    stocked, issued, now = ago(hours=9), ago(hours=5), ago(minutes=1)

    async def tried(kind: str, quantity: int, at: str) -> tuple[Any, ...]:
        body = entry(kind, item_id, quantity, occurred_at=at)
        return refusal(await post(grid, TOWNSHIP, ENTRIES, **body))

    await made(grid, TOWNSHIP, ENTRIES, **entry("STOCK_IN", item_id, 100, occurred_at=stocked))
    early = (409, "not_in_stock_yet", "/occurred_at")
    assert await tried("ISSUE", 60, ago(hours=10)) == early
    await made(grid, TOWNSHIP, ENTRIES, **entry("ISSUE", item_id, 60, occurred_at=issued))
    early = (409, "not_issued_yet", "/occurred_at")
    assert await tried("DISTRIBUTION", 10, ago(hours=6)) == early
    await made(grid, TOWNSHIP, ENTRIES, **entry("DISTRIBUTION", item_id, 50, occurred_at=now))
    assert await tried("DISTRIBUTION", 11, ago(hours=4)) == (409, "not_issued", "/quantity")
    assert await tried("ISSUE", 41, ago(hours=8)) == (409, "not_in_stock", "/quantity")
    await made(grid, TOWNSHIP, ENTRIES, **entry("DISTRIBUTION", item_id, 10, occurred_at=issued))


async def test_an_entry_is_countered_after_it_was_made(grid: Running) -> None:
    item_id = await item(grid)
    facts = entry("STOCK_IN", item_id, 100, occurred_at=ago(hours=5))
    stock = await made(grid, TOWNSHIP, ENTRIES, **facts)
    body = {"counters": stock["id"], "reason": "误录"}
    answer = await post(grid, TOWNSHIP, COUNTERS, **body, occurred_at=ago(hours=6))
    assert refusal(answer) == (422, "countered_before_entry", "/occurred_at")
    issue = entry("ISSUE", item_id, 100, occurred_at=ago(hours=3))
    issued = await made(grid, TOWNSHIP, ENTRIES, **issue)
    answer = await post(grid, TOWNSHIP, COUNTERS, **body, occurred_at=ago(hours=4))
    assert refusal(answer) == (409, "already_handed_on", "/counters")
    back = {"counters": issued["id"], "reason": "误录", "occurred_at": ago(hours=1)}
    await made(grid, TOWNSHIP, COUNTERS, **back)
    answer = await post(grid, TOWNSHIP, COUNTERS, **body, occurred_at=ago(hours=2))
    assert refusal(answer) == (409, "already_handed_on", "/counters")
    await made(grid, TOWNSHIP, COUNTERS, **body)


async def test_what_is_distributed_for_a_campaign_is_so_on_its_days(grid: Running) -> None:
    item_id = await furnished(grid, occurred_at=ago(hours=60))
    today = datetime.now(SHANGHAI).date()
    days = {"starts_on": str(today), "ends_on": str(today + timedelta(days=9))}
    names = {"code": f"M-{next(COUNT)}", "name": "防火宣传", "name_en": "Fire"}
    await made(grid, DISTRICT, "campaigns", area_code="330703", **names, **days)
    facts = entry("DISTRIBUTION", item_id, 1, campaign=names["code"])
    answer = await post(grid, MEMBER, ENTRIES, **facts, occurred_at=ago(hours=48))
    assert refusal(answer) == (422, "outside_campaign", "/campaign")
    await made(grid, MEMBER, ENTRIES, **facts)


async def test_an_item_is_for_its_area(grid: Running) -> None:
    item_id = await item(grid, area_code=OTHER_TOWN)
    answer = await post(grid, DISTRICT, ENTRIES, **entry("STOCK_IN", item_id, 1))
    assert refusal(answer) == (422, "item_unknown", "/item_id")
    unseen = await grid.call(TOWNSHIP, "GET", f"/v1/grid/{ITEMS}/{item_id}")
    assert refusal(unseen) == (404, "not_found")


async def test_a_mistake_is_countered_and_nothing_is_edited(grid: Running) -> None:
    item_id = await furnished(grid)
    wrong = await made(grid, MEMBER, ENTRIES, **entry("DISTRIBUTION", item_id, 300))
    before = await seen(grid, ENTRIES, wrong)
    body = {"counters": wrong["id"], "reason": "数量填错"}

    async def tried(who: Any = TOWNSHIP, **facts: Any) -> tuple[Any, ...]:
        return refusal(await post(grid, who, COUNTERS, **body | facts))

    unknown = (422, "entry_unknown", "/counters")
    assert await tried(counters=str(uuid4())) == unknown
    assert await tried(OTHER_TOWNSHIP) == unknown
    assert await tried(reason="") == (422, "invalid_request", "/reason")
    answer = await post(grid, TOWNSHIP, COUNTERS, **body)
    counter = answer.json()
    told = (await grid.call(TOWNSHIP, "GET", answer.headers["Location"])).json()
    assert (told["quantity"], told["counters"], told["reason"]) == (-300, wrong["id"], "数量填错")
    assert (told["entry_kind"], told["recipient"]) == ("DISTRIBUTION", "HOUSEHOLD")
    assert await seen(grid, ENTRIES, wrong) == before
    assert await tried() == (409, "already_countered", "/counters")
    assert await tried(counters=counter["id"]) == (422, "is_counter_entry", "/counters")
    await made(grid, MEMBER, ENTRIES, **entry("DISTRIBUTION", item_id, 500))


async def test_what_was_handed_on_is_countered_from_the_end(grid: Running) -> None:
    item_id = await item(grid)
    stock = await made(grid, TOWNSHIP, ENTRIES, **entry("STOCK_IN", item_id, 10))
    issue = await made(grid, TOWNSHIP, ENTRIES, **entry("ISSUE", item_id, 10))
    given = await made(grid, TOWNSHIP, ENTRIES, **entry("DISTRIBUTION", item_id, 10))
    for receipt in (stock, issue):
        body = {"counters": receipt["id"], "reason": "误录"}
        answer = await post(grid, TOWNSHIP, COUNTERS, **body)
        assert refusal(answer) == (409, "already_handed_on", "/counters")
    for receipt in (given, issue, stock):
        await made(grid, TOWNSHIP, COUNTERS, counters=receipt["id"], reason="误录")


async def test_a_batch_stocks_issues_and_distributes_in_order(grid: Running) -> None:
    item_id = await item(grid)

    def wish(key: str, operation: str = "enter_material", **body: Any) -> dict[str, Any]:
        return {"operation": operation, "id": str(uuid4()), "key": f"{item_id}/{key}", "body": body}

    stock = wish("stock", **entry("STOCK_IN", item_id, 100))
    results = await batch(
        grid,
        TOWNSHIP,
        stock,
        wish("issue", **entry("ISSUE", item_id, 80)),
        wish("give", **entry("DISTRIBUTION", item_id, 80)),
        wish("more", **entry("DISTRIBUTION", item_id, 1)),
        wish("counter", "counter_material_entry", counters=stock["id"], reason="误录"),
    )
    assert [(r["outcome"], r.get("code")) for r in results] == [
        *[("applied", None)] * 3,
        ("conflict", "not_issued"),
        ("conflict", "already_handed_on"),
    ]


async def test_two_townships_see_nothing_of_each_other(grid: Running) -> None:
    item_id = await furnished(grid)
    entries = await listed(grid, ENTRIES, item_id=item_id)
    for who in (OTHER_TOWNSHIP, ELSEWHERE):
        assert await listed(grid, ENTRIES, who, item_id=item_id) == []
        for line in entries:
            for path in (ENTRIES, COUNTERS):
                answer = await grid.call(who, "GET", f"/v1/grid/{path}/{line['id']}")
                assert refusal(answer) == (404, "not_found")
    assert len(await listed(grid, ENTRIES, AUDITOR, item_id=item_id)) == 2
    member = caller(roles.RED_GRID_MEMBER, GRID, subject="somebody")
    kinds = [line["entry_kind"] for line in await listed(grid, ENTRIES, member, item_id=item_id)]
    assert kinds == ["ISSUE"]
