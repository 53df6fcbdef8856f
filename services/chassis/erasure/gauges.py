"""What is measured of personal data each hour, beside what Prometheus is told otherwise."""

from prometheus_client import Gauge

from services.chassis.database import DriverConnection
from services.chassis.erasure import matching, retention

PEOPLE_DUE = Gauge("people_due_for_purge", "People kept longer than the rules allow", ["noun"])
ERASED_OPEN = Gauge("erased_people_open", "People whom an erasure should have reached")
BREACHED = Gauge("clocks_breached_open", "Deadlines that passed and still wait", ["noun", "kind"])
PASSED = """
    select noun, kind, count(*) from clock where fired_at is not null and stopped_at is null
    group by noun, kind"""


async def measure(connection: DriverConnection) -> None:
    PEOPLE_DUE.clear()
    for noun, _, people in await retention.due(connection):
        PEOPLE_DUE.labels(noun).inc(people)
    ERASED_OPEN.set(await matching.opening(connection))
    BREACHED.clear()
    for noun, kind, number in await connection.fetch(PASSED):
        BREACHED.labels(noun, kind).set(number)
