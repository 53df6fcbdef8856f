"""`jinding erase` and `jinding purge`, beside a running system."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
from rich.console import Console
from typer.testing import CliRunner

from jinding import erase as command
from jinding.cli import app
from jinding.door import Gateway
from jinding.erase import Desk
from jinding.erased import still_open
from jinding.purge import purged
from jinding.refusal import Refusal
from tests.support.postgres import TestServer, fresh_databases
from tests.support.running import Keys
from tests.support.stack import Stack, stack
from tests.support.subjects import Subject

NUMBER, PHONE, NAME = "330703190001011013", "13800005678", "欧阳雪梅"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("erase")


@pytest.fixture(scope="module")
async def system(postgres_server: TestServer, folder: Path) -> AsyncIterator[Stack]:
    async with fresh_databases(postgres_server) as fresh, stack(fresh, folder) as running:
        yield running


async def desk(system: Stack) -> Desk:
    token = await system.token("privacy_officer", "district_operator")
    return Desk(Gateway(system.urls["gateway"], token))


async def test_a_person_is_erased_from_the_request_to_the_last_confirmation(
    system: Stack,
) -> None:
    subject = Subject(system, name=NAME, number=NUMBER, phone=PHONE)
    case, by = await subject.is_party(), await desk(system)
    request = await asyncio.to_thread(
        by.received, "330703", name=NAME, resident_id=NUMBER, phone=PHONE
    )
    said: list[str] = []
    await asyncio.to_thread(by.erase, request, 20.0, said.append)
    assert sorted(line.split(":")[0] for line in said[:-1]) == [
        *("disputes", "grid", "inspection", "training")
    ]
    assert said[-1].endswith("已办结 · done")
    assert not [line for line in said if NAME in line or NUMBER in line]
    assert (await subject.party(case))["name"] == "已删除"
    again: list[str] = []
    await asyncio.to_thread(by.erase, request, 5.0, again.append)
    assert sorted(again) == sorted(said)


async def test_another_request_is_not_erased(system: Stack) -> None:
    subject = Subject(system, name=NAME, number=NUMBER, phone=PHONE)
    by, done = await desk(system), await subject.step(await subject.asks("ACCESS"), "complete")
    with pytest.raises(Refusal, match="is no request for erasure"):
        await asyncio.to_thread(by.erase, UUID(done["id"]), 1.0, print)
    refused = await subject.step(await subject.asks("ERASURE"), "refuse", reason="LEGAL_DUTY")
    with pytest.raises(Refusal, match="is REFUSED: nothing is erased"):
        await asyncio.to_thread(by.erase, UUID(refused["id"]), 1.0, print)


async def test_a_service_that_does_not_confirm_is_named(system: Stack) -> None:
    class Waiting(Desk):
        def _read(self, request: UUID) -> dict[str, object]:
            return {
                "kind": "ERASURE",
                "status": "ERASING",
                "confirmations": [],
                "waits_for": ["training"],
            }

    with pytest.raises(Refusal, match="Not confirmed yet: training"):
        Waiting(Gateway("unused", "unused")).erase(UUID(int=1), 0.0, print)


def test_the_person_is_asked_for_without_echo(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, object] = {}

    class Known(Desk):
        def received(self, area: str, **person: str) -> UUID:
            asked.update(person, area=area)
            return UUID(int=1)

        def erase(self, request: UUID, *_: object) -> None:
            asked["request"] = request

    monkeypatch.setattr(command, "Desk", Known)
    monkeypatch.setenv("JINDING_TOKEN", "a token")
    told = CliRunner().invoke(app, ["erase", "--area", "330703"], f"{NAME}\n{NUMBER}\n\ny\n")
    assert told.exit_code == 0, told.output
    assert asked == {"name": NAME, "resident_id": NUMBER, "area": "330703", "request": UUID(int=1)}
    assert NAME not in told.output
    assert NUMBER not in told.output
    assert CliRunner().invoke(app, ["erase", "--area", "330703"], f"{NAME}\n\n\nn\n").exit_code == 1


def test_without_a_token_the_district_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JINDING_TOKEN", raising=False)
    told = CliRunner().invoke(app, ["erase", str(UUID(int=1))])
    assert told.exit_code == 1
    assert "Name the district by --area" in told.output


async def test_a_purge_says_first_and_then_does(system: Stack, folder: Path) -> None:
    subject = Subject(system, name="司空雪", number="330703190002281015", phone="13800007777")
    case = await subject.is_party()
    await system.fetch("disputes", "update retention_rule set at_most_days = 1")
    await system.fetch("disputes", "update person set created_at = created_at - interval '2 days'")

    async def ran(*, dry: bool) -> str:
        console = Console(file=io.StringIO(), width=200)
        keys = Keys.at(folder).keyring
        await purged(system.databases.__getitem__, keys, "somebody", console, dry=dry)
        return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]

    told = await ran(dry=True)
    assert "disputes case: ≥ - d, ≤ 1 d" in told
    assert told.endswith("1 人 · people\n")
    assert (await subject.party(case))["name"] == "司空*"
    told = await ran(dry=False)
    assert "disputes: 已删除 · erased 1" in told
    assert (await subject.party(case))["name"] == "已删除"
    assert (await ran(dry=False)).endswith("\n0 人 · people\n")
    [row] = await system.fetch("disputes", "select * from audit where action = 'ERASED'")
    assert (row["subject"], row["outcome"]) == ("somebody", "purged 1")


async def test_an_erased_person_who_opens_is_found(system: Stack) -> None:
    subject = Subject(system, name="申屠兰", number="330703190003151036", phone="13800008888")
    await subject.is_erased()
    console = Console(file=io.StringIO(), width=200)
    assert await still_open(system.databases.__getitem__, console) == 0
    back = """insert into person (id, noun, aggregate_id, area_code, name, phone_index, created_at)
        select gen_random_uuid(), 'case', gen_random_uuid(), '330703', 'x', phone_index, until
        from erasure where phone_index is not null order by created_at desc limit 1"""
    await system.fetch("inspection", back)
    assert await still_open(system.databases.__getitem__, console) == 1
    assert "inspection: 1" in console.file.getvalue()  # type: ignore[attr-defined]
    await system.fetch("inspection", "delete from person")
