"""The load, a process of its own: a bounded number of clients until SIGTERM, which ends it in order."""

import argparse
import asyncio
import json
import signal
import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from random import Random

import aiohttp

from jinding.child import end_with_parent
from tests.chaos.history import Journal
from tests.chaos.load.clients import Act, Clients, over_and_over
from tests.chaos.load.crowd import Crowd
from tests.chaos.load.following import Follower, held_beside
from tests.chaos.load.inventing import Inventor
from tests.chaos.load.kinds import REFERRED
from tests.chaos.load.rivals import Rivals
from tests.chaos.load.sending import SUBJECTS, Sender, token_of
from tests.chaos.setting import AREAS, HASTY

FORMS, DEVICES = 3, 3
ENTERPRISES = 12


async def load(gateway: str, history: Path, seed: str) -> None:
    stopping = asyncio.Event()
    for which in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(which, stopping.set)
    journal, random = Journal(history), Random(seed)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        tokens = {by: await token_of(session, gateway, by) for by in SUBJECTS}
        sender = Sender(session, gateway, journal, tokens)
        inventor = Inventor(random, grids(), HASTY)
        clients = Clients(sender, inventor, random, stopping)
        await clients.settle_in(ENTERPRISES)
        referred: list[Act] = [partial(clients.form, REFERRED), partial(clients.device, REFERRED)]
        alone: list[Act] = [*[clients.form] * FORMS, *[clients.device] * DEVICES]
        together: list[Act] = [
            Crowd(sender, invented, random).meet
            for invented in (inventor.filed, inventor.reported_case)
        ]
        rivals = Rivals(clients)
        against: list[Act] = [rivals.race, rivals.contest, rivals.merge, rivals.link]
        follower = Follower(session, gateway, tokens["first"])
        acts = [*alone, *referred, *referred, *together, *together, *against, follower.follow]
        await asyncio.gather(*(over_and_over(act, stopping) for act in acts))
        follower.keep(held_beside(history))
    journal.close()


def grids() -> list[str]:
    codes = (row["code"] for row in json.loads(AREAS.read_text(encoding="utf-8")))
    return sorted(code for code in codes if len(code) == 15)


def main(arguments: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser()
    options.add_argument("gateway")
    options.add_argument("history", type=Path)
    options.add_argument("seed")
    threading.Thread(target=end_with_parent, daemon=True).start()
    asyncio.run(load(**vars(options.parse_args(arguments))))


if __name__ == "__main__":
    main()
