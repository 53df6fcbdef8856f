"""Each night a backup, and the comparison of the figures with the services; Prometheus is told when that last succeeded."""

import asyncio
import os
import sys
import time as clock
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Never

from prometheus_client import CollectorRegistry, Gauge, start_http_server
from pydantic import Field
from pydantic_settings import BaseSettings
from rich.console import Console

from jinding.deploy.backup import BASE, back_up, newest, taken_at
from jinding.deploy.inside import Inside
from jinding.deploy.settings import DeploySettings
from jinding.deploy.verify import audited, verified
from jinding.kafka.settings import KafkaSettings
from jinding.plainly import settings_of
from jinding.refusal import Refusal
from services.chassis.deadlines.calendar import SHANGHAI

PORT = 9000
LOOK_SECONDS, AGAIN_SECONDS = 30.0, 1800.0
PATIENCE_SECONDS = 600.0
REGISTRY = CollectorRegistry()
"""Of its own: what a service tells would be told as nothing here, and be taken for the truth."""

BACKED_UP = Gauge(
    "backup_last_success_timestamp_seconds", "When the last good backup began", registry=REGISTRY
)
SIZE = Gauge("backup_last_size_bytes", "How large it is", registry=REGISTRY)
VERIFIED = Gauge(
    "verify_last_success_timestamp_seconds",
    "When the figures were last seen to agree with the services",
    registry=REGISTRY,
)
AUDIT_BROKEN = Gauge(
    "audit_broken_chains", "Audits that were tampered with, as last verified", registry=REGISTRY
)


class NightlySettings(BaseSettings):
    """`nightly_at` is the time of day in UTC+8."""

    nightly_at: time = time(2, 30)
    backup_to: Path = Path("/backups")
    backup_keep_days: int = Field(14, ge=1)
    running_image: str | None = None


def nightly_backup(settings: NightlySettings) -> Never:
    """What is in the folder says whether this night's is there: a restart repeats none, and a night missed is made up."""
    to = settings.backup_to
    inside = Inside(settings_of(DeploySettings), settings_of(KafkaSettings), settings.running_image)

    def work() -> None:
        if not os.access(to, os.W_OK):
            raise Refusal(
                f"用户 {os.getuid()} 不能写入 {to}。", f"User {os.getuid()} cannot write to {to}."
            )
        print(back_up(inside, to, settings.backup_keep_days), flush=True)

    _every_night(settings, lambda: told_of_newest(to), work)


def told_of_newest(to: Path) -> datetime | None:
    """When it was made."""
    made = newest(to)
    at = taken_at(made) if made else None
    BACKED_UP.set(at.timestamp() if at else 0)
    SIZE.set((made / BASE).stat().st_size if made else 0)
    return at


def nightly_verify(settings: NightlySettings) -> Never:
    """It begins with one: nothing is kept of those before."""
    clean: datetime | None = None

    def work() -> None:
        nonlocal clean
        began = datetime.now(UTC)
        given, console = settings_of(DeploySettings), Console()
        broken = asyncio.run(audited(given, console))
        AUDIT_BROKEN.set(broken)
        wrong = asyncio.run(verified(given, PATIENCE_SECONDS, console))
        if broken or wrong:
            raise Refusal(
                f"看板有 {wrong} 处不符，{broken} 条审计链不完好。",
                f"{wrong} differences; {broken} audits are broken.",
            )
        clean = began
        VERIFIED.set(began.timestamp())

    _every_night(settings, lambda: clean, work)


def _every_night(
    settings: NightlySettings, done: Callable[[], datetime | None], work: Callable[[], None]
) -> Never:
    start_http_server(PORT, registry=REGISTRY)
    while True:
        due = last_came(settings.nightly_at, datetime.now(UTC))
        clock.sleep(since(due, done, work))


def since(due: datetime, done: Callable[[], datetime | None], work: Callable[[], None]) -> float:
    """Do the work, unless it was `done` since it was due. Returns the seconds after which to look again."""
    try:
        last = done()
        if last is None or last < due:
            work()
            done()
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        return AGAIN_SECONDS
    except Exception:
        traceback.print_exc()
        return AGAIN_SECONDS
    return LOOK_SECONDS


def last_came(at: time, now: datetime) -> datetime:
    """The latest instant, not after `now`, at which it was `at` in UTC+8."""
    today = datetime.combine(now.astimezone(SHANGHAI).date(), at, SHANGHAI)
    return today if today <= now else today - timedelta(days=1)
