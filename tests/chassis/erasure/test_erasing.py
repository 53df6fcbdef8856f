"""An erasure in one service: whom it means, that nothing opens afterwards, and what is told of it."""

import json
from datetime import timedelta
from uuid import uuid4

from tests.chassis.erasure.erasing import NUMBER, PHONE, case, erase, ordered, party
from tests.disputes.calls import CASES
from tests.support.people import TOWNSHIP
from tests.support.running import Running


async def test_nothing_of_an_erased_person_opens(disputes: Running) -> None:
    receipt = await case(disputes)
    row = await erase(disputes, ordered(disputes, PHONE))
    assert (row["erased"], json.loads(row["kept"])) == (1, [])
    told = await party(disputes, receipt)
    assert (told["name"], told["phone"]) == ("已删除", None)
    [person] = await disputes.fetch("select * from person")
    assert [name for name, value in person.items() if value is not None] == [
        *("id", "noun", "aggregate_id", "area_code", "created_at", "erased_at")
    ]
    assert await disputes.fetch("select from person_key") == []
    path = f"{CASES}/{receipt['id']}/people/{told['person']}/reveal"
    answer = await disputes.call(
        TOWNSHIP, "POST", path, {"purpose": "电话通知时间", "fields": ["name"]}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "person_erased")


async def test_it_is_confirmed_once_however_often_it_is_told(disputes: Running) -> None:
    await case(disputes)
    event, id, key = ordered(disputes, PHONE), uuid4(), "the event"
    for repeated in (key, key, "told anew after a restore"):
        assert (await erase(disputes, event, id, repeated))["erased"] == 1
    told = (
        "select convert_from(body, 'UTF8') from outbox where topic = 'jinding.disputes.erasure.v1'"
    )
    [row] = await disputes.fetch(told)
    body = json.loads(row[0])
    assert (body["erased"], body["held"], body["rules"]) == (1, 0, [])
    assert body.keys() == {
        *("area_code", "occurred_at", "correlation_id", "erased", "held", "rules")
    }


async def test_who_is_not_known_here_is_confirmed_as_nobody(disputes: Running) -> None:
    row = await erase(disputes, ordered(disputes, None, NUMBER))
    assert (row["erased"], row["version"]) == (0, 1)


async def test_others_and_what_is_entered_later_stay(disputes: Running) -> None:
    event = ordered(disputes, PHONE)
    later = await case(disputes)
    other = await case(disputes, "13900009999")
    await erase(disputes, event)
    assert (await party(disputes, later))["name"] == "张**"
    await erase(
        disputes, event.model_copy(update={"occurred_at": event.occurred_at + timedelta(minutes=1)})
    )
    assert (await party(disputes, later))["name"] == "已删除"
    assert (await party(disputes, other))["name"] == "张**"


async def test_who_has_another_resident_id_is_not_meant_by_a_shared_telephone(
    disputes: Running,
) -> None:
    receipt = await case(disputes)
    index = disputes.runtime.unit.vault.index("resident_id", "330703190001011021")
    await disputes.fetch("update person set resident_index = $1", index)
    for number in (NUMBER, None):
        await erase(disputes, ordered(disputes, PHONE, number))
        assert (await party(disputes, receipt))["name"] == "张**"
    await disputes.fetch("update person set resident_index = null")
    await erase(disputes, ordered(disputes, PHONE, NUMBER))
    assert (await party(disputes, receipt))["name"] == "已删除"
