"""Files through the gateway, as an app sends and gets them."""

import hashlib
from collections.abc import AsyncIterator

import pytest

from services.chassis.http.edge import PART
from services.gateway.edge.cors import EXPOSED
from services.gateway.edge.proxy import FORWARDED, METHODS
from tests.gateway.district import District, district
from tests.support.files import MAKER, PDF, declaring, photo
from tests.support.grid import REPORT
from tests.support.postgres import TestServer, fresh_databases


@pytest.fixture(scope="module")
async def town(
    postgres_server: TestServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[District]:
    async with (
        fresh_databases(postgres_server) as fresh,
        district(fresh, tmp_path_factory.mktemp("files")) as made,
    ):
        yield made


async def bearer(town: District, role: str) -> dict[str, str]:
    token = await town.system.token(role, areas=["330703105"])
    return {"Authorization": f"Bearer {token}"}


async def test_a_photo_goes_through_the_gateway_in_parts_and_comes_back(town: District) -> None:
    client, content = town.system.client, PDF * 12
    member = await bearer(town, "red_grid_member")
    files = [declaring(content, "application/pdf"), declaring(small := photo())]
    body = REPORT | {"attachments": files}
    answer = await client.post("/v1/grid/reports", json=body, headers=member)
    assert answer.status_code == 201, answer.text
    for file, whole in zip(files, (content, small), strict=True):
        path = f"/v1/grid/attachments/{file['id']}"
        told = await client.head(path, headers=member)
        assert (told.headers["upload-offset"], told.content) == ("0", b"")
        offset = 0
        while offset < len(whole):
            headers = member | {"Upload-Offset": str(offset), "Content-Type": PART}
            answer = await client.patch(path, content=whole[offset:][: 1 << 20], headers=headers)
            assert answer.status_code == 200, answer.text
            offset = int(answer.headers["upload-offset"])
        assert answer.json()["state"] == "COMPLETE"
    wrong = member | {"Upload-Offset": "7", "Content-Type": PART}
    path = f"/v1/grid/attachments/{files[0]['id']}"
    answer = await client.patch(path, content=b"x", headers=wrong)
    assert (answer.status_code, answer.json()["code"]) == (409, "already_whole")
    operator = await bearer(town, "township_operator")
    answer = await client.get(f"{path}/content", headers=operator)
    assert hashlib.sha256(answer.content).hexdigest() == files[0]["sha256"]
    for name, value in (
        ("content-disposition", f'attachment; filename="document-{files[0]["id"]}.pdf"'),
        ("content-security-policy", "sandbox; default-src 'none'"),
        ("cache-control", "private, no-cache"),
        ("x-content-type-options", "nosniff"),
        ("accept-ranges", "bytes"),
        ("content-length", str(len(content))),
    ):
        assert answer.headers[name] == value
    some = await client.get(f"{path}/content", headers=operator | {"Range": "bytes=10-19"})
    assert (some.status_code, some.content) == (206, content[10:20])
    assert some.headers["content-range"] == f"bytes 10-19/{len(content)}"
    tag = operator | {"If-None-Match": answer.headers["etag"]}
    assert (await client.get(f"{path}/content", headers=tag)).status_code == 304
    picture = await client.get(f"/v1/grid/attachments/{files[1]['id']}/content", headers=operator)
    assert MAKER.encode() not in picture.content


async def test_a_part_at_the_wrong_offset_is_told_the_right_one(town: District) -> None:
    member, file = await bearer(town, "red_grid_member"), declaring(PDF, "application/pdf")
    client, body = town.system.client, REPORT | {"attachments": [file]}
    await client.post("/v1/grid/reports", json=body, headers=member)
    path = f"/v1/grid/attachments/{file['id']}"
    for offset, status, where in ((0, 200, "70000"), (70_001, 409, "70000"), (0, 200, "70000")):
        headers = member | {"Upload-Offset": str(offset), "Content-Type": PART}
        answer = await client.patch(path, content=PDF[offset:][:70_000], headers=headers)
        assert (answer.status_code, answer.headers["upload-offset"]) == (status, where)


async def test_bytes_are_taken_where_files_are_and_nowhere_else(town: District) -> None:
    client, member = town.system.client, await bearer(town, "red_grid_member")
    told = member | {"Content-Type": PART}
    assert (await client.post("/v1/grid/reports", content=b"x", headers=told)).status_code == 415
    path = "/v1/grid/attachments/0197a0a0-0000-7000-8000-000000000000"
    answer = await client.patch(path, content=b"x", headers=told)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (
        422,
        "/header/upload-offset",
    )
    told |= {"Upload-Offset": "0"}
    assert (await client.patch(path, content=b"x", headers=told)).status_code == 404
    assert (await client.patch(path, content=bytes(2_000_001), headers=told)).status_code == 413
    html = member | {"Content-Type": "text/html", "Upload-Offset": "0"}
    assert (await client.patch(path, content=b"x", headers=html)).status_code == 415


def test_a_page_may_send_files_and_read_how_far_they_came() -> None:
    assert "PATCH" in METHODS
    assert {"upload-offset", "range"} <= set(FORWARDED)
    assert {"Upload-Offset", "Content-Disposition", "Content-Range"} <= set(EXPOSED)
