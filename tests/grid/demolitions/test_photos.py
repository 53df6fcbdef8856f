"""Photos of before and after, and the confirmation that rests on them."""

from typing import Any

import pytest

from services.chassis.identity.caller import Caller
from tests.grid.demolitions.test_router import DEMOLITION, PATH
from tests.grid.field import MEMBER, made, post, seen, step, stepped
from tests.support.files import declaring, photo, sent
from tests.support.grid import refusal
from tests.support.people import DISTRICT, OTHER_TOWNSHIP, TOWNSHIP
from tests.support.running import Running

CONTENT = photo()


def shown() -> dict[str, Any]:
    """What the app declares: one photo of before and one of after."""
    files = [declaring(CONTENT), declaring(CONTENT)]
    return {"attachments": files, "before": [files[0]["id"]], "after": [files[1]["id"]]}


async def recorded(grid: Running, who: Caller = MEMBER, **photos: Any) -> dict[str, Any]:
    return await made(grid, who, PATH, **DEMOLITION | photos)


async def test_photos_that_have_come_whole_confirm_it(grid: Running) -> None:
    photos = shown()
    receipt = await recorded(grid, **photos)
    refused = refusal(await step(grid, TOWNSHIP, PATH, receipt, "confirm"))
    assert refused[:2] == (409, "attachments_missing")
    for file in photos["attachments"]:
        await sent(grid, MEMBER, file["id"], CONTENT)
    await stepped(grid, TOWNSHIP, PATH, receipt, "confirm")
    told = await seen(grid, PATH, receipt)
    assert (told["status"], told["confirmed_by"], told["missing"]) == (
        "CONFIRMED",
        TOWNSHIP.subject,
        [],
    )
    assert (told["photos_before"], told["photos_after"]) == (photos["before"], photos["after"])


async def test_photos_may_follow_later(grid: Running) -> None:
    receipt = await recorded(grid)
    refused = refusal(await step(grid, TOWNSHIP, PATH, receipt, "confirm"))
    assert refused[:2] == (409, "photos_missing")
    photos = shown()
    receipt = await stepped(grid, MEMBER, PATH, receipt, "add-photos", **photos)
    for file in photos["attachments"]:
        await sent(grid, MEMBER, file["id"], CONTENT)
    receipt = await stepped(grid, DISTRICT, PATH, receipt, "confirm")
    refused = refusal(await step(grid, MEMBER, PATH, receipt, "add-photos", **shown()))
    assert refused[:2] == (409, "step_not_allowed")
    done = await stepped(grid, TOWNSHIP, PATH, receipt, "void", reason="误录")
    assert done["status"] == "VOIDED"


async def test_one_side_alone_shows_nothing(grid: Running) -> None:
    photos = shown()
    receipt = await recorded(grid, **photos | {"after": []})
    for file in photos["attachments"]:
        await sent(grid, MEMBER, file["id"], CONTENT)
    refused = refusal(await step(grid, TOWNSHIP, PATH, receipt, "confirm"))
    assert refused[:2] == (409, "photos_missing")


async def test_whoever_recorded_it_does_not_confirm_it(grid: Running) -> None:
    photos = shown()
    receipt = await recorded(grid, TOWNSHIP, **photos)
    for file in photos["attachments"]:
        await sent(grid, TOWNSHIP, file["id"], CONTENT)
    refused = refusal(await step(grid, TOWNSHIP, PATH, receipt, "confirm"))
    assert refused[:2] == (403, "confirmed_by_recorder")
    assert refusal(await step(grid, MEMBER, PATH, receipt, "confirm"))[0] == 403
    assert refusal(await step(grid, OTHER_TOWNSHIP, PATH, receipt, "confirm"))[0] == 404
    assert (await stepped(grid, DISTRICT, PATH, receipt, "confirm"))["status"] == "CONFIRMED"


@pytest.mark.parametrize("side", ["before", "after"])
async def test_a_photo_that_was_withdrawn_shows_nothing(grid: Running, side: str) -> None:
    photos = shown()
    receipt = await recorded(grid, **photos)
    for file in photos["attachments"]:
        if [file["id"]] == photos[side]:
            gone = await grid.call(MEMBER, "DELETE", f"/v1/grid/attachments/{file['id']}")
            assert gone.status_code == 200, gone.text
        else:
            await sent(grid, MEMBER, file["id"], CONTENT)
    refused = refusal(await step(grid, TOWNSHIP, PATH, receipt, "confirm"))
    assert refused[:2] == (409, "photos_missing")
    more = declaring(CONTENT)
    told = {"attachments": [more], side: [more["id"]]}
    receipt = await stepped(grid, MEMBER, PATH, receipt, "add-photos", **told)
    await sent(grid, MEMBER, more["id"], CONTENT)
    assert (await stepped(grid, TOWNSHIP, PATH, receipt, "confirm"))["status"] == "CONFIRMED"


@pytest.mark.parametrize("wrong", ["unknown", "both", "document"])
async def test_a_photo_is_declared_and_of_one_side(grid: Running, wrong: str) -> None:
    photos = shown()
    if wrong == "unknown":
        photos["after"] = [declaring(CONTENT)["id"]]
    elif wrong == "document":
        paper = declaring(b"%PDF-1.7", "application/pdf")
        photos |= {"attachments": [*photos["attachments"], paper], "after": [paper["id"]]}
    else:
        photos["after"] = photos["before"]
    answer = await post(grid, MEMBER, PATH, **DEMOLITION | photos)
    assert refusal(answer) == (422, "photo_unknown", "/after")
