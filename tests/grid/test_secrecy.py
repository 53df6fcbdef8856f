"""Role × sensitive report × whatever answers: who reported it, where exactly, and what, is nobody's but theirs who may
know. Generated from the roles and from the routes that there are."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from services.chassis.identity.caller import Caller, job
from services.contracts import roles
from services.contracts.codes_grid import Finder
from tests.grid.parked.sending import PARKED, ahead, decide
from tests.grid.people import ENFORCEMENT, GRID, OTHER_RESIDENT
from tests.grid.points.test_router import centred
from tests.grid.reports.test_content import position
from tests.grid.reports.test_sensitive import SENSITIVE
from tests.support.exports import EXPORTS, exporter
from tests.support.grid import (
    BATCH,
    REPORTS,
    SAYING,
    acceptance,
    batch,
    creation,
    reported,
    step,
)
from tests.support.people import TOWNSHIP, caller
from tests.support.running import Running

REPORTER = caller(roles.RESIDENT, GRID, subject="whistle-blower-77")
WHO, LNG, LAT = REPORTER.subject, 119.654321, 29.098765
SPOT = (str(LNG), str(LAT))
WORDS = ("绝密标题甲", "绝密经过乙", "绝密地点丙")
KNOWING = {
    *(roles.TOWNSHIP_OPERATOR, roles.DISTRICT_OPERATOR, roles.DATA_IMPORTER, roles.AUDITOR),
}
HANDLING = {
    roles.DEPARTMENT_HANDLER: (),
    roles.AGENCY: WORDS[1:],  # they fetch these for a purpose
}
"""To whom they are assigned; and what of the words these do not see in what they may read."""
OTHERS = sorted(roles.ROLES.keys() - KNOWING - HANDLING.keys())
FOUND = '"finder":"RESIDENT"'
"""What kind of person the reporter is, as the detail tells; a filter might tell it, too."""
FILTERED = (REPORTS, f"{REPORTS}.geojson")
LENGTH = {"limit": 200}


def somebody(role: str) -> Caller:
    """Of that role in the very grid, and of the organisation that handles the reports."""
    handles = role in HANDLING
    return caller(
        role, GRID, subject=f"reader-{role}", organisation=ENFORCEMENT if handles else None
    )


@dataclass
class Kept:
    grid: Running
    reports: dict[str, dict[str, Any]]
    parked: list[str]

    async def lists(self, who: Caller) -> str:
        """Everything that the role can read without naming a record."""
        told = ""
        for path, operations in self.grid.app.openapi()["paths"].items():
            if "get" in operations and "{" not in path and path.startswith("/v1/"):
                takes = {p["name"] for p in operations["get"].get("parameters", ())}
                asked: dict[str, Any] = {name: n for name, n in LENGTH.items() if name in takes}
                answer = await self.grid.call(who, "GET", path, **asked)
                assert answer.status_code < 500, (path, answer.text)
                told += answer.text
        return told

    async def found_by(self, who: Caller, finder: str) -> str:
        """What the lists tell of those of which somebody like that is said to have found them."""
        told = ""
        for path in FILTERED:
            told += (await self.grid.call(who, "GET", path, finder=finder, limit=200)).text
        for format in ("csv", "geojson"):
            told += await self.file(who, format, finder=finder)
        return told

    async def of_each(self, who: Caller) -> str:
        """Whatever can be asked of each, or tried on one of them; no step is taken, as it names another version."""
        told, headers = "", {"If-Match": '"99"', "Prefer": "return=representation"}
        for path, operations in self.grid.app.openapi()["paths"].items():
            if not path.startswith(f"{REPORTS}/{{report_id}}"):
                continue
            for method in ("get", "post"):
                if method in operations and not path.endswith("/details"):
                    for receipt in [*self.reports.values()][: None if method == "get" else 1]:
                        at = path.replace("{report_id}", receipt["id"])
                        body = SAYING.get(path.rpartition("/")[2], {}) if method == "post" else None
                        answer = await self.grid.call(who, method.upper(), at, body, headers)
                        assert answer.status_code < 500, (path, answer.text)
                        told += answer.text
        return told

    async def suggestions(self, who: Caller) -> str:
        asked = {"area_code": GRID, "place": WORDS[2], "position": position(lng=LNG, lat=LAT)}
        told = ""
        for category in ("ENVIRONMENT", "PUBLIC_SECURITY"):
            body = asked | {"category": category}
            answer = await self.grid.call(who, "POST", f"{REPORTS}/duplicates", body)
            told += answer.text.replace(WORDS[2], "")  # one's own words in a refusal
        return told

    async def batch(self, who: Caller) -> str:
        """Another's id to create under, and a step on each."""
        items: list[dict[str, Any]] = []
        for kind, receipt in self.reports.items():
            items.append(creation(f"{who.subject}-{kind}", id=receipt["id"]))
            items.append(acceptance(f"{who.subject}-{kind}-a", receipt["id"], if_match=99))
        answer = await self.grid.call(who, "POST", BATCH, {"items": items})
        assert answer.status_code < 500, answer.text
        return answer.text

    async def files(self, who: Caller) -> str:
        """Every format of the list, as a file."""
        return "".join([await self.file(who, format) for format in ("csv", "geojson")])

    async def file(self, who: Caller, format: str, **filters: Any) -> str:
        wish = {"list": "reports", "format": format, "purpose": "核对", "filters": filters}
        answer = await self.grid.call(who, "POST", EXPORTS, wish)
        if answer.status_code == 202:
            await exporter(self.grid).run()
            content = f"{EXPORTS}/{answer.json()['id']}/content"
            answer = await self.grid.call(who, "GET", content)
            assert answer.status_code == 200, answer.text
        return answer.text

    async def parked_items(self, who: Caller) -> str:
        """What devices could not do, or not at once: open, held and decided, and each by itself."""
        told = ""
        ways: list[dict[str, Any]] = [{}, {"held": True}, {"held": False}, {"decided": True}]
        for asked in ways:
            told += (await self.grid.call(who, "GET", PARKED, limit=200, **asked)).text
        for id_ in self.parked:
            told += (await self.grid.call(who, "GET", f"{PARKED}/{id_}")).text
        return told

    async def all(self, who: Caller) -> str:
        made = (self.lists, self.of_each, self.suggestions, self.batch, self.files)
        parts = (*made, self.parked_items)
        return "".join([await part(who) for part in parts])


@pytest.fixture(scope="module")
async def kept(grid: Running) -> Kept:
    await centred(grid)
    made = {}
    title, description, place = WORDS
    for kind, facts in SENSITIVE.items():
        told = {"title": title, "description": description, **facts, "place": place}
        receipt = await reported(grid, REPORTER, position=position(lng=LNG, lat=LAT), **told)
        receipt = await step(grid, TOWNSHIP, receipt, "accept")
        made[kind] = await step(grid, TOWNSHIP, receipt, "assign", organisation=ENFORCEMENT)
    return Kept(grid, made, await items_of(grid))


async def items_of(grid: Running) -> list[str]:
    """What the reporter's device sent of such reports, too: by a clock that is fast, wrong, released, discarded."""
    title, description, place = WORDS
    told = {"title": title, "description": description, "place": place, "area_code": GRID}
    sent = []
    for kind, facts in SENSITIVE.items():
        sent += [ahead(f"{kind}-{n}", **facts | told) for n in ("held", "release", "discard")]
        sent.append(creation(f"{kind}-wrong", **facts | told | {"subcategory": "NONE_SUCH"}))
    results = await batch(grid, REPORTER, *sent)
    ids = {item["key"]: result["parked"] for item, result in zip(sent, results, strict=True)}
    for key, id_ in ids.items():
        if (how := key.rpartition("-")[2]) in ("release", "discard"):
            assert (await decide(grid, TOWNSHIP, id_, how)).status_code == 200
    return [*ids.values()]


@pytest.mark.parametrize("role", OTHERS)
async def test_who_has_nothing_to_do_with_it_learns_nothing(kept: Kept, role: str) -> None:
    told = await kept.all(somebody(role))
    assert [secret for secret in (WHO, *SPOT, *WORDS) if secret in told] == []
    assert not any(receipt["number"] in told for receipt in kept.reports.values())


@pytest.mark.parametrize("role", HANDLING)
async def test_who_handles_it_learns_neither_from_whom_nor_where_exactly(
    kept: Kept, role: str
) -> None:
    told = await kept.all(somebody(role))
    assert all(receipt["number"] in told for receipt in kept.reports.values())
    assert [secret for secret in (WHO, FOUND, *SPOT, *HANDLING[role]) if secret in told] == []
    assert WORDS[0] in told
    assert "GRID_CENTROID" in told


@pytest.mark.parametrize("role", sorted(KNOWING))
async def test_who_may_know_does_but_no_map_shows_the_place(kept: Kept, role: str) -> None:
    """Else the tests above would prove nothing."""
    who = somebody(role)
    told = await kept.of_each(who)
    assert [secret for secret in (WHO, FOUND, *SPOT, *WORDS) if secret not in told] == []
    mapped = await kept.files(who) + await kept.lists(who)
    assert [secret for secret in SPOT if secret in mapped] == []


@pytest.mark.parametrize("role", sorted(roles.ROLES))
async def test_no_filter_tells_what_kind_of_person_found_it(kept: Kept, role: str) -> None:
    """But those who are told it anyway."""
    found = {finder: await kept.found_by(somebody(role), finder) for finder in Finder}
    for receipt in kept.reports.values():
        by = [finder for finder, told in found.items() if receipt["number"] in told]
        assert by == ([Finder.RESIDENT] if role in KNOWING else [])


async def test_neighbours_who_reported_something_else_learn_nothing(kept: Kept) -> None:
    await reported(kept.grid, OTHER_RESIDENT)
    told = await kept.all(OTHER_RESIDENT)
    assert [secret for secret in (WHO, *SPOT, *WORDS) if secret in told] == []


async def test_a_step_and_the_details_tell_the_handler_no_more(kept: Kept) -> None:
    """What is answered to a step that is taken, and what is fetched for a purpose."""
    handler, agency = map(somebody, HANDLING)
    told = ""
    for receipt in kept.reports.values():
        at = f"{REPORTS}/{receipt['id']}"
        for who in (agency, handler):
            body = {"purpose": "现场处置需要"}
            answer = await kept.grid.call(who, "POST", f"{at}/details", body)
            assert answer.status_code == 200, answer.text
            told += answer.text
        version = answer.headers["ETag"]
        wish = {"If-Match": version, "Prefer": "return=representation"}
        answer = await kept.grid.call(handler, "POST", f"{at}/start", {}, wish)
        assert (answer.status_code, answer.json()["status"]) == (200, "PROCESSING")
        told += answer.text
    assert WORDS[1] in told
    assert [secret for secret in (WHO, FOUND, *SPOT) if secret in told] == []


async def test_the_public_look_up_tells_the_progress_alone(kept: Kept) -> None:
    for receipt in kept.reports.values():
        path = f"{REPORTS}/{receipt['id']}/lookup-code"
        code = (await kept.grid.call(REPORTER, "POST", path, {})).json()["code"]
        asked = "POST", "/internal/reports/progress", {"code": code}
        answer = await kept.grid.call(job("gateway"), *asked)
        assert answer.status_code == 200, answer.text
        secrets = (WHO, *SPOT, *WORDS, receipt["number"], GRID)
        assert [secret for secret in secrets if secret in answer.text] == []


async def test_no_event_carries_it_to_the_gateway(kept: Kept) -> None:
    """Drill-down, timelines and agencies' feeds are made of events alone."""
    ids = [UUID(receipt["id"]) for receipt in kept.reports.values()]
    rows = await kept.grid.fetch(
        "select topic, convert_from(body, 'utf8') || headers::text as told from outbox "
        "where aggregate_id = any($1)",
        ids,
    )
    assert {row["topic"] for row in rows} == {"jinding.grid.sensitive_report.v1"}
    told = "".join(row["told"] for row in rows)
    assert [secret for secret in (WHO, *SPOT, *WORDS) if secret in told] == []
    assert "FRAUD_CLUE" not in told
