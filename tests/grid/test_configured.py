"""Tables of configuration are changed by call: audited, and without a change of what was."""

from asyncio import gather
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.chassis.deadlines.calendar import local_day
from services.contracts import roles
from tests.grid.field import MEMBER
from tests.support.grid import refusal
from tests.support.people import DISTRICT, IMPORTER, TOWNSHIP, caller
from tests.support.running import Running

TAG: dict[str, Any] = {
    "code": "ELDERLY",
    "name": "高龄",
    "name_en": "Of great age",
    "extra_monthly": True,
}
OCCASION: dict[str, Any] = {
    "code": "A5",
    "kind": "MUST_ARRIVE",
    "name": "停水停电",
    "name_en": "Power cut",
}
RULE: dict[str, Any] = {
    "area_code": "330703105",
    "days_to_count": 5,
    "load_at_least": 4,
    "load_at_most": 8,
}
RULE |= {"task_hours": 12}


def on(days: int) -> str:
    return (local_day(datetime.now(UTC)) + timedelta(days=days)).isoformat()


def rule(days: int, **facts: Any) -> dict[str, Any]:
    return RULE | {"valid_from": on(days)} | facts


async def put(grid: Running, path: str, *rows: dict[str, Any], who: Any = DISTRICT) -> Any:
    return await grid.call(who, "PUT", f"/v1/grid/{path}/import", {"rows": list(rows)})


async def table(grid: Running, path: str) -> list[dict[str, Any]]:
    return list((await grid.call(DISTRICT, "GET", f"/v1/grid/{path}")).json()["items"])


@pytest.mark.parametrize(
    ("path", "noun", "row", "key"),
    [
        ("household-tags", "household_tag", TAG, "ELDERLY"),
        ("visit-occasions", "visit_occasion", OCCASION, "A5"),
        ("duty-rules", "duty_rule", rule(3), f"330703105/{on(3)}"),
    ],
)
async def test_a_row_is_entered_once_and_audited(
    grid: Running, path: str, noun: str, row: dict[str, Any], key: str
) -> None:
    answer = await put(grid, path, row)
    assert answer.json() == {"created": 1, "changed": 0, "unchanged": 0}, answer.text
    assert (await put(grid, path, row)).json()["unchanged"] == 1
    assert any(row.items() <= told.items() for told in await table(grid, path))
    query = "select fields, subject from audit where action = 'CONFIGURED' and noun = $1"
    told = [(row["fields"], row["subject"]) for row in await grid.fetch(query, noun)]
    assert told == [([key], DISTRICT.subject)]


@pytest.mark.parametrize("path", ["household-tags", "visit-occasions", "duty-rules"])
async def test_the_district_alone_configures(grid: Running, path: str) -> None:
    for who in (TOWNSHIP, MEMBER, IMPORTER):
        assert refusal(await put(grid, path, TAG, who=who))[:2] == (403, "permission_missing")
    assert refusal(await put(grid, path, {"code": "X" * 99}))[:2] == (422, "invalid_request")


async def test_the_district_confirms_what_was_drafted(grid: Running) -> None:
    known = (await table(grid, "visit-occasions"))[0]
    answer = await put(grid, "visit-occasions", known | {"confirmed_by_client": True})
    assert answer.json()["changed"] == 1
    assert (await table(grid, "visit-occasions"))[0]["confirmed_by_client"]


@pytest.mark.parametrize(
    ("path", "code", "change", "name"),
    [
        ("household-tags", "AWAY", {"by_phone": False}, "by_phone"),
        ("household-tags", "B1", {"extra_monthly": False}, "extra_monthly"),
        ("visit-occasions", "A2", {"kind": "MUST_VISIT"}, "kind"),
    ],
)
async def test_what_a_code_means_is_not_changed(
    grid: Running, path: str, code: str, change: dict[str, Any], name: str
) -> None:
    rows = await table(grid, path)
    (known,) = [row for row in rows if row["code"] == code]
    other = (TAG if path == "household-tags" else OCCASION) | {"code": "A9"}
    answer = await put(grid, path, other, known | change)
    assert refusal(answer) == (409, "meaning_is_fixed", f"/rows/1/{name}")
    assert await table(grid, path) == rows


async def test_a_category_is_of_one_occasion(grid: Running) -> None:
    rows = await table(grid, "visit-occasions")
    (known,) = [row for row in rows if row["code"] == "A1"]
    assert known["category"] == "DISPUTE"
    other = OCCASION | {"code": "A7", "category": "DISPUTE"}
    answer = await put(grid, "visit-occasions", OCCASION | {"code": "A6"}, other)
    assert refusal(answer) == (409, "named_twice", "/rows/1/category")
    assert await table(grid, "visit-occasions") == rows
    handed_on = [known | {"category": None}, other]
    assert (await put(grid, "visit-occasions", *handed_on)).json() == {
        "created": 1,
        "changed": 1,
        "unchanged": 0,
    }
    back = [known, other | {"category": None}]
    assert (await put(grid, "visit-occasions", *back)).json()["changed"] == 2


@pytest.mark.parametrize("days", [0, -1, -4000])
async def test_no_rule_is_entered_for_days_that_have_come(grid: Running, days: int) -> None:
    before = await table(grid, "duty-rules")
    answer = await put(grid, "duty-rules", rule(9), rule(days))
    assert refusal(answer) == (409, "in_force_already", "/rows/1/valid_from")
    assert await table(grid, "duty-rules") == before


async def test_a_rule_in_force_is_not_changed_and_one_to_come_is(grid: Running) -> None:
    known = (await table(grid, "duty-rules"))[0]
    assert known["area_code"] == ""
    assert (await put(grid, "duty-rules", known)).json()["unchanged"] == 1
    answer = await put(grid, "duty-rules", known | {"days_to_count": 7})
    assert refusal(answer) == (409, "in_force_already", "/rows/0/valid_from")
    await put(grid, "duty-rules", rule(20))
    assert (await put(grid, "duty-rules", rule(20, days_to_count=6))).json()["changed"] == 1


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"days_to_count": 8}, "/rows/0/days_to_count"),
        ({"load_at_least": 9}, "/rows/0"),
        ({"area_code": "33"}, "/rows/0/area_code"),
        ({"task_hours": 0}, "/rows/0/task_hours"),
        ({"valid_from": "9999-99-99"}, "/rows/0/valid_from"),
    ],
)
async def test_a_rule_that_means_nothing_is_refused(
    grid: Running, facts: dict[str, Any], pointer: str
) -> None:
    assert refusal(await put(grid, "duty-rules", rule(3, **facts))) == (
        422,
        "invalid_request",
        pointer,
    )


async def test_a_rule_of_an_area_that_is_not_there_is_refused(grid: Running) -> None:
    answer = await put(grid, "duty-rules", rule(4), rule(4, area_code="330703777"))
    assert refusal(answer) == (422, "area_unknown", "/rows/1/area_code")
    assert (await put(grid, "duty-rules", rule(4, area_code="330703105291"))).status_code == 200


SUBCATEGORY: dict[str, Any] = {"category": "FIREWORKS", "code": "ILLEGAL_SALE"}
SUBCATEGORY |= {"zh": "非法销售", "en": "Sale"}
SUBCATEGORY |= {"clue": False, "source": "别处的清单", "valid_from": "2000-01-01"}
CODE = {"source": "PINGAN_ZHEJIANG", "kind": "STATUS", "code": "S1", "label": "已办"}
CODE |= {"status": "CANCELLED", "basis": "别处的编码表"}
ELSEWHERE = caller(roles.DISTRICT_OPERATOR, "330702", subject="other-district")
OF_A_TOWNSHIP = caller(roles.DATA_IMPORTER, "330703101", subject="township-importer")
WIDE_BY_NAME = caller(roles.DISTRICT_OPERATOR, "330703101", "330703105", subject="two-townships")
TABLES = {
    "categories": "report_subcategory",
    "source-codes": "report_source_code",
    "duty-rules": "duty_rule",
    "household-tags": "household_tag",
    "visit-occasions": "visit_occasion",
}


@pytest.mark.parametrize(
    ("path", "row", "who"),
    [
        ("categories", SUBCATEGORY, OF_A_TOWNSHIP),
        ("categories", SUBCATEGORY, ELSEWHERE),
        ("source-codes", CODE, OF_A_TOWNSHIP),
        ("household-tags", TAG | {"code": "TALL"}, ELSEWHERE),
        ("household-tags", TAG | {"code": "TALL"}, WIDE_BY_NAME),
        ("visit-occasions", OCCASION | {"code": "A8"}, ELSEWHERE),
        ("duty-rules", rule(40, area_code=""), WIDE_BY_NAME),
    ],
)
async def test_what_holds_in_the_district_is_configured_by_who_covers_it(
    grid: Running, path: str, row: dict[str, Any], who: Any
) -> None:
    query = f"select * from {TABLES[path]} order by 1, 2"
    before = await grid.fetch(query)
    answer = await put(grid, path, row, who=who)
    assert refusal(answer) == (403, "outside_scope", "/rows/0")
    assert await grid.fetch(query) == before


async def test_a_rule_of_an_area_is_entered_by_who_covers_the_area(grid: Running) -> None:
    township = rule(41, area_code="330703101")
    answer = await put(grid, "duty-rules", township, rule(41), who=ELSEWHERE)
    assert refusal(answer) == (403, "outside_scope", "/rows/0/area_code")
    within = caller(roles.DISTRICT_OPERATOR, "330703101", subject="one-township")
    answer = await put(grid, "duty-rules", township, rule(41), who=within)
    assert refusal(answer) == (403, "outside_scope", "/rows/1/area_code")
    answer = await put(grid, "duty-rules", township, who=within)
    assert answer.json()["created"] == 1, answer.text


async def test_who_tells_of_a_clue_stays_kept_from_others(grid: Running) -> None:
    """What was judged by it, also of days gone by, would be judged otherwise."""
    query = "select * from report_subcategory where code = 'ILLEGAL_SALE'"
    (known,) = await grid.fetch(query)
    assert known["clue"]
    for who in (DISTRICT, IMPORTER):
        answer = await put(grid, "categories", SUBCATEGORY, who=who)
        assert refusal(answer) == (409, "meaning_is_fixed", "/rows/0/clue")
    assert await grid.fetch(query) == [known]


@pytest.mark.parametrize("category", ["ENVIRONMENT", "MARKET", "LIVELIHOOD"])
async def test_of_those_who_give_a_category_at_once_one_does(grid: Running, category: str) -> None:
    """Neither sees what another one is about to enter."""
    rows = [OCCASION | {"code": f"{category[0]}{n}", "category": category} for n in range(6)]
    answers = await gather(*(put(grid, "visit-occasions", row) for row in rows))
    refused = [refusal(answer) for answer in answers if answer.is_error]
    assert refused == [(409, "named_twice", "/rows/0/category")] * 5
    told = [row["category"] for row in await table(grid, "visit-occasions")]
    assert told.count(category) == 1


async def test_of_those_who_enter_a_code_at_once_one_says_what_it_means(grid: Running) -> None:
    rows = [OCCASION | {"code": "Z1", "kind": kind} for kind in ("MUST_ARRIVE", "MUST_VISIT")] * 3
    answers = await gather(*(put(grid, "visit-occasions", row) for row in rows))
    refused = [refusal(answer) for answer in answers if answer.is_error]
    assert refused == [(409, "meaning_is_fixed", "/rows/0/kind")] * 3
