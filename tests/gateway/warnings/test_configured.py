"""Rules of work warnings are set by call: from a later day on, by the district, audited, and never rewritten."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from httpx import Response

from services.chassis.deadlines.calendar import local_day
from services.chassis.session import dsn
from services.contracts.codes_gateway import WarningRule
from services.contracts.roles import ROLES
from services.gateway.policy import POLICY
from services.gateway.warnings import store
from tests.gateway.district import District

PATH = "/v1/warning-rules/import"
W1: dict[str, Any] = {
    "services": ["grid"],
    "due": "reports_due",
    "on_time": "reports_due_closed_on_time",
    "days": 30,
    "at_least": "0.15",
}
W7: dict[str, Any] = {
    "services": ["grid", "disputes"],
    "metrics": ["reports_filed", "cases_registered"],
    "weeks": 8,
    "sigmas": 2.5,
    "at_least": 5,
}


def on(days: int) -> str:
    return str(local_day(datetime.now(UTC)) + timedelta(days=days))


def row(ahead: int, rule: str = "W1", level: str = "RED", **changes: Any) -> dict[str, Any]:
    settings = (W7 if rule == "W7" else W1) | changes
    return {"rule": rule, "valid_from": on(ahead), "level": level, "settings": settings}


async def put(made: District, *rows: Any, role: str = "district_operator") -> Response:
    token = await made.system.token(role, subject=f"somebody-{role}")
    return await made.system.call(token, "PUT", PATH, {"rows": [*rows]})


async def versions(made: District, rule: str) -> list[dict[str, Any]]:
    told = (await made.get("/v1/warning-rules")).json()["items"]
    return [item for item in told if item["rule"] == rule]


async def test_a_rule_is_set_from_tomorrow_on_and_judges_from_then(jindong: District) -> None:
    [first, *_] = await versions(jindong, "W1")
    answer = await put(jindong, row(1), row(2, "W7"))
    assert (answer.status_code, answer.json()) == (
        200,
        {"created": 2, "changed": 0, "unchanged": 0},
    )
    [known, new] = await versions(jindong, "W1")
    assert known == first
    assert new == row(1) | {"version": 2}
    connection = await asyncpg.connect(dsn(jindong.system.databases["gateway"]))
    try:
        told = []
        for days in (0, 1):
            day = local_day(datetime.now(UTC)) + timedelta(days=days)
            told.append(await store.in_force(connection, WarningRule.OVERDUE, day))
    finally:
        await connection.close()
    assert [(each.version, str(each.settings.at_least)) for each in told if each] == [
        (1, "0.10"),
        (2, "0.15"),
    ]


async def test_what_is_told_again_changes_nothing_and_a_correction_is_a_new_version(
    jindong: District,
) -> None:
    before = await versions(jindong, "W1")
    told = row(50, level="BLUE")
    assert (await put(jindong, told)).json()["created"] == 1
    assert (await put(jindong, told)).json() == {"created": 0, "changed": 0, "unchanged": 1}
    assert (await put(jindong, row(50, days=60))).json()["changed"] == 1
    now = await versions(jindong, "W1")
    assert now[: len(before)] == before
    assert [(each["level"], each["settings"]["days"]) for each in now[len(before) :]] == [
        ("BLUE", 30),
        ("RED", 60),
    ]
    own = {key: value for key, value in before[0].items() if key != "version"}
    assert (await put(jindong, own)).json()["unchanged"] == 1


async def test_it_is_audited_with_the_versions(jindong: District) -> None:
    number = len(await versions(jindong, "W7")) + 1
    await put(jindong, row(70, "W7"), row(71, "W7"))
    query = (
        "select fields, subject from audit where noun = 'warning_rule' order by seq desc limit 1"
    )
    [told] = await jindong.system.fetch("gateway", query)
    assert tuple(told) == ([f"W7/{number}", f"W7/{number + 1}"], "somebody-district_operator")


@pytest.mark.parametrize("days", [0, -1, -400])
async def test_what_judges_already_is_not_changed_and_no_other_row_is_entered(
    jindong: District, days: int
) -> None:
    before = await versions(jindong, "W1"), await versions(jindong, "W7")
    answer = await put(jindong, row(90, "W7"), row(days))
    assert answer.status_code == 409, answer.text
    told = answer.json()
    assert told["code"] == "rule_has_begun"
    assert [error["pointer"] for error in told["errors"]] == ["/rows/1/valid_from"]
    assert (await versions(jindong, "W1"), await versions(jindong, "W7")) == before


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        (row(3) | {"rule": "W2"}, "/rows/0/rule"),
        (row(3) | {"settings": None}, "/rows/0/settings"),
        (row(3) | {"settings": [1]}, "/rows/0/settings"),
        (row(3) | {"level": "PINK"}, "/rows/0/level"),
        (row(3) | {"valid_from": "2200-01-01"}, "/rows/0/valid_from"),
        (row(3) | {"version": 9}, "/rows/0/version"),
        (row(3, at_least="0"), "/rows/0/settings/at_least"),
        (row(3, at_least="1.01"), "/rows/0/settings/at_least"),
        (row(3, at_least="1e-99999"), "/rows/0/settings/at_least"),
        (row(3, at_least="NaN"), "/rows/0/settings/at_least"),
        (row(3, days=401), "/rows/0/settings/days"),
        (row(3, lasts_days=10**9), "/rows/0/settings/lasts_days"),
        (row(3, ack_minutes=10**9), "/rows/0/settings/ack_minutes"),
        (row(3, services=["weather"]), "/rows/0/settings/services/0"),
        (row(3, services=[]), "/rows/0/settings/services"),
        (row(3, sigmas=3), "/rows/0/settings/sigmas"),
        (row(3, "W7", weeks=1), "/rows/0/settings/weeks"),
        (row(3, "W7", metrics=[]), "/rows/0/settings/metrics"),
        (row(3) | {"settings": {}}, "/rows/0/settings/services"),
    ],
)
async def test_what_no_rule_can_mean_is_refused_by_name(
    jindong: District, wrong: Any, pointer: str
) -> None:
    before = await versions(jindong, wrong["rule"])
    answer = await put(jindong, wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), answer.text
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert await versions(jindong, wrong["rule"]) == before


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        (row(3, due="reports_dreamt"), "due"),
        (row(3, on_time=""), "on_time"),
        (row(3, "W7", metrics=["reports_filed", "reports_dreamt"]), "metrics"),
    ],
)
async def test_what_nothing_counts_is_refused(jindong: District, wrong: Any, name: str) -> None:
    answer = await put(jindong, wrong)
    told = answer.json()
    assert (answer.status_code, told["code"]) == (422, "metric_unknown")
    assert [error["pointer"] for error in told["errors"]] == [f"/rows/0/settings/{name}"]


@pytest.mark.parametrize("role", sorted(ROLES.keys() - POLICY["warning.configure"]))
async def test_the_district_alone_configures(jindong: District, role: str) -> None:
    answer = await put(jindong, row(4), role=role)
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")


@pytest.mark.parametrize("areas", [["330702"], ["330703101", "330703105"]])
async def test_who_does_not_cover_the_district_configures_nothing(
    jindong: District, areas: list[str]
) -> None:
    before = await versions(jindong, "W1")
    token = await jindong.system.token("district_operator", areas=areas)
    answer = await jindong.system.call(token, "PUT", PATH, {"rows": [row(5)]})
    told = answer.json()
    assert (answer.status_code, told.get("code")) == (403, "outside_scope"), answer.text
    assert [error["pointer"] for error in told["errors"]] == ["/rows/0"]
    assert await versions(jindong, "W1") == before


async def test_of_two_at_a_time_each_gets_its_own_version(jindong: District) -> None:
    before = len(await versions(jindong, "W1"))
    answers = await asyncio.gather(*(put(jindong, row(100 + n)) for n in range(5)))
    assert [answer.json()["created"] for answer in answers] == [1] * 5
    assert len(await versions(jindong, "W1")) == before + 5


@pytest.mark.parametrize(
    "change", ["update warning_rule set level = 'RED'", "delete from warning_rule"]
)
async def test_the_database_keeps_every_version(jindong: District, change: str) -> None:
    with pytest.raises(asyncpg.RaiseError, match="are kept"):
        await jindong.system.fetch("gateway", change)
