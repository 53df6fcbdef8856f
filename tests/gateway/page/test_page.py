import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.gateway.dashboards.figures import SECTIONS
from tests.support.browser import Page, browsing
from tests.support.grid import AREAS
from tests.support.postgres import FreshDatabases
from tests.support.running import eventually
from tests.support.stack import Stack, stack

BUILD = Path(__file__).parents[3] / "build"
VALUE = "document.querySelector('#figures [data-figure=reports_filed] .number')?.textContent"
pytestmark = pytest.mark.proof


@pytest.fixture
async def system(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[Stack]:
    """The grid and the gateway, with one report filed."""
    async with stack(fresh_database, tmp_path, ["grid"]) as running:
        district = await running.token("district_operator")
        answer = await running.call(district, "PUT", "/v1/grid/areas/import", {"rows": AREAS})
        assert answer.status_code == 200, answer.text
        body = {"area_code": "330703105291001", "category": "ENVIRONMENT", "title": "垃圾"}
        answer = await running.call(district, "POST", "/v1/grid/reports", body)
        assert answer.status_code == 201, answer.text

        async def filed() -> bool:
            shown = await running.call(district, "GET", "/v1/districts/330703/dashboard")
            sections = shown.json().get("sections") if shown.status_code == 200 else None
            return bool(sections and sections["grid"]["figures"]["reports_filed"]["value"])

        await eventually(filed)
        yield running


def only_from(page: Page, url: str) -> bool:
    return all(asked.startswith((f"{url}/", "data:")) for asked in page.requested)


async def test_the_page_shows_a_persona_the_figures_and_nothing_amiss(system: Stack) -> None:
    url = system.urls["gateway"]
    async with browsing(f"{url}/") as page:
        await page.until(f"{VALUE} === '1'")
        await page.run("localStorage.lang === 'en' && document.getElementById('language').click()")
        shown = await page.run(
            "[...document.querySelectorAll('#figures [data-figure]')].map(e => e.dataset.figure)"
        )
        assert shown == [f.name for figures in SECTIONS.values() for f in figures]
        text = await page.run("document.body.innerText")
        assert "上报事件数" in text
        assert "按期结案率" in text
        assert re.search(r"数据截至 \d+ 秒前", text)
        assert "尚无数据" in text
        await page.screenshot(BUILD / "page.png")
        townships = await page.run("document.querySelectorAll('#townships tbody tr').length")
        assert townships == sum(len(area["code"]) == 9 for area in AREAS)
        await page.choose("persona", "xiaoshun-operator")
        await page.until("document.querySelector('#townships tbody')?.rows.length === 1")
        assert not page.complaints
        assert only_from(page, url)


async def test_the_page_speaks_english_and_keeps_to_the_period_asked_for(system: Stack) -> None:
    async with browsing(f"{system.urls['gateway']}/#2017") as page:
        await page.until(f"{VALUE} === '0'")
        await page.run("localStorage.lang === 'zh' && document.getElementById('language').click()")
        assert await page.run("document.documentElement.lang") == "en"
        text = await page.run("document.body.innerText")
        assert "2017-01-01 to 2017-12-31" in text
        assert "Reports filed" in text
        await page.run("document.querySelector('[data-year=now]').click()")
        await page.until(f"{VALUE} === '1'")
        assert not page.complaints


async def test_where_there_are_no_personas_a_token_is_pasted(
    fresh_database: FreshDatabases, tmp_path: Path
) -> None:
    elsewhere = {"dev_issuer": False, "oidc_issuer": "http://127.0.0.1:9"}
    async with (
        stack(fresh_database, tmp_path, [], **elsewhere) as running,
        browsing(f"{running.urls['gateway']}/") as page,
    ):
        await page.until("document.getElementById('token-field')?.hidden === false")
        assert await page.run("document.getElementById('persona-field').hidden")


async def test_the_documentation_loads_under_its_own_policy(system: Stack) -> None:
    url = system.urls["gateway"]
    async with browsing(f"{url}/docs") as page:
        await page.until("document.querySelectorAll('.opblock-tag').length > 12")
        assert await page.run("document.querySelector('.errors-wrapper') === null")
        await page.screenshot(BUILD / "docs.png")
        assert not page.complaints
        assert only_from(page, url)
