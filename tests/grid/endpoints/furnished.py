"""A township that has one of everything, and the next one, whose people must not notice."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.chassis.identity.caller import Caller
from services.grid.visit_tasks.models import task_id_of
from tests.grid import field
from tests.grid.campaigns.test_router import campaign
from tests.grid.demolitions.test_router import DEMOLITION
from tests.grid.duty.test_router import counted
from tests.grid.errands.asking import submitted
from tests.grid.field import MEMBER, OTHER_TOWN, TOWN, listed, made
from tests.grid.key_persons.test_router import PERSON, read
from tests.grid.links.test_handovers import portfolio
from tests.grid.materials.test_router import entry, thing
from tests.grid.parked.sending import held
from tests.grid.patrols.test_router import patrol
from tests.grid.subject_requests.asking import received
from tests.grid.surveys.papers import handed_out, opened, returned, sheet
from tests.grid.tasks.test_router import issued, items
from tests.grid.visit_tasks.test_tasks import heard, visited
from tests.grid.visiting import linked, new_member
from tests.support.files import declaring
from tests.support.grid import reported
from tests.support.people import DISTRICT, IMPORTER, RED_MEMBER, TOWNSHIP
from tests.support.running import Running

HERE = {"area_code": TOWN}
PARTIES = [{"name": name, "phone": "13800005678"} for name in ("朱示范", "王示范")]
UNDIVIDED = {"dead-letters/{}", "parked-events/{}"}
"""What operators look after is of the service as a whole, and of no township."""


@dataclass
class Furnished:
    """`ids` of one of everything, by the path where it is."""

    grid: Running
    ids: dict[str, tuple[str, ...]]

    async def state(self) -> dict[str, str]:
        """Of every table, but for what is on record of who asked, and for numbers that nobody got."""
        tables = await self.grid.fetch(
            "select tablename from pg_tables where schemaname = 'public' and tablename !~ '^(audit|number_sequence)'"
        )
        each = " union all ".join(
            f"select '{name}', md5(string_agg(t::text, '' order by t::text)) from \"{name}\" t"
            for (name,) in tables
        )
        return {row[0]: row[1] for row in await self.grid.fetch(each)}


def neighbour(*which: str) -> Caller:
    """Somebody of the next township in all of these roles."""
    return Caller(
        f"next-door-{'-'.join(sorted(which))}"[:200],
        frozenset(which),
        (OTHER_TOWN,),
        "330703-market-supervision",
        request_id="test",
    )


async def furnish(grid: Running) -> dict[str, tuple[str, ...]]:
    found: dict[str, str] = {}
    await _reports(grid, found)
    await _visits(grid, found)
    await _outreach(grid, found)
    await _help(grid, found)
    await _desk(grid, found)
    whole: dict[str, tuple[str, ...]] = {f"{path}/{{}}": (id,) for path, id in found.items()}
    for path in ("reports", "members", "households", "errands", "subject-requests"):
        (person, *_) = await grid.fetch(
            "select id from person where aggregate_id = $1", UUID(found[path])
        )
        whole[f"{path}/{{}}/people/{{}}"] = found[path], str(person["id"])
    person = (await read(grid, {"id": found["key-persons"]}))["person"]["id"]
    return whole | {"key-persons/{}/people/{}": (found["key-persons"], person)}


async def _reports(grid: Running, found: dict[str, str]) -> None:
    file = declaring(b"a" * 64)
    facts: dict[str, Any] = {"category": "DISPUTE", "parties": PARTIES, "attachments": [file]}
    found["reports"] = (await reported(grid, RED_MEMBER, **facts))["id"]
    found["attachments"] = file["id"]
    found["parked-items"] = await held(grid, RED_MEMBER)


async def _outreach(grid: Running, found: dict[str, str]) -> None:
    found["campaigns"] = (await made(grid, DISTRICT, "campaigns", **campaign(**HERE)))["id"]
    walk = patrol(participants=[TOWNSHIP.subject])
    found["patrols"] = (await made(grid, TOWNSHIP, "patrols", **walk))["id"]
    found["demolitions"] = (await made(grid, MEMBER, "demolitions", **DEMOLITION))["id"]
    stock = (await made(grid, TOWNSHIP, "material-items", **thing(**HERE)))["id"]
    taken = await made(grid, TOWNSHIP, "material-entries", **entry("STOCK_IN", stock, 10))
    countered = {"counters": taken["id"], "reason": "录入错误"}
    counter = await made(grid, TOWNSHIP, "material-counters", **countered)
    found |= {"material-items": stock, "material-entries": taken["id"]}
    found["material-counters"] = counter["id"]
    survey = await opened(grid, **HERE)
    token, *_ = await handed_out(grid, survey)
    found["surveys"] = survey["id"]
    found["survey-issues"] = (await listed(grid, "survey-issues"))[0]["id"]
    found["survey-returns"] = (await returned(grid, survey, sheet(token)))["id"]


async def _visits(grid: Running, found: dict[str, str]) -> None:
    one, _ = await portfolio(grid, 1)
    other = await new_member(grid)
    told = {"from_member": one["id"], "to_member": other["id"]}
    found["handovers"] = (await made(grid, TOWNSHIP, "handovers", **told))["id"]
    who, person, home = await linked(grid)
    found |= {"members": person["id"], "households": home["id"]}
    found["visits"] = (await visited(grid, who, home))["id"]
    report = await reported(grid, TOWNSHIP, category="DISPUTE", household_id=home["id"])
    offsets: Any = {"jinding.grid.report.v1": iter(range(9))}
    await grid.fetch(
        "insert into consumer_offset values ('grid-subscriptions', $1, 0, 'this log', 0)",
        *offsets,
    )
    await heard(grid, offsets, report["id"])
    found["visit-tasks"] = str(task_id_of(UUID(report["id"])))
    await counted(grid, TOWNSHIP, HERE | {"week": "2026-W40"})
    found["duty-weeks"] = (await listed(grid, "duty-weeks"))[0]["id"]


async def _help(grid: Running, found: dict[str, str]) -> None:
    found["errands"] = (await submitted(grid))["id"]
    matter = {"code": "M-1", "valid_from": "2026-01-01", "name": "检查", "name_en": "Checks"}
    found["admission-items"] = (await made(grid, DISTRICT, "admission-items", **matter | HERE))[
        "id"
    ]
    order = await issued(grid, code="M-1")
    found["task-orders"] = order["id"]
    found["task-items"] = (await items(grid, order))[0]["id"]


async def _desk(grid: Running, found: dict[str, str]) -> None:
    found["key-persons"] = (await made(grid, TOWNSHIP, "key-persons", **PERSON))["id"]
    found["subject-requests"] = (await received(grid, **HERE))["id"]
    hold = {"aggregate_id": found["reports"], "reason": "依法保全证据"}
    answer = await field.post(grid, DISTRICT, "legal-holds", **hold | HERE)
    found["legal-holds"] = answer.json()["id"]
    wish = {"list": "reports", "format": "csv", "purpose": "核对台账"}
    found["exports"] = (await field.post(grid, TOWNSHIP, "exports", **wish)).json()["id"]
    opened = await field.post(grid, IMPORTER, "imports", source="台账")
    found["imports"] = opened.json()["id"]
