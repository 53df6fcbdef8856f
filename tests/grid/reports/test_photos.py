"""Photos of reports, as a device that was offline brings them: first the batch, then the files."""

from uuid_utils.compat import uuid7

from tests.support.files import declaring, photo, sent
from tests.support.grid import batch, creation, shown
from tests.support.people import RED_MEMBER
from tests.support.running import Running

PHOTO = photo()


async def test_a_batch_declares_the_files_of_each_of_its_records(grid: Running) -> None:
    ids = [str(uuid7()) for _ in range(3)]
    files = [declaring(PHOTO) for _ in ids]
    items = [creation(id, id=id, attachments=[file]) for id, file in zip(ids, files, strict=True)]
    assert {told["outcome"] for told in await batch(grid, RED_MEMBER, *items)} == {"applied"}
    for id, file in zip(ids, files, strict=True):
        assert (await shown(grid, {"id": id}))["missing"] == [file["id"]]
    await sent(grid, RED_MEMBER, files[1]["id"], PHOTO)
    assert (await shown(grid, {"id": ids[1]}))["missing"] == []
    assert (await shown(grid, {"id": ids[2]}))["missing"] == [files[2]["id"]]


async def test_one_file_is_declared_by_one_item_alone(grid: Running) -> None:
    file, ids = declaring(PHOTO), [str(uuid7()) for _ in range(2)]
    items = [creation(id, id=id, attachments=[file]) for id in ids]
    told = await batch(grid, RED_MEMBER, *items)
    assert [(item["outcome"], item.get("code")) for item in told] == [
        ("applied", None),
        ("conflict", "attachment_taken"),
    ]
    assert told[1]["errors"][0]["pointer"] == "/body/attachments"
    assert (await shown(grid, {"id": ids[0]}))["missing"] == [file["id"]]
