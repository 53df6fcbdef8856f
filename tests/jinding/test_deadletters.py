"""`jinding deadletters`: the letters of all services and the gateway, in one list and by one id."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from rich.console import Console
from typer.testing import CliRunner

from jinding import deadletters, door
from jinding.cli import app
from jinding.deadletters import Open, Operator, show
from jinding.door import Gateway
from jinding.gateway import issue_token
from jinding.refusal import Refusal
from jinding.settings import Settings
from services.chassis.eventlog.port import Partition, Record, partition_of
from services.contracts.disputes import CaseEnded
from services.contracts.grid import ReportSnapshot
from services.contracts.roles import OPERATOR
from tests.gateway.district import District, district
from tests.support.postgres import FreshDatabases
from tests.support.running import Keys, eventually

PARK = """with parked as (update outbox set parked = 'too large' where id = (select max(id) from outbox)
    returning lane, id) insert into unpublished select lane, id from parked on conflict do nothing"""
ALL_PUBLISHED = "select where not exists (select from unpublished)"
SETTLED = "select settled_how, settled_by from dead_letter where settled_at is not null"


@pytest.fixture
async def poisoned(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[District]:
    """An unreadable event of a report and one of a case, both for the gateway and for grid."""
    async with district(fresh_database, tmp_path) as made:
        log = made.system.apps["grid"].state.runtime.log
        await eventually(
            lambda: made.system.fetch("grid", ALL_PUBLISHED)
        )  # or one would wait behind
        for topic, type_, key in (
            (ReportSnapshot.topic, b"jinding.grid.report.closed.v1", str(made.reports[2]).encode()),
            (CaseEnded.topic, CaseEnded.type.encode(), b"not a uuid"),
        ):
            partition = Partition(topic, partition_of(key))
            await log.append([Record(partition, key, (("ce_type", type_),), b"{}")])
        yield made


async def operator(made: District) -> Operator:
    token = await asyncio.to_thread(
        issue_token, url := made.system.urls["gateway"], [OPERATOR], [], None, "somebody"
    )
    return Operator(Gateway(url, token))


async def found(made: District, count: int) -> Open:
    by = await operator(made)

    async def there() -> Any:
        told = await asyncio.to_thread(by.open)
        return told if len(told.letters) == count else None

    told: Open = await eventually(there)
    return told


def of(told: Open, owner: str, topic: str) -> str:
    [letter] = [x for x in told.letters if (x["owner"], x["topic"]) == (owner, topic)]
    return str(letter["id"])


async def test_all_of_them_are_listed_with_whose_they_are(poisoned: District) -> None:
    await poisoned.system.fetch("grid", PARK)
    console = Console(file=io.StringIO(), width=40)
    show(await found(poisoned, 4), console)
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert [line.split()[1] for line in lines[:8:2]] == ["grid", "grid", "gateway", "gateway"]
    told = {" ".join(line.split()[2:4]).partition("/")[0] for line in lines[:4:2]}
    assert told == {
        f"grid-subscriptions {topic}" for topic in (ReportSnapshot.topic, CaseEnded.topic)
    }
    assert lines[8].startswith("未能发布 · parked: ")
    assert lines[9].endswith(" too large")
    assert "4 dead letters, 1 parked events" in lines[10]
    away = ["disputes", "inspection", "training"]
    assert lines[11:] == [f"{name} 暂时无法访问 · cannot be reached" for name in away]


async def test_what_is_settled_is_settled_where_it_lies_in_the_operators_name(
    poisoned: District,
) -> None:
    told, by = await found(poisoned, 4), await operator(poisoned)
    report = of(told, "gateway", ReportSnapshot.topic)
    assert await asyncio.to_thread(by.settle, report, "retry") == "gateway"
    case = of(told, "grid", CaseEnded.topic)
    assert await asyncio.to_thread(by.settle, case, "discard") == "grid"
    await found(poisoned, 2)
    assert [tuple(r) for r in await poisoned.system.fetch("gateway", SETTLED)] == [
        ("retried", "somebody")
    ]
    assert [tuple(r) for r in await poisoned.system.fetch("grid", SETTLED)] == [
        ("discarded", "somebody")
    ]


async def test_what_cannot_be_settled_is_one_plain_sentence(poisoned: District) -> None:
    told, by = await found(poisoned, 4), await operator(poisoned)
    with pytest.raises(Refusal, match="grid: The retry failed again: ValidationError") as refused:
        await asyncio.to_thread(by.settle, of(told, "grid", CaseEnded.topic), "retry")
    assert refused.value.zh.startswith("grid 的死信")
    unknown = str(uuid4())
    with pytest.raises(Refusal, match=f"{unknown} is not settled. disputes: Service disputes did"):
        await asyncio.to_thread(by.settle, unknown, "retry")
    await poisoned.system.stop("grid")
    report = of(told, "gateway", ReportSnapshot.topic)
    with pytest.raises(Refusal, match="gateway: Service grid cannot be reached"):
        await asyncio.to_thread(by.settle, report, "retry")


async def test_inside_a_deployment_the_gateways_key_takes_the_place_of_a_token(
    poisoned: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, system = await found(poisoned, 4), poisoned.system
    urls = (
        dict.fromkeys(deadletters.LETTERS, "http://127.0.0.1:9") | system.urls,
        Keys.at(tmp_path).private,
    )
    monkeypatch.setattr(door, "services_of", lambda _: urls)
    addresses = SimpleNamespace(url=system.databases.__getitem__)
    monkeypatch.setattr(door, "settings_of", lambda _: addresses)
    settings = Settings(secrets_folder=tmp_path, keyring_file=tmp_path / "keyring.json")
    by = deadletters.operator(settings, "zhang")
    assert await asyncio.to_thread(by.open) == told
    report, case = (
        of(told, "gateway", ReportSnapshot.topic),
        of(told, "grid", CaseEnded.topic),
    )
    assert await asyncio.to_thread(by.settle, report, "retry") == "gateway"
    assert await asyncio.to_thread(by.settle, case, "discard") == "grid"
    rows = [await system.fetch(name, SETTLED) for name in ("gateway", "grid")]
    assert [tuple(row) for [row] in rows] == [("retried", "zhang"), ("discarded", "zhang")]
    unreadable = of(told, "gateway", CaseEnded.topic)
    with pytest.raises(Refusal, match="gateway: The retry failed again"):
        await asyncio.to_thread(by.settle, unreadable, "retry")
    assert await asyncio.to_thread(by.settle, unreadable, "discard") == "gateway"
    await system.stop("grid")
    assert "grid" in (await asyncio.to_thread(by.open)).away


async def test_an_id_that_nobody_knows_is_refused(
    poisoned: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = {name: deadletters.LETTERS[name] for name in ("grid", "gateway")}
    monkeypatch.setattr(deadletters, "LETTERS", here)
    by, unknown = await operator(poisoned), str(uuid4())
    with pytest.raises(Refusal, match=f"There is no open dead letter {unknown}"):
        await asyncio.to_thread(by.settle, unknown, "discard")


async def test_the_command_acts_in_the_name_of_whoever_calls_it(
    poisoned: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = await found(poisoned, 4)
    monkeypatch.setenv("GATEWAY_PORT", poisoned.system.urls["gateway"].rpartition(":")[2])
    monkeypatch.setattr("getpass.getuser", lambda: "zhang")
    for letter, more in (
        (of(told, "gateway", ReportSnapshot.topic), []),
        (of(told, "grid", CaseEnded.topic), ["--subject", "li"]),
    ):
        arguments = ["deadletters", "discard", letter, *more]
        done = await asyncio.to_thread(CliRunner().invoke, app, arguments)
        assert done.exit_code == 0, done.output
    rows = [await poisoned.system.fetch(name, SETTLED) for name in ("gateway", "grid")]
    assert [tuple(row) for [row] in rows] == [("discarded", "zhang"), ("discarded", "li")]
