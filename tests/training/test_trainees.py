import asyncio

from jinding.demo.synthetic import synthetic_uscc
from tests.support.people import RED_MEMBER
from tests.support.running import Running
from tests.training.calls import ELSEWHERE, OFFICER, TRAINEE, TRAINEES, refusal, registered


async def test_a_trainee_is_shown_masked_everywhere(training: Running) -> None:
    unit = synthetic_uscc(7)
    receipt = await registered(training, unit=unit, phone=TRAINEE["phone"])
    assert (receipt["status"], await training.events()) == (
        "REGISTERED",
        [("training.trainee.registered.v1", 1)],
    )
    shown = await training.call(OFFICER, "GET", f"{TRAINEES}/{receipt['id']}")
    listed = await training.call(OFFICER, "GET", TRAINEES, audience="EMPLOYEE", unit=unit)
    for line in (shown.json(), listed.json()["items"][0]):
        masked = (line["masked_name"], line["masked_phone"], line["unit"])
        assert masked == ("欧阳**", "154****0001", unit)
    kept = await training.fetch(
        "select coalesce(string_agg(convert_from(body, 'UTF8') || headers::text, ''), '') as told, "
        "(select string_agg(a::text, '') from answer a) as answers from outbox"
    )
    told = f"{shown.text}{listed.text}{kept[0]['told']}{kept[0]['answers']}{receipt}"
    assert TRAINEE["name"] not in told
    assert TRAINEE["phone"] not in told


async def test_nobody_is_registered_twice(training: Running) -> None:
    trainee = await registered(training, phone=TRAINEE["phone"])
    again = await training.call(OFFICER, "POST", TRAINEES, TRAINEE)
    assert refusal(again) == (409, "already_registered")
    assert trainee["id"] in again.json()["detail"]
    for secret in (TRAINEE["name"], TRAINEE["phone"]):
        assert secret not in again.text
    other = {"area_code": "330703105201"}
    again = await training.call(ELSEWHERE, "POST", TRAINEES, TRAINEE | other)
    assert refusal(again) == (409, "already_registered")
    assert trainee["id"] not in again.text
    await registered(training, phone=TRAINEE["phone"], name="欧阳乙丑")
    await registered(training)


async def test_racing_clients_register_a_person_once(training: Running) -> None:
    calls = [training.call(OFFICER, "POST", TRAINEES, TRAINEE) for _ in range(8)]
    answers = await asyncio.gather(*calls)
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    codes = {answer.json()["code"] for answer in answers if answer.status_code == 409}
    assert codes == {"already_registered"}


async def test_a_person_who_is_in_a_batch_twice_is_registered_once(training: Running) -> None:
    outside = TRAINEE | {"area_code": "330703105201"}
    bodies = [outside, TRAINEE, TRAINEE, TRAINEE | {"name": "欧阳乙丑"}]
    items = [
        {"operation": "register_trainee", "key": str(number), "body": body}
        for number, body in enumerate(bodies)
    ]
    answer = await training.call(OFFICER, "POST", "/v1/training/batch", {"items": items})
    told = [(line["outcome"], line.get("code")) for line in answer.json()["results"]]
    assert told == [
        ("rejected", "outside_scope"),
        ("applied", None),
        ("rejected", "already_registered"),
        ("applied", None),
    ]


async def test_a_trainee_must_be_well_described(training: Running) -> None:
    for name, value in {
        "phone": "12345",
        "unit": "91330703MA0000000A",
        "audience": "EVERYBODY",
        "name": "朱",
        "area_code": "330703",
    }.items():
        answer = await training.call(OFFICER, "POST", TRAINEES, TRAINEE | {name: value})
        assert refusal(answer) == (422, "invalid_request")
        assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{name}"]
        assert value not in answer.text


async def test_a_trainee_belongs_to_an_area(training: Running) -> None:
    trainee = await registered(training)
    answer = await training.call(ELSEWHERE, "GET", f"{TRAINEES}/{trainee['id']}")
    assert refusal(answer) == (404, "not_found")
    assert (await training.call(ELSEWHERE, "GET", TRAINEES)).json()["items"] == []
    answer = await training.call(ELSEWHERE, "POST", TRAINEES, TRAINEE)
    assert refusal(answer) == (403, "outside_scope")
    answer = await training.call(RED_MEMBER, "POST", TRAINEES, TRAINEE)
    assert refusal(answer) == (403, "permission_missing")
