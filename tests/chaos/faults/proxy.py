"""The network between the services and the broker: the broker advertises this place, and it may refuse."""

import asyncio
from contextlib import suppress

HOST = "127.0.0.1"
CHUNK = 256 * 1024


class Proxy:
    """Passes bytes on to `target`, until it refuses: then all connections end and none is taken."""

    def __init__(self, port: int, target: int) -> None:
        self.port, self.target = port, target
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._pass_on, HOST, self.port)

    async def refuse(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _pass_on(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        self._writers.add(back)
        try:
            far, forth = await asyncio.open_connection(HOST, self.target)
            self._writers.add(forth)
            await asyncio.gather(_pump(near, forth), _pump(far, back))
            self._writers.discard(forth)
        except OSError:
            pass
        finally:
            self._writers.discard(back)
            back.close()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(CHUNK):
            sink.write(data)
            await sink.drain()
    sink.close()
