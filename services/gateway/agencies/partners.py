"""What an operator does about agencies. Grants are ended, never changed: their rows tell what was given to whom,
when, by whom and why."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from services.chassis.audit import Action, Audit, Entry
from services.chassis.database import DriverConnection, driver
from services.chassis.errors import Conflict, Invalid
from services.chassis.identity.caller import Caller
from services.chassis.privacy.purpose import IMPERSONAL
from services.contracts.roles import OPERATOR
from services.gateway.agencies import keys, push
from services.gateway.agencies.access import NothingGranted
from services.gateway.agencies.grants import IN_FORCE, in_force
from services.gateway.agencies.held import held
from services.gateway.agencies.kafka import KafkaAgencies
from services.gateway.agencies.scope import NotGrantable, Scope, stream_of

UNKNOWN_AREAS = """
    select code from unnest($1::text[]) code where exists (select from card where noun = 'area')
        and not exists (select from card where noun = 'area' and area_code ^@ code)"""
"""Those within which no area is known, if any is known at all."""
REASON: TypeAdapter[str] = TypeAdapter(Annotated[str, Field(min_length=2), IMPERSONAL])
ID = re.compile(r"(?=.{2,30}\Z)[a-z0-9]+(-[a-z0-9]+)*")


class InvalidAgencyId(Invalid):
    zh = "单位代码应为 2 至 30 个小写字母、数字，其间可有连字符。"
    en = "An agency's id has 2 to 30 lower-case letters or digits, and single hyphens between them."
    pointer = "/agency"


class AgencyExists(Conflict):
    zh = "该单位或该客户端已登记。"
    en = "The agency, or the client, is known already."


class NotNarrower(Invalid):
    zh = "收窄后的范围超出了现有授权。"
    en = "That is not within what is granted now; use grant."


class NoReason(Invalid):
    zh = "依据至少两个字，且不得填写证件号码或电话号码。"
    en = "What it rests on has two characters at least, and holds no resident ID or telephone number."
    pointer = "/why"


class NoKafka(Conflict):
    zh = "未指明 Kafka 及其管理员密码文件（KAFKA_ADMIN_PASSWORD_FILE）。"
    en = "Which Kafka is not known: KAFKA_ADMIN_PASSWORD_FILE names its administrator's password."


@dataclass(frozen=True)
class Secrets:
    """Shown once. `password` is Kafka's, where `topics` are what can be read; none where one is known already."""

    key: keys.Made | None = None
    password: str | None = None
    topics: Sequence[str] = ()


class Partners:
    """In the name of `by`. The gateway's database decides, and is written first; where Kafka could not be told, the
    same call again tells it."""

    def __init__(self, audit: Audit, by: str, kafka: KafkaAgencies | None = None) -> None:
        self.audit, self.database, self.by, self.kafka = audit, audit.database, by, kafka

    async def add(
        self, agency: str, zh: str, en: str, scope: Scope, why: str, client: str | None = None
    ) -> Secrets:
        """The agency with its first grant; and an API key, unless a client of the issuer's reads as it."""
        if not ID.fullmatch(agency):
            raise InvalidAgencyId
        scope.check()
        async with self.database.transaction() as connection:
            raw = await driver(connection)
            done = await raw.execute(
                "insert into agency (id, name_zh, name_en, client_id, added_at, added_by) "
                "values ($1, $2, $3, $4, now(), $5) on conflict do nothing",
                *(agency, zh, en, client, self.by),
            )
            if done != "INSERT 0 1":
                raise AgencyExists
            await self._begin(raw, agency, scope, why, None)
            made = (self.by, keys.LIFETIME, keys.OVERLAP)
            key = None if client else await keys.make(raw, agency, *made)
            await self._told(raw, Action.GRANTED, agency, "added", why)
        return Secrets(key, await self._admit(agency), await self._tell_kafka(agency))

    async def grant(
        self, agency: str, scope: Scope, why: str, lifetime: timedelta | None = None
    ) -> Secrets:
        """One more grant, beside those in force. A password for Kafka, if it knows none: all was ended before."""
        scope.check()
        async with held(self.database, agency) as raw:
            await self._begin(raw, agency, scope, why, lifetime)
            await self._told(raw, Action.GRANTED, agency, "granted", why)
        return await self._on_kafka(agency)

    async def narrow(self, agency: str, scope: Scope, why: str) -> Secrets:
        """End what is granted and grant `scope` instead, which must lie inside one of the grants in force."""
        scope.check()
        async with held(self.database, agency) as raw:
            if not any(given.covers(scope) for given in (await in_force(raw, agency)).scopes):
                raise NotNarrower
            await self._end(raw, agency, why)
            await self._begin(raw, agency, scope, why, None)
            await self._told(raw, Action.GRANTED, agency, "narrowed", why)
        return await self._on_kafka(agency)

    async def revoke(self, agency: str, why: str) -> None:
        """End everything at once: grants, keys, notices, the client's binding, Kafka."""
        async with held(self.database, agency) as raw:
            await self._end(raw, agency, why)
            await keys.revoke(raw, agency, self.by)
            await push.end(raw, agency)
            await raw.execute("update agency set client_id = null where id = $1", agency)
            await self._told(raw, Action.REVOKED, agency, "revoked", why)
        if self.kafka:
            await self.kafka.expel(agency)

    async def sync(self) -> dict[str, Secrets]:
        """Make Kafka what the tables say: users, what they may read, streams, how fast. Answers the passwords that had to
        be issued anew, as Kafka had none. Who is granted nothing is expelled, and whoever is unknown here."""
        if not self.kafka:
            raise NoKafka
        known, issued = await self.kafka.known(), {}
        admitted = {row["agency"] for row in await self.all() if row["in_force"]}
        for agency in sorted(known.keys() - admitted):
            await self.kafka.expel(agency)
        for agency in sorted(admitted):
            made = await self._on_kafka(agency, known)
            if made.password:
                issued[agency] = made
        return issued

    async def key(
        self, agency: str, lifetime: timedelta = keys.LIFETIME, overlap: timedelta = keys.OVERLAP
    ) -> keys.Made:
        """A new key. Those before it go on for `overlap`, so that the agency can change over."""
        async with held(self.database, agency) as raw:
            key = await keys.make(raw, agency, self.by, lifetime, overlap)
            await self._told(raw, Action.KEY_MADE, agency, "api_key")
        return key

    async def kafka_password(self, agency: str) -> Secrets:
        """Another password, the only one from now on. Connections that are open go on until they end."""
        if not self.kafka:
            raise NoKafka
        async with held(self.database, agency) as raw:
            if not (await in_force(raw, agency)).scopes:
                raise NothingGranted
        return Secrets(None, await self._admit(agency), await self._tell_kafka(agency))

    async def all(self, agency: str | None = None) -> list[dict[str, Any]]:
        """Every grant that there was, agency by agency, the oldest first."""
        async with self.database.transaction() as connection:
            rows = await (await driver(connection)).fetch(
                f"select a.*, g.*, a.id as agency, coalesce({IN_FORCE}, false) as in_force, "
                "(select count(*) from agency_key k where k.agency = a.id and revoked_at is null "
                "and expires_at > now()) as keys, (select max(expires_at) from agency_key k "
                "where k.agency = a.id and revoked_at is null) as keys_until "
                "from agency a left join agency_grant g on g.agency = a.id "
                "where $1::text is null or a.id = $1 order by a.id, g.id",
                agency,
            )
        return [dict(row) for row in rows]

    async def _begin(
        self, raw: DriverConnection, agency: str, scope: Scope, why: str, lifetime: timedelta | None
    ) -> None:
        if unknown := await raw.fetch(UNKNOWN_AREAS, scope.areas):
            raise NotGrantable("areas", (row["code"] for row in unknown))
        given = [list(dict.fromkeys(values)) for values in vars(scope).values()]
        await raw.execute(
            "insert into agency_grant (agency, topics, areas, categories, types, since, until, "
            "granted_by, why) values ($1, $2, $3, $4, $5, now(), now() + $6, $7, $8)",
            *(agency, *given, lifetime, self.by, why),
        )

    async def _end(self, raw: DriverConnection, agency: str, why: str) -> None:
        await raw.execute(
            "update agency_grant set ended_at = now(), ended_by = $2, ended_why = $3 "
            "where agency = $1 and ended_at is null",
            *(agency, self.by, why),
        )

    async def _told(
        self, raw: DriverConnection, action: Action, agency: str, how: str, why: str | None = None
    ) -> None:
        try:
            told = None if why is None else REASON.validate_python(why)
        except ValidationError:
            raise NoReason from None
        entry = Entry(action, "agency", None, fields=(agency,), purpose=told, outcome=how)
        await self.audit.record(raw, Caller(self.by, frozenset({OPERATOR})), entry)

    async def _admit(self, agency: str) -> str | None:
        if not self.kafka:
            return None
        async with held(self.database, agency) as raw:
            await self._told(raw, Action.KEY_MADE, agency, "kafka_password")
        password = secrets.token_urlsafe(32)
        await self.kafka.admit(agency, password)
        return password

    async def _on_kafka(self, agency: str, known: Mapping[str, bool] | None = None) -> Secrets:
        if self.kafka and known is None:
            known = await self.kafka.known()
        password = None if known and known.get(agency) else await self._admit(agency)
        return Secrets(None, password, await self._tell_kafka(agency))

    async def _tell_kafka(self, agency: str) -> Sequence[str]:
        if not self.kafka:
            return ()
        async with held(self.database, agency) as raw:
            granted, topics = await in_force(raw, agency), []
            filled = "select log_identity is not null from agency_stream where agency = $1"
            if granted.streamed or await raw.fetchval(
                filled, agency
            ):  # tombstones are read there too
                topics = [stream_of(agency)]
            await self.kafka.allow(agency, topics := [*granted.topics, *topics])
        return topics
