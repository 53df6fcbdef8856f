"""What an operator grants, narrows and ends; and that it stays on record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from services.chassis.errors import NotFound, Refusal
from services.gateway.agencies import scope as scopes
from services.gateway.agencies.access import NothingGranted
from services.gateway.agencies.partners import (
    AgencyExists,
    InvalidAgencyId,
    NoKafka,
    NotNarrower,
    Partners,
)
from services.gateway.agencies.push import Pushes
from services.gateway.agencies.scope import NotGrantable, Scope
from tests.gateway.agencies.feeding import FIRE, REPORTS, WHOLE, XIAOSHUN
from tests.gateway.projections.projecting import Projecting
from tests.support.auditing import audit_of

AREAS = Scope(("jinding.grid.area.v1",))
STREAM = "jinding.agency.fire.v1"


@dataclass
class Kafka:
    """Notes what it was told."""

    told: list[tuple[Any, ...]] = field(default_factory=list)
    users: dict[str, bool] = field(default_factory=dict)

    async def known(self) -> Mapping[str, bool]:
        return self.users

    async def admit(self, agency_id: str, password: str) -> None:
        self.told.append(("admit", agency_id, len(password)))
        self.users[agency_id] = True

    async def allow(self, agency_id: str, topics: Sequence[str]) -> None:
        self.told.append(("allow", agency_id, *topics))

    async def expel(self, agency_id: str) -> None:
        self.told.append(("expel", agency_id))
        self.users.pop(agency_id, None)


@pytest.fixture
def kafka() -> Kafka:
    return Kafka()


@pytest.fixture
def partners(gateway: Projecting, kafka: Kafka) -> Partners:
    return Partners(audit_of(gateway.database), "operator-1", kafka)


async def add(partners: Partners, agency: str = "fire", scope: Scope = WHOLE, **more: Any) -> Any:
    return await partners.add(agency, "消防大队", "Fire brigade", scope, "协议一", **more)


async def test_who_gave_and_took_what_stands_in_the_audit(
    partners: Partners, gateway: Projecting
) -> None:
    await add(partners)
    await partners.grant("fire", AREAS, "协议二")
    await partners.narrow("fire", FIRE, "协议三")
    await partners.key("fire")
    await Pushes(partners.audit, partners.by).to("fire", "https://fire.example/news")
    await partners.revoke("fire", "终止")
    rows = await gateway.fetch("select action, outcome, purpose from audit order by seq")
    assert rows == [
        ("GRANTED", "added", "协议一"),
        ("KEY_MADE", "kafka_password", None),
        ("GRANTED", "granted", "协议二"),
        ("GRANTED", "narrowed", "协议三"),
        ("KEY_MADE", "api_key", None),
        ("CONFIGURED", "set", None),
        ("REVOKED", "revoked", "终止"),
    ]
    assert await gateway.fetch("select distinct subject, fields from audit") == [
        ("operator-1", ["fire"])
    ]


async def test_what_was_refused_is_no_grant(partners: Partners, gateway: Projecting) -> None:
    await add(partners)
    told = "select count(*) from audit where action = 'GRANTED'"
    before = await gateway.fetch(told)
    with pytest.raises(NotNarrower):
        await partners.narrow("fire", AREAS, "协议三")
    with pytest.raises(AgencyExists):
        await add(partners)
    assert await gateway.fetch(told) == before


async def test_what_was_given_when_by_whom_and_why_is_on_record(partners: Partners) -> None:
    await add(partners)
    await partners.grant("fire", AREAS, "协议二")
    await partners.narrow("fire", FIRE, "协议三")
    await partners.revoke("fire", "终止")
    rows = await partners.all("fire")
    assert [(r["topics"], r["areas"], r["categories"], r["why"], r["ended_why"]) for r in rows] == [
        ([REPORTS], [], [], "协议一", "协议三"),
        (["jinding.grid.area.v1"], [], [], "协议二", "协议三"),
        ([REPORTS], [XIAOSHUN], ["FIRE_SAFETY"], "协议三", "终止"),
    ]
    assert {(r["granted_by"], r["ended_by"], r["in_force"], r["keys"]) for r in rows} == {
        ("operator-1", "operator-1", False, 0)
    }
    assert all(row["since"] < row["ended_at"] for row in rows)


@pytest.mark.parametrize(
    "statement",
    [
        "update agency_grant set topics = '{x}'",
        "update agency_grant set until = now() + interval '1 day'",
        "update agency_grant set ended_at = now(), areas = '{330703}'",
        "delete from agency_grant",
    ],
)
async def test_a_grant_is_never_changed_or_deleted(
    partners: Partners, gateway: Projecting, statement: str
) -> None:
    await add(partners)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="never changed"):
        await gateway.fetch(statement)
    await partners.revoke("fire", "终止")
    for again in (statement, "update agency_grant set ended_at = null"):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="never changed"):
            await gateway.fetch(again)


async def test_kafka_is_told_of_whole_topics_and_of_a_stream_for_the_rest(
    partners: Partners, kafka: Kafka
) -> None:
    made = await add(partners)
    await partners.grant("fire", Scope(("jinding.grid.area.v1",), (XIAOSHUN,)), "协议二")
    await partners.grant("fire", AREAS, "协议三")
    await partners.narrow("fire", FIRE, "协议四")
    await partners.revoke("fire", "终止")
    await partners.revoke("fire", "再次")
    assert kafka.told == [
        ("admit", "fire", len(made.password)),
        ("allow", "fire", REPORTS),
        ("allow", "fire", REPORTS, STREAM),
        ("allow", "fire", "jinding.grid.area.v1", REPORTS),
        ("allow", "fire", STREAM),
        ("expel", "fire"),
        ("expel", "fire"),
    ]


async def test_a_topic_granted_for_some_time_is_none_for_kafka(
    partners: Partners, kafka: Kafka
) -> None:
    await add(partners)
    made = await partners.grant("fire", AREAS, "短期", timedelta(days=1))
    assert (made.password, made.topics) == (None, [REPORTS, STREAM])


async def test_who_was_ended_may_log_in_to_kafka_by_the_next_grant(
    partners: Partners, kafka: Kafka
) -> None:
    await add(partners)
    await partners.revoke("fire", "终止")
    with pytest.raises(NothingGranted):
        await partners.kafka_password("fire")
    kafka.told.clear()
    made = await partners.grant("fire", WHOLE, "协议二")
    again = await partners.kafka_password("fire")
    assert made.password
    assert again.password not in (None, made.password)
    admitted = ("admit", "fire", len(made.password))
    assert kafka.told == [admitted, ("allow", "fire", REPORTS)] * 2


async def test_an_area_that_is_not_known_cannot_be_granted_where_areas_are_known(
    partners: Partners, gateway: Projecting
) -> None:
    await add(partners)
    elsewhere = Scope((REPORTS,), (XIAOSHUN, "110101"))
    await partners.grant("fire", elsewhere, "区划未导入")
    await gateway.fetch(
        "insert into card (noun, id, area_code, epoch, version, data) "
        "values ('area', gen_random_uuid(), '330703101', 1, 1, '{}') returning 1"
    )
    for change in (partners.grant, partners.narrow):
        with pytest.raises(NotGrantable) as refused:
            await change("fire", elsewhere, "协议二")
        assert (refused.value.pointer, "110101" in refused.value.en) == ("/areas", True)
        assert XIAOSHUN not in refused.value.en
    await partners.narrow("fire", Scope((REPORTS,), ("33", XIAOSHUN)), "协议三")


async def test_kafka_is_made_what_is_on_record(partners: Partners, kafka: Kafka) -> None:
    for agency in ("fire", "land", "water"):
        await add(partners, agency)
    await partners.narrow("land", FIRE, "收窄")
    await partners.revoke("water", "终止")
    kafka.users = {"fire": True, "land": False, "water": True, "stranger": False}
    kafka.told.clear()
    issued = await partners.sync()
    password = issued["land"].password
    assert password
    assert kafka.told == [
        ("expel", "stranger"),
        ("expel", "water"),
        ("allow", "fire", REPORTS),
        ("admit", "land", len(password)),
        ("allow", "land", "jinding.agency.land.v1"),
    ]
    kafka.users = {"fire": True, "land": True}
    assert await partners.sync() == {}


async def test_without_kafka_there_is_nothing_to_make_equal(gateway: Projecting) -> None:
    with pytest.raises(NoKafka):
        await Partners(audit_of(gateway.database), "operator-1").sync()
    with pytest.raises(NoKafka):
        await Partners(audit_of(gateway.database), "operator-1").kafka_password("fire")


@pytest.mark.parametrize(
    ("scope", "field"),
    [
        (Scope(()), "topics"),
        (Scope(("jinding.grid.nothing.v1",)), "topics"),
        (Scope((REPORTS,), ("33070",)), "areas"),
        (Scope((REPORTS,), ("",)), "areas"),
        (Scope((REPORTS,), (), ("FIRE",)), "categories"),
        (Scope(("jinding.grid.area.v1",), (), ("FIRE_SAFETY",)), "categories"),
        (Scope((REPORTS,), (), (), ("x",)), "types"),
        (Scope((REPORTS,), (), (), ("jinding.grid.area.changed.v1",)), "types"),
    ],
)
async def test_what_cannot_be_granted_is_named(
    partners: Partners, scope: Scope, field: str
) -> None:
    with pytest.raises(NotGrantable) as refused:
        await add(partners, scope=scope)
    assert refused.value.pointer == f"/{field}"
    assert await partners.all() == []


async def test_a_sensitive_topic_can_never_be_granted(
    partners: Partners, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add(partners, "before")
    monkeypatch.setattr(scopes, "SENSITIVE", frozenset({REPORTS}))
    for scope in (WHOLE, FIRE, Scope(("jinding.grid.area.v1", REPORTS))):
        with pytest.raises(NotGrantable):
            await add(partners, scope=scope)
    assert Scope.granted((REPORTS,), (XIAOSHUN,)) == Scope((), (XIAOSHUN,))


async def test_what_makes_no_sense_is_refused(partners: Partners) -> None:
    await add(partners, client="a-client")
    refused: list[tuple[type[Refusal], Any]] = [
        (AgencyExists, add(partners)),
        (AgencyExists, add(partners, "other", client="a-client")),
        (InvalidAgencyId, add(partners, "Fire")),
        (InvalidAgencyId, add(partners, "f")),
        (InvalidAgencyId, add(partners, "fire\n")),
        (InvalidAgencyId, add(partners, "fire-")),
        (InvalidAgencyId, add(partners, "a" * 31)),
        (NotNarrower, partners.narrow("fire", AREAS, "换")),
        (NotFound, partners.grant("nobody", WHOLE, "x")),
        (NotFound, partners.narrow("nobody", WHOLE, "x")),
        (NotFound, partners.revoke("nobody", "x")),
        (NotFound, partners.key("nobody")),
    ]
    for refusal, act in refused:
        with pytest.raises(refusal):
            await act
    assert len(await partners.all()) == 1


async def test_an_agency_with_a_client_gets_no_key(partners: Partners) -> None:
    assert (await add(partners, client="a-client")).key is None


@pytest.mark.parametrize(
    ("wide", "narrow", "covers"),
    [
        (WHOLE, FIRE, True),
        (FIRE, WHOLE, False),
        (FIRE, FIRE, True),
        (Scope((REPORTS,), ("330703",)), Scope((REPORTS,), (XIAOSHUN,)), True),
        (Scope((REPORTS,), (XIAOSHUN,)), Scope((REPORTS,), ("330703",)), False),
        (Scope((REPORTS,), (), ("TRAFFIC",)), FIRE, False),
        (Scope((REPORTS, AREAS.topics[0])), AREAS, True),
        (AREAS, Scope((REPORTS, AREAS.topics[0])), False),
    ],
)
def test_one_scope_lies_inside_another(wide: Scope, narrow: Scope, covers: bool) -> None:
    assert wide.covers(narrow) is covers


@pytest.mark.parametrize(
    ("before", "now", "wider"),
    [
        ([], [FIRE], True),
        ([FIRE], [FIRE, AREAS], True),
        ([FIRE], [WHOLE], True),
        ([WHOLE], [FIRE], False),
        ([FIRE, AREAS], [FIRE], False),
        ([FIRE], [], False),
        ([Scope((REPORTS,), (), (), ("x",))], [WHOLE], False),
        ([FIRE], [FIRE, Scope((REPORTS,), (), (), ("x",))], False),
    ],
)
def test_what_is_wider_leaves_out_nothing_of_before(
    before: list[Scope], now: list[Scope], wider: bool
) -> None:
    assert scopes.widened(before, now) is wider
