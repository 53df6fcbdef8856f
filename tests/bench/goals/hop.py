"""P5: through the gateway, against the same request at the service itself."""

from functools import partial

from services.chassis.identity.caller import Caller
from services.contracts import roles
from tests.bench.bench import Bench
from tests.bench.district import report
from tests.bench.figures import Row, ratios
from tests.bench.load import UNIQUE, Plan, each, request

CONNECTIONS = 16
PATH = "/v1/grid/reports"


async def measure(bench: Bench) -> list[Row]:
    year = await bench.played_year()
    grids = await year.grids(CONNECTIONS)
    office = Caller("bench-office", frozenset({roles.DISTRICT_OPERATOR}), ("330703",))
    bearer = await year.bearer(roles.DISTRICT_OPERATOR, areas=("330703",))
    ((id_,),) = await year.fetch("grid", "select id from report where status = 'CLOSED' limit 1")
    reading = [request("GET", f"{PATH}/{id_}", {})] * CONNECTIONS
    writing = [request("POST", PATH, {"Idempotency-Key": UNIQUE}, report(grid)) for grid in grids]

    async def sent(server: str, texts: list[str], status: int) -> float:
        who = bearer if server == "gateway" else year.internal(office)
        (name, value), *_ = who.items()
        texts = [text.replace("\r\n", f"\r\n{name}: {value}\r\n", 1) for text in texts]
        plan = Plan(year.ports[server], each(texts), bench.seconds)
        return (await bench.loaded(server, plan, status)).rate

    hops: dict[str, Row] = {}
    for method, texts, status in (("GET", reading, 200), ("POST", writing, 201)):
        measures = {name: partial(sent, name, texts, status) for name in ("gateway", "grid")}
        found = await bench.interleaved(f"P5 {method}", measures)
        told = f"{bench.middle(found)}; {bench.costing(*found)}"
        through = ratios(found["gateway"], found["grid"])
        hops[method] = Row(f"P5 {method} through the gateway ÷ directly", through, told=told)
    lower = min(hops, key=lambda method: hops[method].ratio)
    goal = Row("P5 the lower of both", hops[lower].ratios, 0.35, told=lower)
    return [*hops.values(), goal]
