"""What the files of a report tell of its place, and what a partner agency says before it has one."""

from typing import Any
from uuid import UUID

import pytest

from services.contracts import roles
from tests.grid.people import AGENCY, COLLEAGUE
from tests.grid.reports.test_sensitive import SENSITIVE
from tests.support.files import declaring, photo, sent
from tests.support.grid import REPORTS, brought_to, refusal, shown, step
from tests.support.people import DISTRICT, HANDLER, RED_MEMBER, TOWNSHIP, caller
from tests.support.running import Running

PHOTO = photo()
FILES = "/v1/grid/attachments"
MADE: dict[str, Any] = {
    "taken_at": "2026-01-05T02:20:30Z",
    "position": {"longitude": 119.81234, "latitude": 29.12345, "datum": "GCJ02"},
}
PLACE = {"taken_at", "position", "exif"}
PURPOSE = {"purpose": "现场处置需要"}
AUDITOR = caller(roles.AUDITOR)


async def with_photo(grid: Running, status: str = "ASSIGNED", **facts: Any) -> Any:
    """A report with a whole photo that tells where and when it was made."""
    file = declaring(PHOTO, **MADE)
    receipt = await brought_to(grid, status, attachments=[file], **facts)
    await sent(grid, RED_MEMBER, file["id"], PHOTO)
    return receipt, file["id"]


async def told_of(grid: Running, who: Any, receipt: Any, file: str) -> list[dict[str, Any]]:
    """The file as the report's detail tells it, and as its own does."""
    (listed,) = (await shown(grid, receipt, who))["attachments"]
    alone = await grid.call(who, "GET", f"{FILES}/{file}")
    assert alone.status_code == 200, alone.text
    return [listed, alone.json()]


async def downloads(grid: Running, receipt: Any) -> list[tuple[Any, ...]]:
    query = "select subject, purpose from audit where action = 'DOWNLOADED' and object_id = $1"
    return [tuple(row.values()) for row in await grid.fetch(query, UUID(receipt["id"]))]


@pytest.mark.parametrize("facts", SENSITIVE.values(), ids=SENSITIVE)
async def test_a_photo_does_not_tell_the_place_of_a_sensitive_report(
    grid: Running, facts: dict[str, Any]
) -> None:
    receipt, file = await with_photo(grid, **facts)
    for told in await told_of(grid, HANDLER, receipt, file):
        assert [told[name] for name in PLACE] == [None] * 3
    for who in (RED_MEMBER, TOWNSHIP, DISTRICT, AUDITOR):
        for told in await told_of(grid, who, receipt, file):
            assert told["position"] == MADE["position"]
            assert told["exif"]["position"]


async def test_of_any_other_report_it_does(grid: Running) -> None:
    receipt, file = await with_photo(grid)
    for told in await told_of(grid, HANDLER, receipt, file):
        assert None not in {str(told[name]) for name in PLACE}
        assert told["position"] == MADE["position"]


async def test_who_made_a_photo_sees_what_it_says(grid: Running) -> None:
    receipt = await brought_to(grid, "PROCESSING", anonymous=True)
    file = declaring(PHOTO, **MADE)
    receipt = await step(grid, HANDLER, receipt, "resolve", opinion="已清理", attachments=[file])
    for told in await told_of(grid, HANDLER, receipt, file["id"]):
        assert told["position"] == MADE["position"]


async def test_an_agency_says_what_for_before_it_has_a_file(grid: Running) -> None:
    receipt, file = await with_photo(grid)
    for told in await told_of(grid, AGENCY, receipt, file):
        assert [told[name] for name in PLACE] == [None] * 3
    answer = await grid.call(AGENCY, "GET", f"{FILES}/{file}/content")
    assert refusal(answer) == (403, "details_not_fetched")
    await step(grid, AGENCY, receipt, "receive")
    answer = await grid.call(AGENCY, "GET", f"{FILES}/{file}/content")
    assert refusal(answer) == (403, "details_not_fetched")
    assert await downloads(grid, receipt) == []
    answer = await grid.call(AGENCY, "POST", f"{REPORTS}/{receipt['id']}/details", PURPOSE)
    assert answer.status_code == 200, answer.text
    for times in (1, 2):
        answer = await grid.call(AGENCY, "GET", f"{FILES}/{file}/content")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
        assert await downloads(grid, receipt) == [(AGENCY.subject, PURPOSE["purpose"])] * times


async def test_the_purpose_of_one_is_not_that_of_another(grid: Running) -> None:
    receipt, file = await with_photo(grid)
    other, _ = await with_photo(grid)
    colleague = caller(roles.AGENCY, subject="agency-2", organisation=AGENCY.organisation)
    for who, of in ((colleague, receipt), (AGENCY, other)):
        answer = await grid.call(who, "POST", f"{REPORTS}/{of['id']}/details", PURPOSE)
        assert answer.status_code == 200, answer.text
    answer = await grid.call(AGENCY, "GET", f"{FILES}/{file}/content")
    assert refusal(answer) == (403, "details_not_fetched")


async def test_others_download_without_a_purpose(grid: Running) -> None:
    receipt, file = await with_photo(grid)
    for who in (HANDLER, COLLEAGUE, RED_MEMBER):
        answer = await grid.call(who, "GET", f"{FILES}/{file}/content")
        assert answer.status_code == 200, answer.text
    assert await downloads(grid, receipt) == []


async def test_a_title_is_told_to_an_agency_for_a_purpose_alone(grid: Running) -> None:
    receipt = await brought_to(grid, "ASSIGNED", title="张三家门口的垃圾")
    assert (await shown(grid, receipt, AGENCY))["title"] is None
    for path in (REPORTS, f"{REPORTS}.geojson"):
        answer = await grid.call(AGENCY, "GET", path, limit=200)
        assert receipt["id"] in answer.text or path != REPORTS
        assert "张三" not in answer.text
    assert "张三" in (await grid.call(HANDLER, "GET", REPORTS, limit=200)).text
    answer = await grid.call(AGENCY, "POST", f"{REPORTS}/{receipt['id']}/details", PURPOSE)
    assert answer.json()["title"] == "张三家门口的垃圾"
