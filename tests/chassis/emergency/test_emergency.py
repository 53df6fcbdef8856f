"""What a service makes of the areas that an emergency access adds: it reads there, masked, and writes nowhere."""

from dataclasses import replace
from pathlib import Path

from services.chassis.identity.internal_token import Signer, Verifier
from tests.disputes.calls import CASES, attempt, registered
from tests.support.people import OTHER_TOWNSHIP, TOWNSHIP
from tests.support.running import Keys, Running

READER = replace(OTHER_TOWNSHIP, emergency=("330703105",))


def test_the_token_carries_it_apart(tmp_path: Path) -> None:
    keys = Keys.at(tmp_path)
    caller = Verifier(keys.public).verify(Signer(keys.private).sign(READER))
    assert (caller.areas, caller.emergency) == (OTHER_TOWNSHIP.areas, ("330703105",))
    assert not caller.covers("330703105291")
    assert caller.in_emergency.covers("330703105291")


async def test_a_person_is_shown_masked_and_revealed_for_a_purpose(disputes: Running) -> None:
    receipt = await registered(disputes)
    path = f"{CASES}/{receipt['id']}"
    assert (await disputes.call(OTHER_TOWNSHIP, "GET", path)).status_code == 404
    shown = (await disputes.call(READER, "GET", path)).json()
    assert (shown["parties"][0]["name"], shown["allowed_actions"]) == ("张**", [])
    reveal = f"{path}/people/{shown['parties'][0]['person']}/reveal"
    told = {"purpose": "老人走失，联系家属", "fields": ["name"]}
    assert (await disputes.call(READER, "POST", reveal, told)).json()["name"] == "张三丰"
    assert (await disputes.call(OTHER_TOWNSHIP, "POST", reveal, told)).status_code == 404
    acted = "select action from audit where subject = $1 order by seq"
    actions = [row["action"] for row in await disputes.fetch(acted, READER.subject)]
    assert [action for action in actions if action in ("EMERGENCY", "REVEALED")] == [
        "EMERGENCY",
        "REVEALED",
    ]


async def test_what_is_not_there_either_is_not_found(disputes: Running) -> None:
    receipt = await registered(disputes)
    elsewhere = replace(OTHER_TOWNSHIP, emergency=("330703102",))
    answer = await disputes.call(elsewhere, "GET", f"{CASES}/{receipt['id']}")
    assert answer.status_code == 404


async def test_no_step_is_taken_there(disputes: Running) -> None:
    receipt = await registered(disputes)
    answer = await attempt(disputes, READER, f"{CASES}/{{}}/accept", receipt)
    assert answer.status_code == 404
    assert (await disputes.call(TOWNSHIP, "GET", f"{CASES}/{receipt['id']}")).json()["version"] == 1
