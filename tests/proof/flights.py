"""What the canary goes through: each flow that takes persons, as it should go and as it should not."""

import asyncio
from io import BytesIO
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

from services.chassis.eventlog.embedded import EmbeddedLog
from services.chassis.eventlog.port import Partition, Record, partition_of
from services.chassis.session import dsn
from services.contracts.disputes import CaseRegistered
from services.contracts.grid_subjects import SubjectErased
from tests.proof.cage import CASES, REQUESTS, VILLAGE, Cage
from tests.proof.canary import Canary
from tests.support.running import eventually

OFFICE, OFFICER = "district_operator", "privacy_officer"
PURPOSE = "电话通知调解时间"
TRAINEES = "/v1/training/trainees"
ENTERPRISE = {
    "uscc": "91330703MA00000157",
    "name": "金东示范五金厂",
    "area_code": VILLAGE,
    "industry_code": "C3311",
    "is_industrial": True,
}
CASE = {
    "area_code": VILLAGE,
    "case_type": "NEIGHBOUR",
    "title": "宅基地排水纠纷",
    "description": "两户因排水沟走向发生争执",
}


def party(canary: Canary, **facts: Any) -> dict[str, Any]:
    return {"side": "APPLICANT", "consent": "GIVEN", **canary.facts, **facts}


async def flown(cage: Cage, canary: Canary) -> str:
    """Through every flow; a case of which the canary is a party in the end."""
    case = await _disputes(cage, canary)
    await _inspection(cage, canary)
    await _training(cage, canary)
    await _exports(cage, canary)
    await _rights(cage, canary, case)
    await _refusals(cage, canary, case)
    await _dead_letters(cage, case)
    return case


async def _disputes(cage: Cage, canary: Canary) -> str:
    body = CASE | {"parties": [party(canary)]}
    made = await cage.done(OFFICE, "POST", CASES, body, headers={"Idempotency-Key": "canary-1"})
    case = f"{CASES}/{made['id']}"
    both = {"parties": [party(canary), {"side": "RESPONDENT", "name": "李四", "consent": "GIVEN"}]}
    await cage.done(OFFICE, "PUT", f"{case}/parties", both, headers={"If-Match": '"1"'})
    await cage.done(OFFICE, "POST", f"{case}/accept", {}, headers={"If-Match": '"2"'})
    start = {"mediator": "canary-mediator"}
    await cage.done(OFFICE, "POST", f"{case}/start", start, headers={"If-Match": '"3"'})
    await cage.done(OFFICE, "GET", CASES)
    shown = (await cage.done(OFFICE, "GET", case))["parties"][0]
    reveal = {"purpose": PURPOSE, "fields": ["name", "phone", "resident_id", "address"]}
    told = await cage.done(OFFICE, "POST", f"{case}/people/{shown['person']}/reveal", reveal)
    assert {name: told[name] for name in canary.facts} == canary.facts
    items = [{"operation": "register_case", "key": "canary-2", "body": body}]
    batch = await cage.done(OFFICE, "POST", "/v1/disputes/batch", {"items": items})
    assert batch["results"][0]["outcome"] == "applied"
    sought = {"resident_id": canary.resident_id, "purpose": PURPOSE}
    for service in ("grid", "disputes", "inspection", "training"):
        await cage.done(OFFICE, "POST", f"/v1/{service}/people/search", sought)
    return case


async def _inspection(cage: Cage, canary: Canary) -> None:
    contact = {"name": canary.name, "phone": canary.phone}
    body = ENTERPRISE | {"principal": contact, "safety_officer": contact}
    made = await cage.done(OFFICE, "POST", "/v1/inspection/enterprises", body)
    shown = await cage.done(OFFICE, "GET", f"/v1/inspection/enterprises/{made['id']}")
    await cage.done(OFFICE, "GET", "/v1/inspection/enterprises")
    assert shown["principal"]["name"] == "爨**"
    for wrong in ({"principal": canary.name}, {"uscc": canary.resident_id}):
        answer = await cage.call(OFFICE, "POST", "/v1/inspection/enterprises", body | wrong)
        assert answer.status_code == 422


async def _training(cage: Cage, canary: Canary) -> None:
    who = {name: value for name, value in canary.facts.items() if name != "address"}
    body = {"area_code": VILLAGE, "audience": "EMPLOYEE", **who}
    made = await cage.done(OFFICE, "POST", TRAINEES, body)
    again = await cage.call(OFFICE, "POST", TRAINEES, body)
    assert (again.status_code, again.json()["code"]) == (409, "already_registered")
    listed = await cage.done(OFFICE, "GET", TRAINEES)
    assert [line["masked_name"] for line in listed["items"]] == ["爨**"]
    path = f"{TRAINEES}/{made['id']}/people/{listed['items'][0]['person']}/reveal"
    told = await cage.done(OFFICE, "POST", path, {"purpose": PURPOSE, "fields": ["phone"]})
    assert told["phone"] == canary.phone
    for wrong in ({"phone": canary.resident_id}, {"account": canary.facts}, {"unit": canary.phone}):
        answer = await cage.call(OFFICE, "POST", TRAINEES, body | wrong)
        assert answer.status_code == 422


async def _exports(cage: Cage, canary: Canary) -> None:
    """Each list in which they are, as a file: they stand in it masked, if at all."""
    for service, name in (
        ("disputes", "cases"),
        ("inspection", "enterprises"),
        ("training", "trainees"),
    ):
        for form in ("csv", "xlsx"):
            path = f"/v1/{service}/exports"
            wish = {"list": name, "format": form, "purpose": "月度核对"}
            job = (await cage.call(OFFICE, "POST", path, wish)).json()

            async def is_done(at: str = f"{path}/{job['id']}") -> bool:
                return bool((await cage.done(OFFICE, "GET", at))["state"] == "DONE")

            await eventually(is_done, 60)
            answer = await cage.call(OFFICE, "GET", f"{path}/{job['id']}/content")
            told = answer.content if form == "csv" else _unpacked(answer.content)
            assert canary.leaks({f"{name} as {form}": told}) == {}
            assert name != "trainees" or canary.name[0].encode() in told


def _unpacked(content: bytes) -> bytes:
    with ZipFile(BytesIO(content)) as book:
        return b"\n".join(map(book.read, book.namelist()))


async def _rights(cage: Cage, canary: Canary, case: str) -> None:
    who = {name: value for name, value in canary.facts.items() if name != "address"}
    asked = {"area_code": "330703", "kind": "ACCESS", **who}
    for kind, more in (("ACCESS", {}), ("CORRECTION", {"fields": ["phone"]})):
        made = await cage.done(OFFICE, "POST", REQUESTS, asked | {"kind": kind} | more)
        request = f"{REQUESTS}/{made['id']}"
        await cage.done(OFFICE, "POST", f"{request}/verify", {}, headers={"If-Match": '"1"'})
        copy = await cage.call(OFFICER, "POST", f"/v1/subject-requests/{made['id']}/copy")
        assert (copy.status_code == 200) is (kind == "ACCESS")
        assert (canary.name in copy.text) is (kind == "ACCESS")
        await cage.done(OFFICER, "POST", f"{request}/complete", {}, headers={"If-Match": '"2"'})
    hold = {"area_code": "330703", "resident_id": canary.resident_id, "reason": "法院调取案卷"}
    made = await cage.done(OFFICER, "POST", "/v1/disputes/legal-holds", hold)
    path = f"/v1/disputes/legal-holds/{made['id']}/lift"
    await cage.done(OFFICER, "POST", path, {"reason": "案件已审结"})


async def _refusals(cage: Cage, canary: Canary, case: str) -> None:
    """Bodies, addresses and headers that hold what they should not, each refused."""
    everything = " ".join(canary.facts.values())
    good = CASE | {"parties": [party(canary)]}
    wrong: list[tuple[str, str, Any, dict[str, Any]]] = [
        ("POST", CASES, good | {"title": 1, everything: everything}, {}),
        ("POST", CASES, CASE | {"parties": [party(canary, phone=everything)]}, {}),
        ("POST", CASES, CASE | {"parties": [party(canary, resident_id=canary.phone)]}, {}),
        ("POST", CASES, CASE | {"parties": [party(canary, side=everything)]}, {}),
        ("POST", CASES, CASE | {"case_type": everything}, {}),
        ("POST", CASES, good | {"area_code": "330702001"}, {}),
        ("PUT", f"{case}/parties", {"parties": [party(canary)]}, {"headers": {"If-Match": '"1"'}}),
        ("POST", "/v1/disputes/batch", {"items": [{"operation": everything * 9, "key": "k"}]}, {}),
        ("POST", REQUESTS, {"kind": everything, **canary.facts}, {}),
        ("POST", "/v1/disputes/legal-holds", {"reason": everything, **canary.facts}, {}),
        ("POST", "/v1/emergency-access", {"area_code": "330702", "reason": everything}, {}),
        ("GET", f"{CASES}/{canary.phone}", None, {}),
        ("GET", f"{CASES}/{canary.name}", None, {}),
        ("GET", CASES, None, {"params": {"name": canary.name, canary.phone: canary.address}}),
        ("GET", f"/v1/nothing/{canary.resident_id}", None, {}),
    ]
    for method, path, body, how in wrong:
        answer = await cage.call(f"{OFFICE}+{OFFICER}", method, path, body, **how)
        assert 400 <= answer.status_code < 500, (path, answer.status_code, answer.text)
    again = good | {"title": "另一件纠纷"}
    answer = await cage.call(OFFICE, "POST", CASES, again, headers={"Idempotency-Key": "canary-1"})
    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
    torn = f'{{"title": "{everything}'.encode()
    bearer = {"Authorization": f"Bearer {cage.tokens[OFFICE]}", "Content-Type": "application/json"}
    answer = await cage.client.post(CASES, content=torn, headers=bearer)
    assert answer.status_code in (400, 422)
    answer = await cage.client.post(CASES, content=everything.encode("gbk"), headers=bearer)
    assert answer.status_code in (400, 422)


async def _dead_letters(cage: Cage, case: str) -> None:
    """Events of the case wait as letters behind one that nobody can read."""
    log = EmbeddedLog(dsn(cage.system.databases.url("log")))
    await log.start()
    key = case.rpartition("/")[2].encode()
    for topic, type_ in (
        (CaseRegistered.topic, CaseRegistered.type),
        (SubjectErased.topic, SubjectErased.type),
    ):
        place = Partition(topic, partition_of(key))
        poison = (("ce_type", type_.encode()), ("ce_id", b"poison"))
        await log.append([Record(place, key, poison, b"{}")])
    await log.stop()
    agreement = {"form": "ORAL", "terms": "各让一步"}
    headers = {"If-Match": '"4"'}
    await cage.done(OFFICE, "POST", f"{case}/agreement", agreement, headers=headers)
    for database, number in (("gateway", 2), ("disputes", 1)):
        await eventually(lambda d=database, n=number: _letters(cage, d, n), 30)  # type: ignore[misc]


async def _letters(cage: Cage, database: str, number: int) -> bool:
    rows = await cage.fetch(database, "select count(*) from dead_letter where settled_at is null")
    return bool(rows[0][0] >= number)


async def after_a_death(cage: Cage, canary: Canary) -> None:
    """The service dies while it is asked; who waited is told to try again, and the next one is served."""
    body = CASE | {"parties": [party(canary)]}
    asking = [cage.call(OFFICE, "POST", CASES, body | {"id": str(uuid4())}) for _ in range(20)]
    asked = asyncio.gather(*asking)
    await cage.kill("disputes")
    statuses = {answer.status_code for answer in await asked}
    assert statuses <= {201, 503}

    async def back() -> bool:
        return (await cage.call(OFFICE, "POST", CASES, body)).status_code == 201

    await eventually(back, 30)


async def nothing_holds(cage: Cage) -> None:
    """As if the years of the archive rules were over."""
    for service in ("inspection", "training"):
        await cage.execute(service, "update retention_rule set at_least_days = null")


async def erased(cage: Cage, canary: Canary, case: str) -> Any:
    """How the party is shown once every service has confirmed the erasure."""
    who = {name: value for name, value in canary.facts.items() if name != "address"}
    asked = {"area_code": "330703", "kind": "ERASURE", **who}
    made = await cage.done(OFFICE, "POST", REQUESTS, asked)
    request = f"{REQUESTS}/{made['id']}"
    await cage.done(OFFICE, "POST", f"{request}/verify", {}, headers={"If-Match": '"1"'})
    await cage.done(OFFICER, "POST", f"{request}/erase", {}, headers={"If-Match": '"2"'})

    async def done() -> bool:
        return bool((await cage.done(OFFICER, "GET", request))["status"] == "DONE")

    await eventually(done, 60)
    return (await cage.done(OFFICE, "GET", case))["parties"][0]
