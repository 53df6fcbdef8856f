"""Bodies that somebody might send, drawn from what the application tells of them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import uuid4

from tests.grid import visiting
from tests.grid.demolitions.test_router import DEMOLITION
from tests.grid.endpoints.surface import KNOWN, Document, Endpoint, fitting, resolved
from tests.grid.errands import asking
from tests.grid.field import GRID
from tests.grid.patrols.test_router import patrol
from tests.grid.subject_requests.asking import REQUEST
from tests.grid.surveys.papers import round_of
from tests.support.grid import AREAS, ORGANISATIONS, REPORT, SAYING

Ids = Mapping[str, list[str]]
"""Of what there is, by the path where it is."""

REDRAWN = {
    "on": "2099-01-01",
    "closes": [{"code": GRID}],
    "opens": [
        {
            "code": f"{GRID[:12]}002",
            "name": "重划网格",
            "kind": "GRID",
            "predecessors": [GRID],
        }
    ],
}
"""So far ahead that nobody's walk leads there."""
USUAL: dict[str, Callable[[], Document]] = {
    "create_report": lambda: REPORT,
    "submit_errand": lambda: asking.ERRAND,
    "record_patrol": patrol,
    "record_demolition": lambda: DEMOLITION,
    "register_member": visiting.member,
    "register_household": visiting.household,
    "receive_subject_request": lambda: REQUEST,
    "open_survey": round_of,
    "redraw_areas": lambda: REDRAWN,
    "submit_task": lambda: {"answers": {"found": 1}},
}
STEPS = {"reports/{}": SAYING, "errands/{}": asking.SAYING}
AREA_CODES = [area["code"] for area in AREAS] + [GRID] * 5
SAID = ("现场已清理", "须现场核实，三日内答复", "朱示范", "Checked on the spot")
ODD = ("", "\u0000", "\u202eab", "'; --")
DAYS = (-400, -40, -20, -5, -1, 0, 0, 1, 7, 7, 30, 400)
PAST = (0, 0, 0, -0.0001, -0.01, -1, -5, -40, 1)


def usual(endpoint: Endpoint) -> Document:
    """What it takes as things usually go."""
    name = endpoint.operation["operationId"]
    if name in USUAL:
        return USUAL[name]()
    step = endpoint.path.rpartition("/")[2]
    return dict(fitting(endpoint) | STEPS.get(endpoint.record, {}).get(step, {}))


class Drawn:
    """Of what there is, as `ids` tell it."""

    def __init__(self, random: Random, ids: Ids) -> None:
        self.random, self.ids = random, ids

    def body(self, endpoint: Endpoint) -> Document | None:
        """The usual one, or with some fields that are not, or one of which the schema alone tells."""
        if endpoint.schema is None:
            return None
        schema = resolved(endpoint.schema)
        fields: Document = schema.get("properties", {})
        if self.random.random() < 0.2:
            return dict(self.value(schema))
        told = usual(endpoint)
        links = [name for name, of in fields.items() if name in told and is_link(of, name)]
        others = self.random.sample(
            sorted(fields), min(len(fields), self.random.choice((0, 0, 1, 2)))
        )
        return told | {name: self.value(fields[name], name) for name in [*links, *others]}

    def value(self, schema: Document, name: str = "") -> Any:
        """One that fits, and, where its name tells of something, mostly of what there is."""
        draw, schema = self.random, resolved(schema)
        if "enum" in schema or "const" in schema:
            return draw.choice(schema.get("enum") or [schema["const"]])
        match schema.get("type"), schema.get("format"):
            case "object", _:
                needed = schema.get("required", ())
                fields = schema.get("properties", {})
                chosen = [n for n in fields if n in needed or draw.random() < 0.3]
                return {n: self.value(fields[n], n) for n in chosen}
            case "array", _:
                least = schema.get("minItems", 0)
                n = draw.randint(least, min(schema.get("maxItems", 99), least + 2))
                return [self.value(schema["items"], name.removesuffix("s")) for _ in range(n)]
            case ((("integer" | "number") as kind), _):
                least = schema.get("minimum", schema.get("exclusiveMinimum", -1) + 1)
                most = schema.get("maximum", least + 1000)
                found = draw.choice((least, least + 1, least + 2, (least + most) / 2, most))
                return int(found) if kind == "integer" else found
            case "boolean", _:
                return draw.random() < 0.5
            case _, "uuid":
                return str(uuid4()) if name == "id" else draw.choice(self.named(name))
            case _, "date-time":
                return self.day(PAST if name == "occurred_at" else DAYS).isoformat()
            case _, "date":
                return str(self.day(DAYS).date())
        return self.text(schema, name)

    def text(self, schema: Document, name: str) -> str:
        if name.endswith("area_code") or name in ("grid", "area"):
            return str(self.random.choice(AREA_CODES))
        if name in ("organisation", "department"):
            return str(self.random.choice(ORGANISATIONS)["code"])
        if told := ([KNOWN[name]] if name in KNOWN else schema.get("examples")):
            return str(self.random.choice(told))
        said = self.random.choice(SAID if self.random.random() < 0.9 else ODD)
        least, most = schema.get("minLength", 0), schema.get("maxLength", 99)
        return (said + "。" * int(least - len(said)))[: int(most)]

    def named(self, name: str) -> list[str]:
        """Those of the noun that a field is named after; else any."""
        words = [word for word in name.split("_") if len(word) > 3]
        found = [id for path in self.ids if any(w in path for w in words) for id in self.ids[path]]
        return found or [id for some in self.ids.values() for id in some]

    def day(self, days: Sequence[float]) -> datetime:
        return datetime.now(UTC) + timedelta(days=self.random.choice(days))


def is_link(schema: Document, name: str) -> bool:
    return resolved(schema).get("format") == "uuid" and name != "id"
