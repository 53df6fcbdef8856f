"""Photos made anew by a process of their own (`photo.py`), which may use up or break what it wants."""

import asyncio
import json
import sys
from pathlib import Path
from typing import IO, Any

PROGRAM = str(Path(__file__).with_name("photo.py"))
SECONDS = 60.0


class NotAPhoto(Exception):
    """The message is the reason, a code."""


async def made_anew(
    sent: IO[bytes], made: IO[bytes], media_type: str, pixels: int
) -> dict[str, Any]:
    """Write the photo `sent` to `made`, as pixels only, and rewind it. What its EXIF told of time and place."""
    sent.seek(0)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", PROGRAM, media_type, str(pixels)),
        stdin=sent,
        stdout=made,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(SECONDS):
            _, told = await process.communicate()
    except TimeoutError:
        raise NotAPhoto("took_too_long") from None
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode != 0:
        reason = told.decode(errors="replace").strip()
        raise NotAPhoto(reason if reason.isidentifier() else "not_readable")
    facts: dict[str, Any] = json.loads(told)
    made.seek(0)
    return facts
