"""Files are declared with their record and come in parts; whole is only what was declared."""

import asyncio
import io
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image

from services.chassis.attachments.check import _exif
from services.contracts import roles
from services.media.kinds import MIB
from tests.grid.people import AUDITOR, NEIGHBOUR
from tests.support.files import MAKER, PDF, asked, declaring, part, photo, sent
from tests.support.grid import (
    REPORT,
    REPORTS,
    batch,
    creation,
    refusal,
    reported,
    running_grid,
    shown,
)
from tests.support.people import HANDLER, OTHER_TOWNSHIP, RED_MEMBER, TOWNSHIP, caller
from tests.support.postgres import TestServer, fresh_databases
from tests.support.running import Running


async def test_a_photo_comes_whole_and_is_made_anew_without_its_exif(grid: Running) -> None:
    content = photo()
    place = {"longitude": 119.75, "latitude": 29.1, "datum": "GCJ02"}
    taken = "2026-01-05T10:20:00+08:00"
    file = declaring(content, taken_at=taken, position=place)
    receipt = await reported(grid, attachments=[file])
    before = await shown(grid, receipt)
    assert before["missing"] == [file["id"]]
    assert before["attachments"][0]["state"] == "DECLARED"
    assert before["version"] == 1
    told = await sent(grid, RED_MEMBER, file["id"], content)
    assert (told["state"], told["reason"], told["received"]) == ("COMPLETE", None, len(content))
    assert told["exif"] == {
        "taken_at": "2026-01-05T10:20:30",
        "offset": "+08:00",
        "position": {"longitude": 119.75, "latitude": 29.1, "datum": "WGS84"},
    }
    assert told["position"] == place
    after = await shown(grid, receipt)
    assert after["missing"] == []
    assert after["attachments"] == [told]
    answer = await asked(grid, TOWNSHIP, file["id"], "/content")
    assert answer.headers["content-type"] == "image/jpeg"
    assert MAKER.encode() in content
    assert MAKER.encode() not in answer.content
    with Image.open(io.BytesIO(answer.content)) as image:
        assert dict(image.getexif()) == {}
        assert image.size == (48, 64)  # upright now, as the EXIF said it should be shown
    assert "declared_by" not in told


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
async def test_other_photos_are_made_anew_as_well(grid: Running, form: str) -> None:
    content = photo(form)
    file = declaring(content, f"image/{form.lower()}")
    await reported(grid, attachments=[file])
    assert (await sent(grid, RED_MEMBER, file["id"], content))["state"] == "COMPLETE"
    answer = await asked(grid, TOWNSHIP, file["id"], "/content")
    assert MAKER.encode() not in answer.content
    with Image.open(io.BytesIO(answer.content)) as image:
        assert (image.format, dict(image.getexif())) == (form, {})


async def test_a_document_comes_in_parts_and_stays_as_it_was(grid: Running) -> None:
    content = PDF * 9
    file = declaring(content, "application/pdf")
    await reported(grid, attachments=[file])
    assert (await sent(grid, RED_MEMBER, file["id"], content, 300_000))["state"] == "COMPLETE"
    answer = await asked(grid, TOWNSHIP, file["id"], "/content")
    assert answer.content == content


async def test_a_part_that_came_before_changes_nothing(grid: Running) -> None:
    content = PDF
    file = declaring(content, "application/pdf")
    await reported(grid, attachments=[file])
    for _ in range(2):
        answer = await part(grid, RED_MEMBER, file["id"], 0, content[:100_000])
        assert (answer.status_code, answer.headers["upload-offset"]) == (200, "100000")
    for _ in range(2):
        answer = await part(grid, RED_MEMBER, file["id"], 100_000, content[100_000:])
        assert (answer.status_code, answer.json()["state"]) == (200, "COMPLETE")
    assert (await part(grid, RED_MEMBER, file["id"], 0, content[:100_000])).status_code == 200


@pytest.mark.parametrize("offset", [0, 99_999, 100_001, 200_000])
async def test_a_part_goes_on_where_the_one_before_ended(grid: Running, offset: int) -> None:
    content = PDF
    file = declaring(content, "application/pdf")
    await reported(grid, attachments=[file])
    await part(grid, RED_MEMBER, file["id"], 0, content[:100_000])
    answer = await part(grid, RED_MEMBER, file["id"], offset, content[offset + 1 : offset + 70_001])
    assert answer.status_code == 409
    assert refusal(answer)[1] == "offset_differs"
    assert answer.headers["upload-offset"] == "100000"
    head = await asked(grid, RED_MEMBER, file["id"])
    assert (head.headers["upload-offset"], head.headers["upload-length"]) == (
        "100000",
        str(len(content)),
    )


@pytest.mark.parametrize(
    ("offset", "length"), [(0, 10), (0, MIB + 1), (0, 2 * MIB), (0, MIB // 16 - 1)]
)
async def test_a_part_is_neither_too_short_nor_too_long(
    grid: Running, offset: int, length: int
) -> None:
    file = declaring(bytes(3 * MIB), "application/pdf")
    await reported(grid, attachments=[file])
    answer = await part(grid, RED_MEMBER, file["id"], offset, bytes(length))
    assert answer.status_code in (413, 422), answer.text


async def test_what_is_not_what_was_declared_is_refused_and_may_come_again(grid: Running) -> None:
    content = photo()
    file = declaring(content)
    receipt = await reported(grid, attachments=[file])
    wrong = content[:-1] + bytes([content[-1] ^ 1])
    told = await sent(grid, RED_MEMBER, file["id"], wrong)
    assert (told["state"], told["reason"], told["received"]) == ("REFUSED", "hash_differs", 0)
    assert (await shown(grid, receipt))["missing"] == [file["id"]]
    assert (await asked(grid, RED_MEMBER, file["id"], "/content")).json()["code"] == "not_whole"
    assert (await sent(grid, RED_MEMBER, file["id"], content))["state"] == "COMPLETE"


@pytest.mark.parametrize(
    ("content", "media_type", "reason"),
    [
        (b"<html>" * 20, "image/jpeg", "not_of_its_type"),
        (photo("PNG"), "image/jpeg", "not_of_its_type"),
        (photo()[:300], "image/jpeg", "not_readable"),
        (b"\xff\xd8\xff" + bytes(5000), "image/jpeg", "not_readable"),
        (b"PK\3\4" + bytes(90), "application/pdf", "not_of_its_type"),
        (b"%PDF-1.7\n<script>alert(1)</script>", "application/pdf", "not_of_its_type"),
        (PDF[:-20], "application/pdf", "not_of_its_type"),
        (photo("PNG", (6000, 6000)), "image/png", "too_many_pixels"),
    ],
)
async def test_what_cannot_be_accepted_is_a_state_with_a_reason(
    grid: Running, content: bytes, media_type: str, reason: str
) -> None:
    file = declaring(content, media_type)
    await reported(grid, attachments=[file])
    told = await sent(grid, RED_MEMBER, file["id"], content)
    assert (told["state"], told["reason"]) == ("REFUSED", reason)


async def test_of_two_senders_at_one_offset_one_goes_on(grid: Running) -> None:
    content = PDF
    file = declaring(content, "application/pdf")
    await reported(grid, attachments=[file])
    other = bytes(70_000)
    answers = await asyncio.gather(
        *(
            part(grid, RED_MEMBER, file["id"], 0, some)
            for some in (content[:80_000], other, content[:80_000], other)
        )
    )
    assert {answer.status_code for answer in answers} == {200, 409}
    offset = int((await asked(grid, RED_MEMBER, file["id"])).headers["upload-offset"])
    assert offset in (70_000, 80_000)
    told = await sent_from(grid, file["id"], content, offset)
    assert told["state"] == ("COMPLETE" if offset == 80_000 else "REFUSED")


async def sent_from(grid: Running, id: str, content: bytes, offset: int) -> dict[str, Any]:
    answer = await part(grid, RED_MEMBER, id, offset, content[offset:])
    return dict(answer.json())


async def test_only_who_declared_a_file_sends_it(grid: Running) -> None:
    content = PDF
    file = declaring(content, "application/pdf")
    await reported(grid, attachments=[file])
    assert refusal(await part(grid, TOWNSHIP, file["id"], 0, content))[:2] == (
        403,
        "not_the_declarer",
    )
    assert (await part(grid, AUDITOR, file["id"], 0, content)).status_code == 403
    for stranger in (OTHER_TOWNSHIP, HANDLER, caller(roles.RESIDENT, subject="x")):
        assert (await part(grid, stranger, file["id"], 0, content)).status_code == 404
    assert (await asked(grid, NEIGHBOUR, file["id"])).status_code == 200  # of the same grid


async def test_a_video_is_taken_only_where_that_is_set(grid: Running) -> None:
    content = b"\0\0\0\x18ftypmp42" + bytes(90)
    file = declaring(content, "video/mp4")
    body = REPORT | {"attachments": [declaring(photo()), file]}
    answer = await grid.call(RED_MEMBER, "POST", REPORTS, body)
    assert refusal(answer) == (422, "video_not_taken", "/attachments")
    told = creation("k", id=str(uuid4()), attachments=[file])
    (result,) = await batch(grid, RED_MEMBER, told)
    assert (result["outcome"], result["code"]) == ("rejected", "video_not_taken")
    assert (await asked(grid, RED_MEMBER, file["id"])).status_code == 404


async def test_a_video_is_taken_where_that_is_set(
    postgres_server: TestServer, tmp_path: Path
) -> None:
    content = b"\0\0\0\x18ftypmp42" + bytes(90)
    file = declaring(content, "video/mp4")
    async with (
        fresh_databases(postgres_server) as fresh,
        running_grid(fresh, tmp_path, attachment_video=True) as grid,
    ):
        await reported(grid, attachments=[file])
        assert (await sent(grid, RED_MEMBER, file["id"], content))["state"] == "COMPLETE"


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"size": 21 * MIB}, "/attachments/0/size"),
        ({"size": 0}, "/attachments/0/size"),
        ({"media_type": "image/gif"}, "/attachments/0/media_type"),
        ({"media_type": "application/pdf"}, "/attachments/0/media_type"),
        ({"sha256": "0" * 63}, "/attachments/0/sha256"),
        ({"kind": "SONG"}, "/attachments/0/kind"),
        ({"name": "张三.jpg"}, "/attachments/0/name"),
        (
            {"position": {"longitude": 181, "latitude": 0, "datum": "WGS84"}},
            "/attachments/0/position/longitude",
        ),
        ({"taken_at": "2026-01-05T10:00:00"}, "/attachments/0/taken_at"),
    ],
)
async def test_a_wrong_declaration_names_its_field(
    grid: Running, wrong: dict[str, Any], pointer: str
) -> None:
    body = REPORT | {"attachments": [declaring(photo()) | wrong]}
    answer = await grid.call(RED_MEMBER, "POST", REPORTS, body)
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json()["errors"]], answer.text


async def test_an_id_is_of_one_file_alone(grid: Running) -> None:
    file = declaring(photo())
    twice = REPORT | {"attachments": [file, file]}
    answer = await grid.call(RED_MEMBER, "POST", REPORTS, twice)
    assert refusal(answer) == (409, "attachment_taken", "/attachments")
    await reported(grid, attachments=[file])
    answer = await grid.call(RED_MEMBER, "POST", REPORTS, REPORT | {"attachments": [file]})
    assert answer.status_code == 409


async def test_a_retried_creation_declares_once(grid: Running) -> None:
    file = declaring(photo())
    body = REPORT | {"attachments": [file]}
    headers = {"Idempotency-Key": "once"}
    first = await grid.call(RED_MEMBER, "POST", REPORTS, body, headers)
    again = await grid.call(RED_MEMBER, "POST", REPORTS, body, headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert len((await shown(grid, first.json()))["attachments"]) == 1


def test_an_offset_that_is_none_is_left_out_with_the_rest_of_the_exif() -> None:
    """A NUL in it could not be stored: the photo would never be whole, and stop the upkeep of all others."""
    told = {"taken_at": "2026-01-05T10:20:00", "offset": "+0\x008:0"}
    assert _exif(told) is None
    assert _exif(told | {"offset": "+08:00"}) is not None
