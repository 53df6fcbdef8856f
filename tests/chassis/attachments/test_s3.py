"""The same in S3, against a real server of its protocol (`make prove`; skipped where it cannot be had)."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from services.chassis.attachments.upkeep import Upkeep, lost
from tests.support.files import MAKER, PDF, asked, declaring, part, photo, sent
from tests.support.grid import reported, running_grid, shown
from tests.support.people import RED_MEMBER, TOWNSHIP
from tests.support.postgres import FreshDatabases
from tests.support.running import Running
from tests.support.s3 import KEYS, Bucket, NoS3, bucket

pytestmark = pytest.mark.proof


@pytest.fixture
async def remote(tmp_path: Path) -> AsyncIterator[Bucket]:
    try:
        async with bucket(tmp_path / "s3") as made:
            yield made
    except NoS3 as reason:
        pytest.skip(str(reason))


@pytest.fixture
async def grid(
    remote: Bucket, fresh_database: FreshDatabases, tmp_path: Path
) -> AsyncIterator[Running]:
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps(KEYS))
    where = {"attachments": remote.url, "attachments_credentials_file": str(keys)}
    async with running_grid(fresh_database, tmp_path, **where) as service:
        yield service


def objects(remote: Bucket) -> set[str]:
    folder = remote.folder / "data" / "jinding" / "files" / "grid"
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


async def test_files_come_whole_and_their_parts_go(grid: Running, remote: Bucket) -> None:
    large, small = PDF * 40, photo()  # more than one part of a multipart upload
    files = [declaring(large, "application/pdf"), declaring(small)]
    receipt = await reported(grid, attachments=files)
    for file, content in zip(files, (large, small), strict=True):
        assert (await sent(grid, RED_MEMBER, file["id"], content))["state"] == "COMPLETE"
    assert objects(remote) == {f"files/{file['id']}" for file in files}
    assert (await shown(grid, receipt))["missing"] == []
    assert (await asked(grid, TOWNSHIP, files[0]["id"], "/content")).content == large
    some = await asked(grid, TOWNSHIP, files[0]["id"], "/content", Range="bytes=9000000-9000009")
    assert (some.status_code, some.content) == (206, large[9_000_000:9_000_010])
    picture = (await asked(grid, TOWNSHIP, files[1]["id"], "/content")).content
    assert MAKER.encode() not in picture
    assert (await lost(grid.runtime.attached, None))["lost"] == []
    await grid.runtime.attached.store.remove(f"files/{files[1]['id']}")
    [told] = (await lost(grid.runtime.attached, None))["lost"]
    assert (str(told["id"]), told["size"]) == (files[1]["id"], None)


async def test_a_server_that_is_killed_costs_a_retry_and_no_byte(
    grid: Running, remote: Bucket
) -> None:
    file = declaring(PDF, "application/pdf")
    receipt = await reported(grid, attachments=[file])
    assert (await part(grid, RED_MEMBER, file["id"], 0, PDF[:70_000])).status_code == 200
    remote.kill()
    answer = await part(grid, RED_MEMBER, file["id"], 70_000, PDF[70_000:])
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable")
    assert (await shown(grid, receipt))["missing"] == [file["id"]]
    await remote.start()
    answer = await part(grid, RED_MEMBER, file["id"], 70_000, PDF[70_000:])
    assert answer.json()["state"] == "COMPLETE"
    assert (await asked(grid, TOWNSHIP, file["id"], "/content")).content == PDF


async def test_what_belongs_to_nothing_is_removed(grid: Running, remote: Bucket) -> None:
    files = [declaring(PDF, "application/pdf") for _ in range(3)]
    await reported(grid, attachments=files)
    for file in files[:2]:
        await sent(grid, RED_MEMBER, file["id"], PDF)
    await part(grid, RED_MEMBER, files[2]["id"], 0, PDF[:70_000])
    await grid.fetch("delete from attachment where id = $1", UUID(files[1]["id"]))
    assert len(objects(remote)) == 3
    upkeep = Upkeep(grid.database_url, grid.runtime.attached)
    await upkeep.sweep(datetime.now(UTC) + timedelta(hours=73))
    assert objects(remote) == {f"files/{files[0]['id']}"}
