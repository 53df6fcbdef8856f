"""A sweeper whose clock is wrong, beside the one that every service runs."""

import asyncio
import importlib
import signal
from datetime import UTC, datetime, timedelta
from itertools import cycle

from jinding.plainly import settings_of
from services.chassis.background import kept_up
from services.chassis.deadlines.sweeper import Sweeper
from services.chassis.settings import ServiceSettings

STEPS = (timedelta(minutes=15), timedelta(minutes=-15), timedelta(0))
"""How far ahead of the truth the clock is; SIGUSR1 makes it jump to the next."""


async def sweep_with_a_wrong_clock(service: str) -> None:
    """The service's clocks, its database and its operations; nothing is served."""
    steps = cycle(STEPS)
    wrong = [next(steps)]
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, lambda: wrong.append(next(steps)))
    only = {"run_relay": False, "run_consumers": False, "run_upkeep": False}
    module = importlib.import_module(f"services.{service}.main")
    app = module.create_app(settings_of(ServiceSettings, **only))
    async with app.router.lifespan_context(app):
        runtime = app.state.runtime
        nouns, seconds = runtime.definition.nouns, runtime.settings.sweep_seconds
        sweeper = Sweeper(runtime.database, runtime.unit, nouns, seconds)

        async def one_round() -> None:
            while await sweeper.sweep(datetime.now(UTC) + wrong[-1]):
                pass
            await asyncio.sleep(seconds)

        await kept_up(one_round)
