"""Who reads as which agency, and what is granted to it at this moment. Nothing of it is remembered: what an
operator ends ends with the next question to the database."""

from dataclasses import dataclass

from services.chassis.database import DriverConnection
from services.chassis.errors import Forbidden
from services.chassis.identity.refusals import TokenExpired, TokenInvalid
from services.gateway.agencies.grants import GRANTS, granted
from services.gateway.agencies.keys import KEY, digest_of
from services.gateway.agencies.scope import Scope

GRANTED = f"""
    select a.id, g.* from agency a left join lateral ({GRANTS.format("a.id")}) g on true
    where a.client_id = $2 or a.id = (select agency from agency_key
        where digest = $1 and revoked_at is null and expires_at > now())"""
EXPIRED = "select from agency_key where digest = $1 and revoked_at is null and expires_at <= now()"


class NotAnAgency(Forbidden):
    zh = "该客户端未绑定任何协作单位。"
    en = "The token's client is not bound to any agency."


class NothingGranted(Forbidden):
    zh = "该单位目前没有任何授权。"
    en = "Nothing is granted to the agency now."


@dataclass(frozen=True)
class Credential:
    """The digest of a key, or the issuer's client: just one of them."""

    digest: bytes | None = None
    client: str | None = None

    @classmethod
    def of_key(cls, key: str) -> "Credential":
        if not KEY.fullmatch(key):
            raise _unknown_key()
        return cls(digest=digest_of(key))


@dataclass(frozen=True)
class Access:
    agency: str
    scopes: tuple[Scope, ...]


async def access(connection: DriverConnection, credential: Credential) -> Access:
    """401 for a key that is unknown, revoked or expired; 403 for a client that is no agency's, or where no grant is
    in force."""
    rows = await connection.fetch(GRANTED, credential.digest, credential.client)
    if not rows:
        if credential.digest is None:
            raise NotAnAgency
        if await connection.fetch(EXPIRED, credential.digest):
            raise TokenExpired
        raise _unknown_key()
    found = granted(tuple(row)[1:] for row in rows if row["topics"] is not None)
    if not found.scopes:
        raise NothingGranted
    return Access(rows[0]["id"], found.scopes)


def _unknown_key() -> TokenInvalid:
    return TokenInvalid("API 密钥无效或已吊销。", "The API key is unknown or was revoked.")
