"""Who reads what is confidential is told."""

from uuid import UUID

from tests.disputes.calls import CASES, registered
from tests.support.people import OTHER_TOWNSHIP, TOWNSHIP
from tests.support.running import Running


async def test_every_reading_of_a_case_is_told_and_no_list(disputes: Running) -> None:
    case = await registered(disputes)
    path = f"{CASES}/{case['id']}"
    assert (await disputes.call(TOWNSHIP, "GET", path)).status_code == 200
    assert (await disputes.call(TOWNSHIP, "GET", CASES)).status_code == 200
    assert (await disputes.call(OTHER_TOWNSHIP, "GET", path)).status_code == 404
    known = {"If-None-Match": '"1"'}
    assert (await disputes.call(TOWNSHIP, "GET", path, headers=known)).status_code == 304
    await disputes.runtime.audit.flush()
    (row,) = await disputes.fetch("select * from audit")
    assert (row["subject"], row["action"], row["noun"]) == (TOWNSHIP.subject, "READ", "case")
    assert (row["object_id"], row["area_code"]) == (UUID(case["id"]), "330703105291")
    assert (row["fields"], row["request_id"]) == (["C4"], "test")


async def test_a_case_told_with_its_receipt_is_read_too(disputes: Running) -> None:
    await registered(disputes)
    body = (await disputes.call(TOWNSHIP, "GET", CASES)).json()["items"][0]
    condition = {"If-Match": '"1"', "Prefer": "return=representation"}
    answer = await disputes.call(TOWNSHIP, "POST", f"{CASES}/{body['id']}/accept", {}, condition)
    assert answer.status_code == 200, answer.text
    await disputes.runtime.audit.flush()
    assert len(await disputes.fetch("select from audit where action = 'READ'")) == 1
