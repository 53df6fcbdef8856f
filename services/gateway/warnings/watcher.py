"""Judges each day by the rules once its figures are complete. Any number may run; one works at a time."""

import asyncio
from datetime import UTC, datetime, timedelta

import structlog
from pydantic import ValidationError

from services.chassis import metrics
from services.chassis.database import DriverConnection
from services.chassis.deadlines.calendar import local_day
from services.chassis.errors import reason_of
from services.chassis.session import TAKEOVER_SECONDS, session
from services.contracts.codes_gateway import WarningRule
from services.gateway.dashboards.sections import Seen, look
from services.gateway.warnings import store
from services.gateway.warnings.rules import RULES, days_to_judge

log = structlog.get_logger()
LOCK = 0x4A44_0018
ALONE = "select pg_try_advisory_lock($1)"
ROUND_SECONDS = 60.0
AGAIN = timedelta(hours=1)
"""How often yesterday is judged again: work comes late."""


class Watcher:
    def __init__(self, url: str) -> None:
        self.url = url

    async def run(self) -> None:
        """One session: a round a minute, of whoever has the lock."""
        async with session(self.url, "warnings") as connection:
            alone = False
            while True:
                alone = alone or await connection.fetchval(ALONE, LOCK)
                if alone:
                    await self.round(connection, datetime.now(UTC))
                pause = TAKEOVER_SECONDS / 4
                for _ in range(int(ROUND_SECONDS / pause) if alone else 1):
                    await asyncio.sleep(pause)
                    await connection.execute("select 1")

    async def round(self, connection: DriverConnection, now: datetime) -> None:
        """A rule whose row cannot be read keeps no other from its work."""
        async with connection.transaction():
            await store.expire(connection, now)
        seen = await look(connection)
        for rule in WarningRule:
            try:
                await self._judge(connection, rule, seen, now)
            except ValidationError as error:
                metrics.INCIDENTS.labels("warning_rule_unreadable").inc()
                log.error("warning_rule_unreadable", rule=rule, reason=reason_of(error))

    async def _judge(
        self, connection: DriverConnection, rule: WarningRule, seen: Seen, now: datetime
    ) -> None:
        yesterday = local_day(now) - timedelta(days=1)
        last = await store.last_judged(connection, rule)
        if last and last[0] >= yesterday and last[1] > now - AGAIN:
            return
        for day in days_to_judge(last[0] if last else None, yesterday):
            version = await store.in_force(connection, rule, day)
            if version is None:
                continue
            read = [seen.marks[service]["as_of"] for service in version.settings.services]
            if not all(as_of and local_day(as_of) > day for as_of in read):
                return
            async with connection.transaction():
                counts = await store.counts(connection, rule, version.settings, day)
                for finding in RULES[rule].judge(day, counts, version.settings):
                    told = [{**e, "as_of": min(read)} for e in finding.evidence]
                    as_then = finding._replace(evidence=told)
                    await store.raise_(connection, rule, version, as_then, day, now)
                await store.judged(connection, rule, day, now)
