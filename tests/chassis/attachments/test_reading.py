"""A file is seen by those who see its record, and by nobody else."""

from dataclasses import replace
from typing import Any

import pytest

from services.chassis.audit import Action, Entry
from tests.grid.people import AGENCY, AUDITOR, NEIGHBOUR, RESIDENT
from tests.support.files import asked, declaring, part, pdf, sent
from tests.support.grid import REPORTS, attempt, brought_to, refusal, reported, step
from tests.support.people import (
    HANDLER,
    OPERATOR,
    OTHER_TOWNSHIP,
    RED_MEMBER,
    TOWNSHIP,
    VERIFIER,
)
from tests.support.running import Running

CONTENT = pdf(100_000)


async def whole(grid: Running, **facts: Any) -> tuple[dict[str, Any], str]:
    """The receipt of a report with a whole file, and the file's id."""
    file = declaring(CONTENT, "application/pdf")
    receipt = await reported(grid, attachments=[file], **facts)
    assert (await sent(grid, RED_MEMBER, file["id"], CONTENT))["state"] == "COMPLETE"
    return receipt, file["id"]


async def test_a_file_is_downloaded_through_the_scope_of_its_record(grid: Running) -> None:
    receipt, file = await whole(grid)
    for reader in (RED_MEMBER, TOWNSHIP, NEIGHBOUR, AUDITOR):
        assert (await asked(grid, reader, file, "/content")).content == CONTENT
    for stranger in (OTHER_TOWNSHIP, HANDLER, AGENCY, RESIDENT):
        for rest in ("", "/content"):
            answer = await asked(grid, stranger, file, rest)
            assert answer.status_code == 404, stranger
            assert answer.json()["code"] == "not_found"
    for name in ("accept", "assign"):
        receipt = await step(grid, TOWNSHIP, receipt, name)
    assert (await asked(grid, HANDLER, file, "/content")).content == CONTENT  # it is assigned now


async def test_who_may_not_read_reports_reads_none_of_their_files(grid: Running) -> None:
    _, file = await whole(grid)
    assert (await asked(grid, OPERATOR, file)).status_code == 404
    everywhere = replace(OPERATOR, areas=("330703105",), subject=RED_MEMBER.subject)
    assert (await asked(grid, everywhere, file, "/content")).status_code == 404


async def test_a_file_is_saved_and_never_shown(grid: Running) -> None:
    _, file = await whole(grid)
    answer = await asked(grid, TOWNSHIP, file, "/content")
    told = answer.headers
    assert told["content-disposition"] == f'attachment; filename="document-{file}.pdf"'
    assert told["content-security-policy"] == "sandbox; default-src 'none'"
    assert told["x-content-type-options"] == "nosniff"
    assert told["cache-control"] == "private, no-cache"
    assert told["content-length"] == str(len(CONTENT))
    again = await asked(grid, TOWNSHIP, file, "/content", **{"If-None-Match": told["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("asks", "status", "start", "end"),
    [
        ("bytes=0-9", 206, 0, 10),
        ("bytes=99990-", 206, 99_990, 100_000),
        ("bytes=-7", 206, 99_993, 100_000),
        ("bytes=-999999", 206, 0, 100_000),
        ("bytes=50-999999", 206, 50, 100_000),
        ("bytes=0-1,5-6", 200, 0, 100_000),
        ("bytes=-", 200, 0, 100_000),
        ("lines=1-2", 200, 0, 100_000),
        ("bytes=100000-", 416, 0, 0),
        ("bytes=9-3", 416, 0, 0),
        ("bytes=-0", 416, 0, 0),
    ],
)
async def test_a_range_of_it_is_answered(
    grid: Running, asks: str, status: int, start: int, end: int
) -> None:
    _, file = await whole(grid)
    answer = await asked(grid, TOWNSHIP, file, "/content", Range=asks)
    assert answer.status_code == status
    if status == 416:
        assert answer.headers["content-range"] == "bytes */100000"
        assert answer.json()["code"] == "range_not_satisfiable"
        return
    assert answer.content == CONTENT[start:end]
    if status == 206:
        assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/100000"


async def test_what_has_come_is_told_although_the_version_is_the_same(grid: Running) -> None:
    receipt, _ = await whole(grid)
    path = f"{REPORTS}/{receipt['id']}"
    etag = (await grid.call(TOWNSHIP, "GET", path)).headers["etag"]
    again = await grid.call(TOWNSHIP, "GET", path, headers={"If-None-Match": etag})
    assert again.status_code == 200
    bare = f"{REPORTS}/{(await reported(grid))['id']}"
    etag = (await grid.call(TOWNSHIP, "GET", bare)).headers["etag"]
    again = await grid.call(TOWNSHIP, "GET", bare, headers={"If-None-Match": etag})
    assert again.status_code == 304


@pytest.mark.parametrize(("data_class", "written"), [("C2", 0), ("C3", 1), ("C4", 1)])
async def test_only_sensitive_files_are_audited(
    grid: Running, monkeypatch: pytest.MonkeyPatch, data_class: str, written: int
) -> None:
    receipt, file = await whole(grid)
    attached = grid.runtime.attached
    noun = attached.nouns["report"]
    files = replace(noun.files, data_class=data_class)
    monkeypatch.setitem(attached.nouns, "report", replace(noun, files=files))
    entries: list[Entry] = []

    class Audit:
        async def record(self, connection: Any, caller: Any, entry: Entry) -> None:
            assert (caller.subject, connection.in_transaction()) == (TOWNSHIP.subject, True)
            entries.append(entry)

    monkeypatch.setattr(grid.runtime, "audit", Audit())
    await asked(grid, TOWNSHIP, file)
    assert (await asked(grid, TOWNSHIP, file, "/content")).status_code == 200
    told = [(entry.action, str(entry.object_id), entry.area_code) for entry in entries]
    assert told == [(Action.DOWNLOADED, receipt["id"], "330703105291001")] * written


async def test_a_file_whose_bytes_are_gone_is_not_answered_with_a_500(grid: Running) -> None:
    _, file = await whole(grid)
    await grid.runtime.attached.store.remove(f"files/{file}")
    answer = await asked(grid, TOWNSHIP, file, "/content")
    assert (answer.status_code, answer.json()["code"]) == (503, "content_lost")


async def test_a_file_that_does_not_come_is_withdrawn(grid: Running) -> None:
    files = [declaring(CONTENT, "application/pdf") for _ in range(3)]
    receipt = await reported(grid, attachments=files)
    ids = [file["id"] for file in files]
    await part(grid, RED_MEMBER, ids[0], 0, CONTENT[:70_000])
    assert (await withdrawal(grid, RED_MEMBER, ids[0])).json()["state"] == "WITHDRAWN"
    assert (await withdrawal(grid, TOWNSHIP, ids[1])).json()["state"] == "WITHDRAWN"
    assert (await withdrawal(grid, NEIGHBOUR, ids[2])).status_code == 403
    assert (await withdrawal(grid, OTHER_TOWNSHIP, ids[2])).status_code == 404
    detail = (await grid.call(TOWNSHIP, "GET", f"{REPORTS}/{receipt['id']}")).json()
    assert detail["missing"] == [ids[2]]
    assert (await part(grid, RED_MEMBER, ids[0], 0, CONTENT)).json()["code"] == "already_whole"
    assert (await withdrawal(grid, RED_MEMBER, ids[0])).json()["code"] == "already_whole"
    await sent(grid, RED_MEMBER, ids[2], CONTENT)
    assert (await withdrawal(grid, RED_MEMBER, ids[2])).json()["code"] == "already_whole"


async def withdrawal(grid: Running, caller: Any, file: str) -> Any:
    return await grid.call(caller, "DELETE", f"/v1/grid/attachments/{file}")


async def test_a_report_is_verified_only_once_its_files_are_whole(grid: Running) -> None:
    file = declaring(CONTENT, "application/pdf")
    receipt = await brought_to(grid, "PROCESSING")
    receipt = await step(grid, HANDLER, receipt, "resolve", attachments=[file])
    answer = await attempt(grid, VERIFIER, receipt, "verify")
    assert answer.status_code == 409
    assert refusal(answer)[1] == "attachments_missing"
    assert file["id"] in answer.json()["detail"]
    assert (await sent(grid, HANDLER, file["id"], CONTENT))["state"] == "COMPLETE"
    assert (await step(grid, VERIFIER, receipt, "verify"))["status"] == "VERIFIED"
