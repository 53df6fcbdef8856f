from jinding.demo.synthetic import synthetic_uscc
from tests.support.people import RED_MEMBER
from tests.support.running import Running
from tests.training.calls import ELSEWHERE, OFFICER, TRAINEE, TRAINEES, refusal, registered


async def test_a_trainee_is_shown_masked_everywhere(training: Running) -> None:
    unit = synthetic_uscc(7)
    receipt = await registered(training, unit=unit)
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
