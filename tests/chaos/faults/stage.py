"""What a fault may lay hands on."""

import os
import signal
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

import aiohttp

from tests.chaos.faults.proxy import Proxy
from tests.chaos.system import System
from tests.support.kafka.broker import Broker


class NothingYet(Exception):
    """Nothing has happened so far that the fault could be made of."""


@dataclass(frozen=True)
class Kafka:
    broker: Broker
    proxy: Proxy


@dataclass
class Stage:
    """`operator`: headers of somebody who may replay events and settle dead letters. `kafka` is None where the
    log is the embedded one. `played`: which kinds of fault have come to their end so far."""

    system: System
    random: Random
    session: aiohttp.ClientSession
    operator: dict[str, str]
    kafka: Kafka | None = None
    poisons: list[str] = field(default_factory=list)
    played: set[str] = field(default_factory=set)

    def signal(self, name: str, which: signal.Signals) -> bool:
        """Whether there was a process of that name to be signalled."""
        pid = self.system.pid(name)
        with suppress(ProcessLookupError):
            if pid:
                os.kill(pid, which)
                return True
        return False

    def seconds(self, least: float, most: float) -> float:
        return self.random.uniform(least, most)
