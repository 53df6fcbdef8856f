"""Streams: what the projection folds while five agencies' streams catch up beside it, against what it folds alone."""

from itertools import count

from services.chassis.database import Database
from services.contracts.grid import ReportFact
from services.gateway.agencies.partners import Partners
from services.gateway.agencies.scope import Scope, stream_of
from tests.bench.bench import Bench
from tests.bench.district import DISTRICT
from tests.bench.figures import Row, ratios
from tests.bench.goals.events import Round, on_kafka
from tests.bench.load import Refused
from tests.support.auditing import audit_of

AGENCIES = 5
ALL_OF_IT = Scope((ReportFact.topic,), (DISTRICT,))
"""Granted by its area, so that it is streamed; everything fits, which is the most that can be to do."""


async def measure(bench: Bench) -> list[Row]:
    return await on_kafka(bench, "streams", _measured)


async def _measured(bench: Bench, turn: Round) -> list[Row]:
    database = Database(turn.place.databases.url("gateway"), 2)
    partners, numbers, sent = Partners(audit_of(database), "bench"), count(), list[float]()

    async def alone() -> float:
        await turn.recorded()
        await turn.relayed()
        return await turn.projected()

    async def beside() -> float:
        agencies = [f"bench-{next(numbers)}" for _ in range(AGENCIES)]
        for agency in agencies:
            await partners.add(agency, "某单位", "An agency", ALL_OF_IT, "bench")
        async with turn.log() as log:
            await log.create_topics(map(stream_of, agencies))
        rate = await alone()
        async with turn.log() as log:
            sent.append(sum((await log.ends(map(stream_of, agencies))).values()))
        await _still_behind(turn)
        for agency in agencies:
            await partners.revoke(agency, "bench")
        for table in ("agency_sent", "agency_stream"):
            await turn.place.execute("gateway", f"delete from {table}")
        return rate

    try:
        found = await bench.interleaved("streams", {"alone": alone, "beside": beside})
    finally:
        await database.close()
    told = f"{bench.middle(found)}; {sent[-1]:,.0f} events streamed meanwhile"
    beside_alone = ratios(found["beside"], found["alone"])
    return [Row("streams: projection beside five ÷ alone", beside_alone, 0.8, told=told)]


async def _still_behind(turn: Round) -> None:
    """Else they did not catch up all the time."""
    read = "select coalesce(sum(version), 0) from agency_sent"
    history = "select count(*) from archive"
    if await turn.told("gateway", read) >= AGENCIES * await turn.told("gateway", history):
        raise Refused("the streams had caught up before the projection")
