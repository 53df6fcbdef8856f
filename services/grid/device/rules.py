"""How far a device has been told of changes: what its cursor says, and what follows from it. Pure."""

import zlib
from datetime import datetime, timedelta
from typing import NamedTuple, Self
from uuid import UUID, uuid5

from pydantic import TypeAdapter

from services.chassis.errors import Conflict, Invalid
from services.chassis.identity.caller import Caller

KEPT = timedelta(days=30)
"""How long what has left somebody's sight is remembered at least."""
_SUBJECTS = UUID("6f0f2c52-6f3d-4b7b-9d53-1d1c8b8f0e11")


class InvalidSince(Invalid):
    zh = "游标无效，或属于他人。"
    en = "The cursor is not one of ours, or somebody else's."
    pointer = "/query/since"


class OtherNouns(Invalid):
    zh = "该游标属于另一组 noun 参数。"
    en = "The cursor belongs to other values of noun."
    pointer = "/query/noun"


class StartAgain(Conflict):
    """What the device holds can no longer be told right by changes alone."""

    zh = "游标已失效：请清空本地记录（未上传的除外），不带 since 重新同步。"
    en = "The cursor has lapsed: drop what you hold (except what is not sent yet) and sync without since."
    pointer = "/query/since"


class Sight(NamedTuple):
    """What of a caller decides which records they see."""

    roles: tuple[str, ...]
    areas: tuple[str, ...]
    organisation: str | None

    @classmethod
    def of(cls, caller: Caller) -> Self:
        return cls(tuple(sorted(caller.roles)), tuple(sorted(caller.areas)), caller.organisation)

    def seen_by(self, subject: str) -> Caller:
        return Caller(subject, frozenset(self.roles), self.areas, self.organisation)


class Place(NamedTuple):
    """Where a page ends: in which of the round's streams, and behind which row of it."""

    stream: int
    key: datetime | int | None = None
    id: UUID | None = None


class Now(NamedTuple):
    """The database's snapshot and time, and the epoch of the service."""

    snapshot: str
    at: datetime
    epoch: int


class Cursor(NamedTuple):
    """A round of changes tells what snapshot `until`, taken at `at`, shows and snapshot `since` does not; the first
    one, without `since`, walks through all there is. `former`: what the caller saw before, where that has changed;
    nothing made after `told_at` can have been seen so. `place`: where the round goes on; None once it is done."""

    epoch: int
    nouns: tuple[str, ...]
    sight: Sight
    until: str
    at: datetime
    since: str | None = None
    former: Sight | None = None
    told_at: datetime | None = None
    place: Place | None = Place(0)

    @property
    def walks(self) -> bool:
        """Whether the round goes through all there is, not through what has changed."""
        return self.since is None or self.former is not None


CURSOR = TypeAdapter(Cursor)


def begun(nouns: tuple[str, ...], sight: Sight, now: Now) -> Cursor:
    return Cursor(now.epoch, nouns, sight, now.snapshot, now.at)


def continued(cursor: Cursor, sight: Sight, now: Now) -> Cursor:
    """The round that `cursor` is in, or the next one. A new sight is told once the round is done; one that changes
    again meanwhile, a restore, or a device that was away for too long: `StartAgain`."""
    require_valid(cursor, now)
    if not cursor.nouns:
        raise InvalidSince  # the inbox's
    if cursor.place is not None:
        if cursor.sight != sight:
            raise StartAgain
        return cursor
    changed = cursor.sight != sight
    return Cursor(
        now.epoch,
        cursor.nouns,
        sight,
        now.snapshot,
        now.at,
        since=cursor.until,
        former=cursor.sight if changed else None,
        told_at=cursor.at,
    )


def require_valid(cursor: Cursor, now: Now) -> None:
    """Refuse what was made before a restore, or is older than what is remembered."""
    if cursor.epoch != now.epoch or now.at - cursor.at > KEPT:
        raise StartAgain


def packed(cursor: Cursor) -> bytes:
    return zlib.compress(CURSOR.dump_json(cursor), 9)


def unpacked(told: bytes) -> Cursor:
    """Of what was packed and sealed by us; a release may have packed it that told other things."""
    try:
        return CURSOR.validate_json(zlib.decompress(told))
    except (ValueError, zlib.error):
        raise StartAgain from None


def owner(subject: str) -> UUID:
    """To whom a cursor is sealed."""
    return uuid5(_SUBJECTS, subject)
