"""Memory of a process that serves for weeks: Python's garbage collector, and what glibc keeps."""

import asyncio
import ctypes
import gc

THRESHOLDS = 10_000, 10, 10
EVERY_SECONDS = 5.0
trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's alone


def spare() -> None:
    """Let the collector leave alone what was made until now, and look at the rest less often: with thousands of
    classes and routes it took a third of the relay's and of the projection's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)


async def give_back() -> None:
    """Return the pages that a large batch has left free in the middle of the heap; else they stay with us."""
    await asyncio.sleep(EVERY_SECONDS)
    if trim:
        trim(0)
