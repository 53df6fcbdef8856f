import os
import socket
from contextlib import suppress
from random import SystemRandom

# Below those that the system gives to outgoing connections: one of these could take a port before its server.
# Each worker of pytest-xdist has some to itself, so that none takes a port that another has just found.
WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
PORTS = range(20_000 + WORKER, 32_000, WORKERS)


def free_ports(count: int) -> list[int]:
    """Ports of the loopback that are free now."""
    found: list[int] = []
    for port in SystemRandom().sample(PORTS, len(PORTS)):
        if len(found) == count:
            break
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            found.append(port)
    return found
