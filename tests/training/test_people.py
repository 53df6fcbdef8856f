"""A trainee stands sealed, is shown masked, and is told in the clear for a purpose."""

import pytest

from services.chassis.audit import Action
from services.chassis.identity.caller import Caller
from tests.support.people import IMPORTER, TOWNSHIP
from tests.support.revealing import PURPOSE, Recorder, erase, everything, revealed, searched
from tests.support.running import Running
from tests.training.calls import (
    ELSEWHERE,
    HALLS_TOWNSHIP,
    OFFICER,
    READER,
    TRAINEE,
    TRAINEES,
    Receipt,
    created,
    refusal,
    registered,
)
from tests.training.test_import import batch, opened_import

NUMBER = "330703190001011013"
WHOLE = TRAINEE | {"resident_id": NUMBER}
MASKED = ("欧阳**", "154****0001", "3" + "*" * 16 + "3", False)


@pytest.fixture
async def recorder(training: Running) -> Recorder:
    return Recorder.of(training)


async def shown(service: Running, receipt: Receipt) -> Receipt:
    answer = await service.call(OFFICER, "GET", f"{TRAINEES}/{receipt['id']}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def listed(service: Running) -> list[Receipt]:
    return list((await service.call(OFFICER, "GET", TRAINEES)).json()["items"])


def what_is_told(trainee: Receipt) -> tuple[object, ...]:
    names = ("masked_name", "masked_phone", "masked_resident_id", "erased")
    return tuple(trainee[name] for name in names)


async def test_no_row_of_any_table_tells_who_a_trainee_is(training: Running) -> None:
    await created(training, OFFICER, TRAINEES, WHOLE)
    told = await everything(training)
    for secret in (TRAINEE["name"], TRAINEE["phone"], NUMBER):
        for clear in (secret, secret.encode().hex()):
            assert clear not in told


async def test_each_line_of_a_list_shows_its_own_person_masked(training: Running) -> None:
    whole = await created(training, OFFICER, TRAINEES, WHOLE)
    other = await registered(training, name="朱乙丑", phone="15400009999")
    assert what_is_told(await shown(training, whole)) == MASKED
    lines = {line["id"]: what_is_told(line) for line in await listed(training)}
    theirs = ("朱**", "154****9999", None, False)
    assert lines == {whole["id"]: MASKED, other["id"]: theirs}


async def test_a_trainee_is_told_in_the_clear_for_a_purpose(
    training: Running, recorder: Recorder
) -> None:
    trainee = await shown(training, await created(training, OFFICER, TRAINEES, WHOLE))
    path, person = f"{TRAINEES}/{trainee['id']}", trainee["person"]
    answer = await revealed(training, OFFICER, path, person, "name", "phone", "resident_id")
    assert answer.headers["cache-control"] == "no-store"
    known = {"name": TRAINEE["name"], "phone": TRAINEE["phone"], "resident_id": NUMBER}
    assert answer.json() == {"id": person} | known
    (entry,) = recorder.entries
    told = (entry.action, entry.noun, str(entry.object_id), entry.purpose)
    assert told == (Action.REVEALED, "trainee", trainee["id"], PURPOSE)
    assert entry.fields == tuple(f"people/{person}/{field}" for field in sorted(known))


async def test_a_reveal_needs_permission_scope_and_the_trainees_own_record(
    training: Running, recorder: Recorder
) -> None:
    trainee = await shown(training, await registered(training))
    other = await registered(training)
    path = f"{TRAINEES}/{trainee['id']}"

    async def status(who: Caller, path: str) -> int:
        return (await revealed(training, who, path, trainee["person"])).status_code

    assert [await status(who, path) for who in (READER, IMPORTER, ELSEWHERE)] == [403, 403, 404]
    assert await status(OFFICER, f"{TRAINEES}/{other['id']}") == 404
    assert recorder.entries == []


async def test_of_an_erased_trainee_nothing_is_told(training: Running, recorder: Recorder) -> None:
    receipt = await created(training, OFFICER, TRAINEES, WHOLE)
    person = (await shown(training, receipt))["person"]
    await erase(training, person)
    nothing = ("已删除", None, None, True)
    assert what_is_told(await shown(training, receipt)) == nothing
    assert [what_is_told(line) for line in await listed(training)] == [nothing]
    answer = await revealed(training, OFFICER, f"{TRAINEES}/{receipt['id']}", person)
    assert refusal(answer) == (409, "person_erased")
    assert recorder.entries == []


async def test_the_data_of_another_trainee_do_not_open(training: Running) -> None:
    receipts = [await registered(training) for _ in range(2)]
    moved = "update person set phone = (select phone from person order by id limit 1)"
    await training.fetch(f"{moved} where id <> (select id from person order by id limit 1)")
    for path in (f"{TRAINEES}/{receipts[1]['id']}", TRAINEES):
        answer = await training.call(OFFICER, "GET", path)
        assert refusal(answer) == (503, "not_readable")
        assert "154****" not in answer.text


async def test_a_trainee_is_found_by_either_number(training: Running, recorder: Recorder) -> None:
    receipt = await created(training, OFFICER, TRAINEES, WHOLE)
    await registered(training)
    for sought in ({"phone": "+86 15400000001"}, {"resident_id": NUMBER}):
        answer = await searched(training, HALLS_TOWNSHIP, "training", **sought)
        found = [(item["noun"], item["aggregate_id"]) for item in answer.json()["items"]]
        assert found == [("trainee", receipt["id"])]
        answer = await searched(training, TOWNSHIP, "training", **sought)
        assert answer.json()["items"] == []
    assert [entry.action for entry in recorder.entries] == [Action.SEARCHED] * 4


async def test_history_meets_the_trainee_who_is_registered_already(training: Running) -> None:
    await created(training, OFFICER, TRAINEES, TRAINEE | {"phone": "+86 15400000001"})
    old = TRAINEE | {"name": "欧阳乙丑", "resident_id": "110105491231002"}
    import_id = await opened_import(training)
    items = [
        {"operation": "register_trainee", "key": str(number), "body": body}
        for number, body in enumerate((TRAINEE, old, old))
    ]
    results = await batch(training, import_id, items)
    assert [(result["outcome"], result.get("code")) for result in results] == [
        ("rejected", "already_registered"),
        ("applied", None),
        ("rejected", "already_registered"),
    ]
    found = await searched(training, HALLS_TOWNSHIP, "training", resident_id="11010519491231002X")
    assert len(found.json()["items"]) == 1


async def test_a_first_generation_number_is_of_imported_history(training: Running) -> None:
    body = TRAINEE | {"resident_id": "110105491231002"}
    answer = await training.call(OFFICER, "POST", TRAINEES, body)
    assert refusal(answer) == (422, "first_generation_number")
    assert answer.json()["errors"][0]["pointer"] == "/resident_id"
