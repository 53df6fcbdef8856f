"""The rights of a person over all services: the copy of what is held, and the erasure that each confirms."""

from collections.abc import AsyncIterator

import pytest

from tests.support.postgres import TestServer, fresh_databases
from tests.support.running import eventually
from tests.support.stack import Stack, stack
from tests.support.subjects import Subject

NUMBER = "330703190001011013"


@pytest.fixture(scope="module")
async def system(
    postgres_server: TestServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stack]:
    async with (
        fresh_databases(postgres_server) as fresh,
        stack(fresh, tmp_path_factory.mktemp("subjects")) as running,
    ):
        yield running


async def test_a_copy_holds_what_every_service_knows(system: Stack) -> None:
    subject = Subject(system, name="欧阳雪梅", number=NUMBER, phone="13800005678")
    case = await subject.is_party()
    receipt = await subject.asks("ACCESS")
    answer = await subject.copied(receipt)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    found = {
        (item["service"], item["noun"], item["record"], item["name"], item["phone"])
        for item in answer.json()["items"]
    }
    assert found == {
        ("disputes", "case", case, "欧阳雪梅", "13800005678"),
        ("grid", "subject_request", receipt["id"], "欧阳雪梅", "13800005678"),
    }
    for service in ("grid", "disputes", "inspection", "training"):
        told = "select subject from audit where action = 'ACCESSED' and object_id = $1"
        [row] = await system.fetch(service, told, receipt["id"])
        assert row["subject"] == "test-privacy_officer"
    assert (await subject.step(receipt, "complete"))["status"] == "DONE"


async def test_a_telephone_alone_reaches_nobody_who_is_known_by_a_resident_id(
    system: Stack,
) -> None:
    number = "330703199001012033"
    subject = Subject(system, name="司徒石青", number=number, phone="13800005690")
    named, unnamed = await subject.is_party(resident_id=number), await subject.is_party()
    access = await subject.asks("ACCESS", resident_id=None)
    copy = (await subject.copied(access)).json()
    assert {item["record"] for item in copy["items"]} == {unnamed, access["id"]}
    assert copy["unreached"] == 1
    whole = (await subject.copied(await subject.asks("ACCESS"))).json()
    assert {named, unnamed} <= {item["record"] for item in whole["items"]}
    assert whole["unreached"] == 0
    erasure = await subject.step(await subject.asks("ERASURE", resident_id=None), "erase")

    async def done() -> bool:
        return bool((await subject.request(erasure))["status"] == "DONE")

    await eventually(done, 20)
    assert (await subject.party(named))["name"] == "司徒**"
    assert (await subject.party(unnamed))["name"] == "已删除"


async def test_a_copy_is_made_for_a_verified_request_by_the_officer(system: Stack) -> None:
    subject = Subject(system, name="司徒兰", number=NUMBER, phone="13800005679")
    erasure = await subject.asks("ERASURE")
    assert (await subject.copied(erasure)).json()["code"] == "copy_not_due"
    done = await subject.step(await subject.asks("ACCESS"), "complete")
    assert (await subject.copied(done)).status_code == 409
    access = await subject.asks("ACCESS")
    refused = await subject.copied(access, "district_operator")
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_missing")
    unknown = {"id": "019a3c5e-7b01-7c41-9d0e-5f2b8a6c0001"}
    assert (await subject.copied(unknown)).status_code == 404


async def test_every_service_erases_and_confirms(system: Stack) -> None:
    subject = Subject(system, name="诸葛明", number=NUMBER, phone="13800005670")
    case = await subject.is_party()
    receipt = await subject.is_erased()
    told = await subject.request(receipt)
    erased = {c["keeper"]: c["erased"] for c in told["confirmations"]}
    assert (erased["disputes"], erased["training"]) == (1, 0)
    assert erased["grid"] >= 1  # the very request, and those before with this number
    assert told["person"]["name"] == (await subject.party(case))["name"] == "已删除"
    for service in ("grid", "disputes", "inspection", "training"):
        assert await system.fetch(service, "select from dead_letter") == []
    [row] = await system.fetch(
        "gateway", "select count(*) from archive where topic ~ 'erasure|subject'"
    )
    assert row["count"] == 0


async def test_a_service_that_is_away_is_waited_for_and_makes_no_half_copy(
    postgres_server: TestServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    async with (
        fresh_databases(postgres_server) as fresh,
        stack(fresh, tmp_path_factory.mktemp("away"), ("grid", "disputes")) as system,
    ):
        subject = Subject(system, name="上官云", number=NUMBER, phone="13800005671")
        answer = await subject.copied(await subject.asks("ACCESS"))
        assert (answer.status_code, answer.json()["code"]) == (503, "service_unreachable")
        receipt = await subject.step(await subject.asks("ERASURE"), "erase")

        async def both() -> bool:
            told = await subject.request(receipt)
            return bool(told["waits_for"] == ["inspection", "training"])

        await eventually(both)
        assert (await subject.request(receipt))["status"] == "ERASING"
