"""Load as the goals ask for it; the client that makes it is a process of its own (`client.py`)."""

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from tests.bench.client import UNIQUE, Plan

__all__ = ["UNIQUE", "Load", "Plan", "Refused", "request", "sent"]


class Refused(Exception):
    """The server did not do what was asked, so nothing was measured."""


@dataclass(frozen=True)
class Load:
    """What a run of the client came to. `cpu_share`: of one core, used by the client itself."""

    answers: int
    seconds: float
    cpu_share: float
    milliseconds: Mapping[str, float]

    @property
    def rate(self) -> float:
        return self.answers / self.seconds


def request(
    method: str, path: str, headers: Mapping[str, str] | None = None, body: str | None = None
) -> str:
    """One request as text; `UNIQUE` in it becomes a number of its own each time it is sent."""
    fields = {"Host": "127.0.0.1", **(headers or {})}
    if body is not None:
        length = str(len(body.encode()))
        fields |= {"Content-Type": "application/json", "Content-Length": length}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n{body or ''}"


async def sent(plan: Plan, *expected: int) -> Load:
    """Carry out the plan; every answer must have one of the statuses `expected`."""
    client = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.client"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        told, _ = await client.communicate(json.dumps(asdict(plan)).encode())
    finally:
        if client.returncode is None:
            client.kill()
    if client.returncode:
        raise Refused("the client failed; see above")
    found = json.loads(told)
    if not found["statuses"].keys() <= set(map(str, expected)):
        raise Refused(f"{found['statuses']} instead of {expected}: {found['refused']}")
    answers = sum(found["statuses"].values())
    return Load(answers, found["seconds"], found["cpu_share"], found["milliseconds"])


def each(streams: Sequence[str]) -> list[list[str]]:
    """A stream of one request for each connection."""
    return [[text] for text in streams]
