"""Faults of Kafka and of the network before it."""

import asyncio

from tests.chaos.faults.stage import Kafka, Stage


async def kill_broker(stage: Stage) -> str:
    return await _without_broker(stage, 8)


async def kill_broker_for_long(stage: Stage) -> str:
    return await _without_broker(stage, 30)


async def hang_broker(stage: Stage) -> str:
    """It keeps its connections and answers nothing."""
    seconds, kafka = stage.seconds(4, 14), _kafka(stage)
    with kafka.broker.hung():
        await asyncio.sleep(seconds)
    return f"{seconds:.0f} s"


async def refuse_broker(stage: Stage) -> str:
    seconds, proxy = stage.seconds(5, 15), _kafka(stage).proxy
    await proxy.refuse()
    try:
        await asyncio.sleep(seconds)
    finally:
        await proxy.open()
    return f"{seconds:.0f} s"


async def _without_broker(stage: Stage, seconds: float) -> str:
    broker = _kafka(stage).broker
    broker.kill()
    try:
        await asyncio.sleep(seconds)
    finally:
        await asyncio.to_thread(broker.start)
    return f"{seconds:.0f} s"


def _kafka(stage: Stage) -> Kafka:
    assert stage.kafka is not None
    return stage.kafka
