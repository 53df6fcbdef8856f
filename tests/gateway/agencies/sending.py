"""Not a test: a sender in a process of its own, to be killed. Its receiver is on the loopback."""

import asyncio
import sys
from pathlib import Path

import pytest

from services.gateway.agencies.sender import Sender
from services.gateway.dashboards.live import Live
from tests.gateway.agencies.receiving import Receiver, reach_the_loopback

if __name__ == "__main__":
    url, folder, port = sys.argv[1:]
    reach_the_loopback(pytest.MonkeyPatch())
    settings = Receiver(Path(folder), int(port)).settings()
    asyncio.run(Sender(url, settings, Live(url)).run())
