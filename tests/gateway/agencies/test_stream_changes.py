"""What becomes of a stream when grants change, aggregates move or vanish, and senders come and go."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.gateway.agencies import scope as scopes
from services.gateway.agencies.scope import Scope
from tests.chassis.eventlog.adapters import Adapter, embedded_log
from tests.chassis.outboxes import Valve
from tests.gateway.agencies.feeding import LINGXIA, REPORTS, WHOLE, fits, histories, named
from tests.gateway.agencies.streaming import (
    FIRE,
    TOWNSHIP,
    Interrupted,
    Killed,
    Streaming,
    buried,
    expected,
    ids,
    replica,
    told,
)
from tests.support.postgres import FreshDatabases
from tests.support.running import eventually
from tests.support.waiting import until

OTHER = Scope((REPORTS,), (LINGXIA,))
EITHER = Scope((REPORTS,), ("330703",))
ACCEPTED = "jinding.grid.report.accepted.v1"


@pytest.fixture
async def adapter(fresh_database: FreshDatabases) -> Adapter:
    return await embedded_log(fresh_database)


async def test_widened_it_gets_the_missing_history_alone(streaming: Streaming) -> None:
    facts = histories(3)
    await streaming.begin(TOWNSHIP)
    await streaming.happen(facts)
    await streaming.fill()
    await streaming.partners.grant(streaming.agency, OTHER, "协议二")
    await streaming.fill()
    records = await streaming.read()
    assert sorted(told(records)) == named(facts)
    assert buried(records) == set()


async def test_other_types_of_event_come_after_a_tombstone(streaming: Streaming) -> None:
    """An agency keeps what is newer only: versions that were left out would be dropped."""
    facts = histories(4)
    accepted = Scope((REPORTS,), ("330703",), (), (ACCEPTED,))
    await streaming.begin(accepted)
    await streaming.happen(facts)
    await streaming.fill()
    before = await streaming.read()
    assert {fact.event.type for fact in facts if (str(fact.id), fact.version) in told(before)} == {
        ACCEPTED
    }
    await streaming.partners.grant(streaming.agency, EITHER, "协议二")
    await streaming.fill()
    after = await streaming.read()
    assert buried(after) == {id_ for id_, _ in told(before)}
    assert replica([*before, *after]) == expected(facts)


@pytest.mark.proof
async def test_a_grant_that_ends_by_itself_is_told_lost(streaming: Streaming) -> None:
    facts = histories(3)
    await streaming.begin(FIRE)
    await streaming.happen(facts)
    more = timedelta(seconds=3)
    await streaming.partners.grant(streaming.agency, OTHER, "短期", more)
    await streaming.fill()
    other = [fact for fact in facts if fits(fact, OTHER, facts)]
    assert ids(other) <= {row[0] for row in await streaming.held()}

    async def ended() -> bool:
        await streaming.fill()
        return buried(await streaming.read()) == ids(other)

    await eventually(ended)


async def test_a_whole_topic_for_some_time_comes_by_the_stream(streaming: Streaming) -> None:
    """Kafka's access lists know no end."""
    facts = histories(2)
    await streaming.begin(Scope(("jinding.grid.area.v1",)))
    await streaming.partners.grant(streaming.agency, WHOLE, "短期", timedelta(days=1))
    await streaming.happen(facts)
    await streaming.fill()
    assert sorted(told(await streaming.read())) == named(facts)


@pytest.mark.parametrize(
    "change",
    ["update card set area_code = '330703999' where id = $1", "delete from card where id = $1"],
)
async def test_what_leaves_its_area_or_is_erased_is_told_lost(
    streaming: Streaming, change: str
) -> None:
    facts = histories(3)
    await streaming.begin(TOWNSHIP)
    await streaming.happen(facts[:-1])
    await streaming.fill()
    mine = (fact for fact in facts if fits(fact, TOWNSHIP, facts))
    gone = next(fact for fact in mine if fact.id != facts[-1].id)
    await streaming.archive.fetch(change, gone.id)
    await streaming.happen(facts[-1:])  # news: it looks again
    await streaming.fill()
    records = await streaming.read()
    assert buried(records) == {str(gone.id)}
    assert str(gone.id) not in replica(records)
    assert str(gone.id) not in {row[0] for row in await streaming.held()}


async def test_what_was_sent_when_it_was_killed_and_then_erased_is_told_lost(
    streaming: Streaming,
) -> None:
    facts = histories(2)
    await streaming.begin(TOWNSHIP)
    await streaming.happen(facts)
    with pytest.raises(Killed):
        await streaming.fill(streaming.sender(Interrupted(streaming.log, takes=True)))
    gone, _ = told(await streaming.read())[0]
    await streaming.archive.fetch("delete from card where id = $1", UUID(gone))
    await streaming.fill()
    assert buried(await streaming.read()) == {gone}
    assert gone not in replica(await streaming.read())


async def test_who_was_away_while_it_was_emptied_twice_is_told_of_all_that_is_lost(
    streaming: Streaming,
) -> None:
    """Tombstones go with the rest when a stream is emptied, and not everybody has read them by then."""
    facts = histories(4)
    await streaming.begin(EITHER)
    await streaming.happen(facts)
    await streaming.fill()
    before = await streaming.read()
    township = {fact.id for fact in facts if fits(fact, TOWNSHIP, facts)}
    erased = min(township)
    await streaming.archive.fetch("delete from card where id = $1 returning id", erased)
    await streaming.narrow(TOWNSHIP)
    await streaming.fill()
    await streaming.narrow(FIRE)
    await streaming.fill()
    fire = [f for f in facts if fits(f, FIRE, facts) and f.id != erased]
    after = await streaming.read()
    assert replica([*before, *after]) == expected(fire)
    assert buried(after) == ids(facts) - ids(fire)


async def test_what_is_granted_again_after_its_tombstone_comes_again(streaming: Streaming) -> None:
    facts = histories(3)
    await streaming.begin(EITHER)
    await streaming.happen(facts)
    await streaming.fill()
    await streaming.narrow(TOWNSHIP)
    await streaming.fill()
    await streaming.partners.grant(streaming.agency, OTHER, "协议二")
    await streaming.fill()
    await streaming.narrow(OTHER)  # emptied: no tombstone of what is granted
    await streaming.fill()
    other = [fact for fact in facts if fits(fact, OTHER, facts)]
    records = await streaming.read()
    assert replica(records) == expected(other)
    assert buried(records) == ids(facts) - ids(other)


async def test_a_tombstone_that_the_log_keeps_no_more_is_forgotten(streaming: Streaming) -> None:
    facts = histories(3)
    await streaming.begin(EITHER)
    await streaming.happen(facts)
    await streaming.fill()
    await streaming.narrow(TOWNSHIP)
    await streaming.fill()
    await streaming.archive.fetch(
        "update agency_sent set buried_at = buried_at - interval '31 days' returning 1"
    )
    await streaming.narrow(FIRE)
    await streaming.fill()
    township = [fact for fact in facts if fits(fact, TOWNSHIP, facts)]
    known = {str(id_) for (id_,) in await streaming.archive.fetch("select id from agency_sent")}
    assert known == ids(township)


async def test_what_waits_in_a_dead_letter_is_not_lost(streaming: Streaming) -> None:
    facts = histories(2)
    first = next(fact for fact in facts if fits(fact, OTHER, facts))
    await streaming.begin(OTHER)
    poison = first._replace(version=first.version + 5)  # its service knows nothing of it
    await streaming.happen([poison])
    await streaming.fill()
    assert await streaming.archive.letters()
    assert told(await streaming.read()) == [(str(first.id), poison.version)]
    assert buried(await streaming.read()) == set()


async def test_revoked_it_is_emptied(streaming: Streaming) -> None:
    await streaming.begin(TOWNSHIP)
    await streaming.happen(histories(2))
    await streaming.fill()
    await streaming.partners.revoke(streaming.agency, "终止")
    await streaming.fill()
    assert await streaming.read() == []
    assert await streaming.archive.fetch("select 1 from agency_sent") == []
    assert await streaming.archive.fetch("select 1 from agency_stream") == []


async def test_what_became_sensitive_is_told_lost(
    streaming: Streaming, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = histories(2)
    await streaming.begin(TOWNSHIP)
    await streaming.partners.grant(streaming.agency, Scope(("jinding.grid.area.v1",)), "协议二")
    await streaming.happen(facts)
    await streaming.fill()
    known = {row[0] for row in await streaming.held()}
    monkeypatch.setattr(scopes, "SENSITIVE", frozenset({REPORTS}))
    await streaming.fill()
    assert known
    assert buried(await streaming.read()) == known
    assert told(await streaming.read()) == []


async def test_one_without_a_topic_keeps_nobody_waiting(streaming: Streaming) -> None:
    facts = histories(2)
    await streaming.partners.add("aaa", "某单位", "An agency", FIRE, "协议一")
    await streaming.begin(TOWNSHIP)
    await streaming.happen(facts)
    await streaming.fill()
    mine = [fact for fact in facts if fits(fact, TOWNSHIP, facts)]
    assert sorted(told(await streaming.read())) == named(mine)


async def test_of_two_senders_one_sends_and_the_other_takes_over(streaming: Streaming) -> None:
    facts = histories(4)
    await streaming.begin(EITHER)
    await streaming.happen(facts)
    held: Any = Valve(streaming.log)
    free: Any = Valve(streaming.log)
    held.open.clear()
    first = asyncio.create_task(streaming.sender(held).run())
    await until(lambda: held.asked > 0)
    second = asyncio.create_task(streaming.sender(free).run())
    await asyncio.wait({second}, timeout=1)
    assert free.asked == 0
    first.cancel()
    await asyncio.wait({first})
    last = {str(fact.id): fact.version for fact in facts}

    async def noted() -> bool:
        return await streaming.held() == sorted((id_, 1, last[id_]) for id_ in last)

    await eventually(noted)
    second.cancel()
    await asyncio.wait({second})
    assert sorted(told(await streaming.read())) == named(facts)


async def test_who_narrows_waits_for_what_is_on_its_way_and_nothing_of_it_follows(
    streaming: Streaming,
) -> None:
    facts = histories(2)
    await streaming.begin(TOWNSHIP)
    await streaming.happen(facts)
    valve: Any = Valve(streaming.log)
    valve.open.clear()
    filling = asyncio.create_task(streaming.fill(streaming.sender(valve)))
    await until(lambda: valve.asked > 0)
    narrowing = asyncio.create_task(streaming.narrow(FIRE))
    done, _ = await asyncio.wait({narrowing}, timeout=0.5)
    assert not done
    valve.open.set()
    await asyncio.gather(narrowing, filling)
    await streaming.fill()
    fire = [fact for fact in facts if fits(fact, FIRE, facts)]
    assert sorted(told(await streaming.read())) == named(fire)
