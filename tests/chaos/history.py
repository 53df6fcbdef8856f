"""What was asked and what was answered, as it happened: JSON lines, read back as one `Try` per wish sent."""

import json
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

Outcome = Literal["done", "refused", "unknown"]
PASSING = frozenset({"busy", "database_unavailable", "still_running", "unexpected"})
"""Refusals that do not rule out that the wish took effect, or that a twin of it will."""


class Journal:
    """Appends lines to a file; each is there before the next is written."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("a", encoding="utf-8")

    def write(self, kind: str, **told: Any) -> None:
        line = {"at": round(time.time(), 3), "kind": kind} | told
        self._file.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()


def lines(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as told:
        yield from map(json.loads, told)


class Receipt(NamedTuple):
    id: str
    number: str | None
    version: int
    status: str


class Wish(NamedTuple):
    """One operation that somebody asked for. Under one key it may take effect once."""

    service: str
    subject: str
    operation: str
    key: str
    id: str
    if_match: int | None = None

    @property
    def identity(self) -> tuple[str, str, str, str]:
        return self.service, self.subject, self.operation, self.key


class Reply(NamedTuple):
    """`unknown`: no answer came, or one from which nothing follows."""

    outcome: Outcome
    receipt: Receipt | None = None
    code: str = ""
    at: float = 0.0

    @classmethod
    def of(cls, status: int, told: dict[str, Any]) -> Self:
        """From a receipt, from an item of a batch, or from a problem."""
        receipt = told.get("receipt") or (told if status < 300 and "version" in told else None)
        if receipt:
            return cls("done", Receipt(*map(receipt.get, Receipt._fields)))
        code = str(told.get("code", status))
        definite = status < 500 and code not in PASSING
        return cls("refused" if definite else "unknown", code=code)


class Try(NamedTuple):
    wish: Wish
    reply: Reply


def tries(told: Iterable[dict[str, Any]]) -> list[Try]:
    """Every wish as often as it was sent, with its reply."""
    sent: dict[int, list[Wish]] = {}
    found: list[Try] = []
    for line in told:
        if line["kind"] == "sent":
            who = line["service"], line["subject"]
            sent[line["n"]] = [Wish(*who, *wish) for wish in line["wishes"]]
        elif line["kind"] == "answered":
            replies = [_reply(reply, line["at"]) for reply in line["replies"]]
            found += map(Try, sent.pop(line["n"]), replies)
    return found + [Try(wish, Reply("unknown")) for left in sent.values() for wish in left]


def _reply(told: list[Any], at: float) -> Reply:
    outcome, receipt, code = told
    return Reply(outcome, Receipt(*receipt) if receipt else None, code, at)
