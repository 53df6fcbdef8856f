import asyncio
from itertools import islice
from random import Random

import pytest

from tests.chaos.faults.plan import EITHER, OUTAGES, rounds
from tests.chaos.faults.poison import KINDS
from tests.chaos.faults.proxy import HOST, Proxy
from tests.support.ports import free_ports


@pytest.mark.parametrize("faults", [EITHER, *OUTAGES.values()])
def test_every_kind_comes_in_each_round_and_a_seed_decides_when(faults: tuple[object, ...]) -> None:
    def drawn(seed: int) -> list[object]:
        return list(islice(rounds(faults, Random(seed)), 3 * len(faults)))  # type: ignore[arg-type]

    for start in range(0, 3 * len(faults), len(faults)):
        assert set(drawn(1)[start : start + len(faults)]) == set(faults)
    assert drawn(1) == drawn(1)
    assert any(drawn(1) != drawn(seed) for seed in range(2, 9))


def test_some_poison_must_choke_somebody_and_some_nobody() -> None:
    assert {bool(kind.chokes) for kind in KINDS.values()} == {True, False}


async def test_the_network_passes_on_until_it_refuses() -> None:
    near, far = free_ports(2)

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(100):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(echo, HOST, far)
    proxy = Proxy(near, far)
    await proxy.open()
    try:
        reader, writer = await asyncio.open_connection(HOST, near)
        writer.write(b"hello")
        assert await reader.readexactly(5) == b"hello"
        await proxy.refuse()
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)
        with pytest.raises(ConnectionError):
            await asyncio.open_connection(HOST, near)
        await proxy.open()
        _, again = await asyncio.open_connection(HOST, near)
        again.close()
        writer.close()
    finally:
        await proxy.refuse()
        server.close()
