"""Photos made anew, each by a process of its own (`photo.py`), which may use up or break what it wants."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

PROGRAM = str(Path(__file__).with_name("photo.py"))
SECONDS = 60.0


class NotAPhoto(Exception):
    """The message is the reason, a code."""


class ProgramGone(OSError):
    """Whatever became of it, it may be tried again."""


class Studio:
    """A program that stays ready while photos come, and forks for each: to start one takes ten times as long as most
    photos do. One photo at a time, of at most so many `pixels`."""

    def __init__(self, pixels: int) -> None:
        self.pixels = pixels
        self._program: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None

    async def made_anew(self, sent: IO[bytes], made: IO[bytes], media_type: str) -> dict[str, Any]:
        """Write the photo `sent` to `made`, as pixels only. What its EXIF told of time and place."""
        sent.seek(0)
        with TemporaryFile() as told:
            files = [file.fileno() for file in (sent, made, told)]
            status = await self._status(f"{media_type} {self.pixels}".encode(), files)
            told.seek(0)
            answer = told.read()
        if status != 0:
            reason = answer.decode(errors="replace").strip()
            raise NotAPhoto(reason if reason.isidentifier() else "not_readable")
        facts: dict[str, Any] = json.loads(answer)
        return facts

    async def _status(self, about: bytes, files: list[int]) -> int:
        """With which the process of the photo has ended."""
        for _ in range(2):  # the program that was ready may just have gone
            try:
                line = self._ready()
                socket.send_fds(line, [about], files)
                async with asyncio.timeout(SECONDS):
                    if status := await asyncio.get_running_loop().sock_recv(line, 16):
                        return int(status)
            except TimeoutError:
                self.close()
                raise NotAPhoto("took_too_long") from None
            except ConnectionError:
                pass
            except BaseException:
                self.close()  # else the next one would get this one's answer
                raise
            self.close()
        raise ProgramGone

    def _ready(self) -> socket.socket:
        if self._line is None:
            self._line, theirs = socket.socketpair()
            self._line.setblocking(False)
            with theirs:
                command = [sys.executable, "-I", PROGRAM]
                told: dict[str, Any] = {"stdin": theirs.fileno(), "start_new_session": True}
                self._program = subprocess.Popen(command, **told)  # noqa: S603  (all of it is ours)
        return self._line

    def close(self) -> None:
        """End the program, and whatever photo it is at."""
        line, self._line = self._line, None
        program, self._program = self._program, None
        if line:
            line.close()
        if program:
            with suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
            program.wait()

    __del__ = close
