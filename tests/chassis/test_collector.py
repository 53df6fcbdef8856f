"""What a large batch has left free goes back to the system."""

import os
import re
from pathlib import Path

import pytest

from services.chassis import collector

MEGABYTE = 1 << 20


def resident() -> int:
    (kilobytes,) = re.findall(r"^Rss:\s+(\d+)", Path("/proc/self/smaps_rollup").read_text(), re.M)
    return int(kilobytes) * 1024


@pytest.mark.skipif(collector.trim is None, reason="glibc's alone · 仅限 glibc")
async def test_what_is_free_in_the_middle_of_the_heap_is_returned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(collector, "EVERY_SECONDS", 0)
    batch = [os.urandom(3000) for _ in range(20_000)]
    last = os.urandom(3000)
    del batch
    before = resident()
    await collector.give_back()
    assert before - resident() > 30 * MEGABYTE
    assert last
