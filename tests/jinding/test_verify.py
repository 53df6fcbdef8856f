import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from jinding import verify as figures
from jinding.refusal import Refusal
from jinding.settings import Settings
from services.chassis.http.edge import PART
from services.gateway.projections.rebuild import RebuildSource
from services.gateway.projections.registry import SERVICES
from tests.gateway.district import District, district
from tests.support.files import PDF, declaring
from tests.support.grid import REPORT
from tests.support.postgres import FreshDatabases
from tests.support.running import Keys

PLANTED = (
    "update tally set n = n + 1 where metric = 'reports_filed' and area_code = '330703' and n <> 0"
)

WRONG = "update card set data = jsonb_set(data, '{number}', '\"X\"') where noun = 'report'"


@pytest.fixture
async def beside(
    fresh_database: FreshDatabases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[District, Settings]]:
    """A running system, and the settings of a command beside it."""
    async with district(fresh_database, tmp_path, names=SERVICES) as made:

        @asynccontextmanager
        async def serving(*_: Any, **__: Any) -> AsyncIterator[Any]:
            yield SimpleNamespace(url=made.system.databases.__getitem__)

        monkeypatch.setattr(figures, "beside", serving)
        urls = made.system.urls, Keys.at(tmp_path).private
        monkeypatch.setattr(figures, "services_of", lambda _: urls)
        yield made, Settings()


async def test_what_differs_is_shown_until_it_is_rebuilt(
    beside: tuple[District, Settings],
) -> None:
    made, settings = beside
    console = Console(file=io.StringIO(), width=200)
    assert await figures.verify(settings, console) == 0
    await made.system.fetch("gateway", PLANTED)
    assert await figures.verify(settings, console) == 4
    assert "330703 reports_filed 2026-01-05 RED_MEMBER grid" in console.file.getvalue()  # type: ignore[attr-defined]
    await figures.rebuild(settings, console, ["grid"])
    assert await figures.verify(settings, console) == 0
    await made.system.fetch("gateway", PLANTED)
    await made.system.fetch("gateway", WRONG)
    await figures.rebuild(settings, console, [], RebuildSource.ARCHIVE, "somebody")
    assert await figures.verify(settings, console) == 0
    assert "已更正 · corrected: report" in console.file.getvalue()  # type: ignore[attr-defined]


async def test_a_file_that_the_store_has_not_is_shown(
    beside: tuple[District, Settings], tmp_path: Path
) -> None:
    made, settings = beside
    console = Console(file=io.StringIO(), width=200)
    token = await made.system.token("red_grid_member")
    file = declaring(PDF, "application/pdf")
    body = REPORT | {"attachments": [file]}
    receipt = (await made.system.call(token, "POST", "/v1/grid/reports", body)).json()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": PART, "Upload-Offset": "0"}
    path = f"/v1/grid/attachments/{file['id']}"
    answer = await made.system.client.patch(path, content=PDF, headers=headers)
    assert answer.json()["state"] == "COMPLETE"
    assert await figures.verify(settings, console) == 0
    (tmp_path / "attachments" / "grid" / "files" / file["id"]).unlink()
    assert await figures.verify(settings, console) == 1
    assert f"report {receipt['id']}: {file['id']}" in console.file.getvalue()  # type: ignore[attr-defined]


async def test_what_cannot_be_done_is_one_plain_sentence(
    beside: tuple[District, Settings],
) -> None:
    made, settings = beside
    console = Console(file=io.StringIO())
    with pytest.raises(Refusal, match="no such service: water"):
        await figures.rebuild(settings, console, ["water"])
    await made.system.stop("training")
    with pytest.raises(Refusal, match="Service training cannot be reached"):
        await figures.verify(settings, console)
