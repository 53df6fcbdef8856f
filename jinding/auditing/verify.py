"""Whether a chain is what it was: which rows were changed, removed, put elsewhere or cut off.

A row tells by its hash whether it is as it was written, and by the previous hash which row it followed. Only what
was told elsewhere (`Anchor`) shows that the end is missing, or that all was written anew with the key.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from services.chassis.audit.chain import BEGINNING, Chain
from services.chassis.database import DriverConnection
from services.contracts.codes_audit import Action

ROWS = "select * from audit order by seq"
PRUNED = "select 1 from audit where action = $1 and outcome = $2"
AT_ONCE = 1_000
MOST_MOVED = 200
"""Among so many rows whose hash is wrong, it is looked for the place that each had."""


class Kind(StrEnum):
    CHANGED = "changed"
    REMOVED = "removed"
    REORDERED = "reordered"
    TRUNCATED = "truncated"
    RESTORED = "restored"
    UNCHECKED = "unchecked"


class Anchor(NamedTuple):
    """That the chain ended so, `at` a time, in an epoch of its service."""

    seq: int
    hash: bytes
    epoch: int
    at: datetime


class Finding(NamedTuple):
    """Rows `first` to `last`. `was`: the number that the row had."""

    kind: Kind
    first: int
    last: int
    was: int | None = None


@dataclass
class Verified:
    """`anchored`: the last row of which we know from elsewhere; what follows it may be incomplete."""

    rows: int = 0
    end: int = 0
    anchored: int = 0
    anchored_at: datetime | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def broken(self) -> bool:
        """A restore loses rows in the open, and is no tampering."""
        return any(finding.kind is not Kind.RESTORED for finding in self.findings)


def pruned(seq: int, hash_: bytes) -> str:
    """What a pruning says of the last row that it took: the signed beginning of what is left."""
    return f"{seq} {hash_.hex()}"


async def verify(
    connection: DriverConnection,
    chain: Chain,
    anchors: Sequence[Anchor],
    epoch: int,
    progress: Callable[[int], None] = lambda _: None,
) -> Verified:
    """In a transaction. Reads every row once, in order."""
    newest = {anchor.seq: anchor for anchor in sorted(anchors, key=lambda anchor: anchor.epoch)}
    scan = _Scan(chain, newest, epoch)
    async for row in connection.cursor(ROWS, prefetch=AT_ONCE):
        if scan.told.rows == 0 and row["seq"] > 1:
            begin = pruned(row["seq"] - 1, bytes(row["previous"]))
            if await connection.fetchval(PRUNED, str(Action.PRUNED), begin):
                scan.begin_at(row["seq"], bytes(row["previous"]))
        scan.take(dict(row))
        if scan.told.rows % AT_ONCE == 0:
            progress(scan.told.rows)
    return scan.ended()


class _Scan:
    def __init__(self, chain: Chain, anchors: dict[int, Anchor], epoch: int) -> None:
        self.chain, self.anchors, self.epoch, self.told = chain, anchors, epoch, Verified()
        self.wrong: dict[int, dict[str, Any]] = {}
        self.missing: list[int] = []
        self.begin_at(1, BEGINNING)

    def begin_at(self, seq: int, previous: bytes) -> None:
        self.expected, self.previous, self.linked = seq, previous, True

    def take(self, row: dict[str, Any]) -> None:
        seq = row["seq"]
        if seq > self.expected:
            self._find(Kind.REMOVED, self.expected, seq - 1)
            self.missing += range(self.expected, min(seq, self.expected + MOST_MOVED))
            self.linked = False  # with what is not there
        known = row["key_id"] in self.chain.keys
        genuine = not known or self._genuine(row)
        if not known:
            self._find(Kind.UNCHECKED, seq, seq)  # its key is not in the keyring
        elif not genuine:
            self.wrong[seq] = row
        elif self.linked and bytes(row["previous"]) != self.previous:
            self._find(Kind.CHANGED, seq - 1, seq - 1)  # for another one that was genuine
        if (anchor := self.anchors.get(seq)) and genuine and bytes(row["hash"]) != anchor.hash:
            self._find(self._kind(anchor, Kind.CHANGED), seq, seq)
        self.expected, self.previous, self.linked = seq + 1, bytes(row["hash"]), genuine
        self.told.rows, self.told.end = self.told.rows + 1, seq

    def ended(self) -> Verified:
        self._sort_out_the_wrong()
        told = self.told
        for anchor in self.anchors.values():
            if anchor.seq > told.end:
                self._find(self._kind(anchor, Kind.TRUNCATED), told.end + 1, anchor.seq)
        told.findings = _merged(told.findings)
        if last := max(self.anchors.values(), default=None):
            told.anchored, told.anchored_at = last.seq, last.at
        return told

    def _sort_out_the_wrong(self) -> None:
        """A row that is genuine under another number was moved; the others were changed."""
        places = [*self.wrong, *self.missing]
        for seq, row in self.wrong.items():
            few = places if len(self.wrong) <= MOST_MOVED else []
            was = next((place for place in few if self._genuine(row | {"seq": place})), None)
            self.told.findings.append(
                Finding(Kind.CHANGED if was is None else Kind.REORDERED, seq, seq, was)
            )

    def _genuine(self, row: dict[str, Any]) -> bool:
        return self.chain.hash(row) == bytes(row["hash"])

    def _kind(self, anchor: Anchor, kind: Kind) -> Kind:
        return kind if anchor.epoch >= self.epoch else Kind.RESTORED

    def _find(self, kind: Kind, first: int, last: int) -> None:
        self.told.findings.append(Finding(kind, first, last))


def _merged(found: Sequence[Finding]) -> list[Finding]:
    """Neighbours of one kind as one; what was moved stays by itself."""
    merged: list[Finding] = []
    for finding in sorted(set(found)):
        before = merged[-1] if merged else None
        alike = before and (before.kind, before.was) == (finding.kind, finding.was)
        if before and alike and finding.was is None and finding.first <= before.last + 1:
            merged[-1] = before._replace(last=max(before.last, finding.last))
        else:
            merged.append(finding)
    return sorted(merged, key=lambda finding: finding.first)
