"""API keys of agencies: shown once, kept as their SHA-256. 256 random bits need no slow hash."""

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from services.chassis.database import DriverConnection

KEY = re.compile(r"jd_([a-z0-9-]{2,30})_[A-Za-z0-9_-]{43}")
PREFIX = "jd_"
LIFETIME = timedelta(days=365)
OVERLAP = timedelta(days=7)


class Made(NamedTuple):
    """`older_until`: when the last of those before it ends; `None` if there is none."""

    key: str
    until: datetime
    older_until: datetime | None


def digest_of(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


async def make(
    connection: DriverConnection, agency: str, by: str, lifetime: timedelta, overlap: timedelta
) -> Made:
    """A new key; those before it end after `overlap`, if not sooner."""
    await connection.execute(
        "update agency_key set expires_at = least(expires_at, now() + $2) where agency = $1",
        agency,
        overlap,
    )
    older = await connection.fetchval(
        "select max(expires_at) from agency_key "
        "where agency = $1 and revoked_at is null and expires_at > now()",
        agency,
    )
    key = f"{PREFIX}{agency}_{secrets.token_urlsafe(32)}"
    until = await connection.fetchval(
        "insert into agency_key (digest, agency, made_at, made_by, expires_at) "
        "values ($1, $2, now(), $3, now() + $4) returning expires_at",
        digest_of(key),
        agency,
        by,
        lifetime,
    )
    return Made(key, until, older)


async def revoke(connection: DriverConnection, agency: str, by: str) -> None:
    """None of the agency's keys opens anything from now on."""
    await connection.execute(
        "update agency_key set revoked_at = now(), revoked_by = $2 "
        "where agency = $1 and revoked_at is null",
        agency,
        by,
    )
