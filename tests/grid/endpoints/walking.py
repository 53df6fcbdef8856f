"""Somebody who goes from answer to answer, and notices what does not belong there.

What is drawn depends on what was answered, and a walk is as long as a morning's work: Hypothesis and Schemathesis draw
all of an example beforehand, and no more than some kilobytes. So a seed draws, and Schemathesis judges the answers."""

from collections import Counter
from collections.abc import Mapping
from random import Random
from typing import Any
from uuid import uuid4

import schemathesis
from asyncpg import Connection
from httpx import Response
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from services.chassis.identity.caller import Caller
from services.contracts.roles import ROLES
from tests.grid.endpoints.drawing import Drawn
from tests.grid.endpoints.furnished import Furnished
from tests.grid.endpoints.surface import DOCUMENT, DOCUMENTED, NAMED, Document, Endpoint
from tests.grid.field import GRID, TOWN

SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
State = dict[str, list[int]]
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
EVERYBODY = Caller("everybody", frozenset(ROLES), ("330703",), "330703-enforcement")
AREAS = ("330703", "330703", TOWN, GRID)
"""Whose somebody is."""

TABLES = """
    select tablename from pg_tables where schemaname = 'public' and tablename !~ '^(audit|number_sequence)'"""
ROWS = "select '{0}', count(*), max(xmin::text::bigint) from \"{0}\""


def name_of(endpoint: Endpoint) -> str:
    return str(endpoint.operation["operationId"])


READING = [each for each in DOCUMENTED if each.method == "GET"]
SHOWING = {e.record: e for e in READING if e.path.endswith("}")}
CREATING = [e for e in DOCUMENTED if "201" in e.operation["responses"] and not e.record]
STEPS = [each for each in DOCUMENTED if "428" in each.operation["responses"]]
IN_PIECES = {
    "import_areas",
    "import_organisations",
    "import_populations",
    "import_micro_grids",
    "count_duty_weeks",
}
"""What was done before the row that is refused stays; a repeat goes on."""
OFFERED = [each for each in STEPS if each.record in SHOWING]
OTHERS = [e for e in DOCUMENTED if e not in [*READING, *CREATING, *STEPS] and e.method != "PATCH"]


class Walk:
    """`took`: how often each operation was done; `answers`: by operation and status."""

    def __init__(self, township: Furnished, watching: Connection, seed: int) -> None:
        self.township, self.watching, self.random = township, watching, Random(seed)
        self.ids = {path: [some[0]] for path, some in township.ids.items() if len(some) == 1}
        self.persons = {some[0]: some[1] for some in township.ids.values() if len(some) == 2}
        self.look = ""
        self.took: Counter[str] = Counter()
        self.answers: Counter[tuple[str, int]] = Counter()
        self.trail: list[Any] = []

    async def goes(self) -> None:
        """One way or another. What was said on it last stands in the report of a failure."""
        self.trail.clear()
        ways = (self.creates, self.is_offered, self.tries, self.does_else)
        (way,) = self.random.choices(ways, (2, 6, 1, 1))
        try:
            await way()
        except BaseException as error:
            error.add_note("\n".join(map(str, self.trail)))
            raise

    async def creates(self) -> None:
        await self.does(self.random.choice(CREATING))

    async def is_offered(self) -> None:
        """A step that the record's state allows, by somebody who may."""
        showing = SHOWING[self.random.choice(OFFERED).record]
        id = self.some(showing.record)
        offered = (await self.shown(showing, id)).json().get("allowed_actions", ())
        if steps := [each for each in OFFERED if name_of(each) in offered]:
            await self.does(self.random.choice(steps), id)

    async def tries(self) -> None:
        """Any step, whether it is offered or not."""
        endpoint = self.random.choice(STEPS)
        await self.does(endpoint, self.some(endpoint.record))

    async def does_else(self) -> None:
        endpoint = self.random.choice(self.random.choice((READING, OTHERS)))
        await self.does(endpoint, self.some(endpoint.record) if endpoint.record else None)

    def some(self, record: str) -> str:
        """Mostly of the newest."""
        known = self.ids.get(record.removesuffix("/people/{}")) or [str(uuid4())]
        return self.random.choice((known[-1], self.random.choice(known[-5:])))

    def somebody(self, endpoint: Endpoint) -> Caller:
        """In a role that may."""
        role = self.random.choice(sorted(endpoint.roles))
        areas = (self.random.choice(AREAS),)
        whose = "330703-enforcement"
        return Caller(f"person-{role}", frozenset({role}), areas, whose, request_id="walk")

    async def does(self, endpoint: Endpoint, id: str | None = None) -> None:
        """One request, and what must follow from its answer: a refusal, and whatever only tells, leaves no trace."""
        who, said = self.somebody(endpoint), Drawn(self.random, self.ids).body(endpoint)
        before = await self.version(endpoint, id)
        keyed = "idempotency-key" in [p["name"] for p in endpoint.operation.get("parameters", ())]
        headers = {"Idempotency-Key": str(uuid4())} if keyed else {}
        if endpoint in STEPS and self.random.random() < 0.95:
            headers["If-Match"] = f'"{before}"' if self.random.random() < 0.9 else '"99"'
        ids = [id, self.persons.get(id, str(uuid4()))] if id else []
        there = await self.state()
        answer = await self.ask(endpoint, who, ids, said, headers)
        if answer.is_error or endpoint.method == "GET":
            left = changes(there, await self.state())
            assert left == {} or name_of(endpoint) in IN_PIECES, left
            return
        self.took[name_of(endpoint)] += 1
        if endpoint in CREATING and "etag" in answer.headers:
            await self.created(endpoint, answer.json())
        if endpoint in STEPS:
            after = answer.json()["version"]
            assert answer.headers["ETag"] == f'"{after}"'
            assert before in (None, after - 1)
            assert await self.version(endpoint, id) in (None, after)
        if keyed:
            there = await self.state()
            again = await self.ask(endpoint, who, ids, said, headers)
            assert (again.status_code, again.content) == (answer.status_code, answer.content)
            assert changes(there, await self.state()) == {}

    async def created(self, endpoint: Endpoint, receipt: Document) -> None:
        record = f"{endpoint.path.removeprefix('/v1/grid/')}/{{}}"
        self.ids.setdefault(record, []).append(receipt["id"])
        assert receipt["version"] == 1
        if record in SHOWING:
            assert await self.version(SHOWING[record], receipt["id"]) == 1

    async def version(self, endpoint: Endpoint, id: str | None) -> int | None:
        """Of the record; None where it has none."""
        if id is None or endpoint.record not in SHOWING:
            return None
        told = (await self.shown(SHOWING[endpoint.record], id)).headers.get("etag")
        return int(told.strip('"')) if told else None

    async def shown(self, showing: Endpoint, id: str) -> Response:
        """As they see it who see all."""
        return await self.ask(showing, EVERYBODY, [id])

    async def ask(
        self,
        endpoint: Endpoint,
        who: Caller,
        ids: list[str],
        said: Document | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Documented, and of its form."""
        grid = self.township.grid
        self.trail.append((endpoint.name, who.roles, ids, said, headers))
        answer = await grid.call(who, endpoint.method, endpoint.at(*ids), said, headers)
        self.trail.append((answer.status_code, answer.text[:1000]))
        self.answers[name_of(endpoint), answer.status_code] += 1
        named = {name[1:-1]: "-" for name in NAMED.findall(endpoint.path)}
        operation = SCHEMA[endpoint.path][endpoint.method]
        case = operation.Case(path_parameters=named)
        case.validate_response(answer, checks=CHECKS)
        if answer.is_error:
            assert answer.headers["Content-Type"] == "application/problem+json"
        return answer

    async def state(self) -> State:
        """The rows of each table and the last change of any, but for who asked."""
        if not self.look:
            tables = await self.watching.fetch(TABLES)
            self.look = " union all ".join(ROWS.format(name) for (name,) in tables)
        return {name: told for name, *told in await self.watching.fetch(self.look)}


def changes(before: State, after: State) -> State:
    return {
        name: [*before.get(name, ()), *told]
        for name, told in after.items()
        if before.get(name) != told
    }
