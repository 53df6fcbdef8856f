"""An agency is told that it is behind, once, until it says that it has heard."""

import asyncio
from datetime import timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from services.gateway.agencies.cursor import EVERYTHING, read
from services.gateway.agencies.notices import PAUSES
from services.gateway.agencies.scope import Scope
from tests.gateway.agencies.feeding import FIRE, WHOLE, fits, histories
from tests.gateway.agencies.pushing import Pushing
from tests.gateway.projections.projecting import trainee
from tests.support.waiting import until

AREAS = Scope(("jinding.grid.area.v1",))
FACTS = histories(3)
MINE = [fact for fact in FACTS if fits(fact, FIRE, FACTS)]
OTHERS = [fact for fact in FACTS if fact.id not in {mine.id for mine in MINE}]


async def test_there_is_news_and_nothing_is_told_of_it(push: Pushing) -> None:
    secret = await push.agency()
    await push.happen(FACTS)
    assert await push.round() == 1
    [got] = push.receiver.got
    told = Webhook(secret).verify(got.body, got.headers)
    assert set(told) == {"type", "timestamp", "data"}
    assert set(told["data"]) == {"until"}
    text = got.body.decode()
    assert not any(str(fact.id) in text or fact.event.type in text for fact in FACTS)
    assert got.headers["content-type"] == "application/json"
    assert await push.round() == 0


async def test_many_events_are_one_notice_and_those_that_come_after_it_another(
    push: Pushing,
) -> None:
    await push.agency()
    await push.happen(FACTS[:10])
    await push.happen(FACTS[10:20])
    assert await push.round() == 1
    await push.happen(FACTS[20:22])
    await push.happen(FACTS[22:])
    assert await push.round() == 1
    assert len(set(push.ids)) == 2


async def test_it_is_not_told_more_often_than_the_setting_says(push: Pushing) -> None:
    await push.agency()
    await push.happen(FACTS[:20])
    assert await push.round(push_seconds=60) == 1
    await push.happen(FACTS[20:])
    [(least,)] = await push.gateway.fetch("select next_at - now() from agency_push")
    assert timedelta(seconds=50) < least <= timedelta(seconds=60)


async def test_only_what_is_granted_is_news(push: Pushing) -> None:
    await push.agency("fire", FIRE)
    await push.agency("land", AREAS)
    await push.happen([*OTHERS, trainee(1)])
    assert await push.round() == 0
    await push.happen(MINE[:1])
    assert await push.round() == 1
    assert "to=fire" in push.receiver.got[-1].headers["path"]


async def test_the_cursor_told_is_the_one_at_which_the_feed_is_read_to_its_end(
    push: Pushing,
) -> None:
    await push.agency()
    await push.happen(FACTS)
    await push.round()
    [(seen,)] = await push.gateway.fetch("select seen from agency_push")
    assert seen == push.until


async def test_a_grant_that_changed_is_news_and_no_grant_is_none(push: Pushing) -> None:
    await push.agency()
    await push.happen(FACTS)
    assert await push.round() == 1
    await push.partners.narrow("fire", FIRE, "收窄")
    assert await push.round() == 1
    assert await push.round() == 0


async def test_a_failed_notice_is_sent_again_as_it_was_and_less_and_less_often(
    push: Pushing,
) -> None:
    await push.agency()
    await push.happen(FACTS[:20])
    push.receiver.answers = [500, 302, 429]
    for number in range(1, 4):
        assert await push.round() == 1
        state = await push.state()
        assert (state.state, state.attempts) == ("on", number)
        [(wait,)] = await push.gateway.fetch("select next_at - now() from agency_push")
        most = timedelta(seconds=PAUSES[number - 1])
        assert most * 0.75 < wait <= most
        await push.happen(FACTS[19 + number : 20 + number])
    assert await push.round() == 1
    assert len(set(push.ids)) == 1
    assert len({got.body for got in push.receiver.got}) == 1
    assert (await push.state()).unconfirmed_since is None
    assert await push.round() == 1  # what came meanwhile
    told = [(d.attempt, d.status, d.fault) for d in await push.log()]
    assert told == [(1, 500, None), (2, 302, None), (3, 429, None), (4, 204, None), (1, 204, None)]


async def test_after_a_day_of_failures_it_is_paused_until_an_operator_sets_it_again(
    push: Pushing,
) -> None:
    await push.agency()
    await push.happen(FACTS)
    push.receiver.answers = [503] * 8
    for _ in range(10):
        await push.round()
    assert len(push.ids) == 8
    state = await push.state()
    assert (state.state, state.attempts, state.next_at) == ("paused", 8, None)
    assert state.unconfirmed_since
    assert await push.pushes.to("fire", push.receiver.url) is None
    assert await push.round() == 1
    assert len(set(push.ids)) == 1
    assert (await push.state()).state == "on"


async def test_410_ends_it_at_once(push: Pushing) -> None:
    await push.agency()
    await push.happen(FACTS)
    push.receiver.answers = [410]
    assert await push.round() == 1
    assert await push.round() == 0
    assert (await push.state()).state == "gone"
    assert [d.status for d in await push.log()] == [410]


async def test_a_fault_is_on_record(push: Pushing) -> None:
    await push.agency()
    await push.happen(FACTS)
    assert await push.round(push_networks=()) == 0
    assert await push.round(push_ports=(443,)) == 0
    assert [(d.status, d.fault) for d in await push.log()] == [
        (None, "address_refused"),
        (None, "url_refused"),
    ]
    assert len({d.notice for d in await push.log()}) == 1


async def test_who_is_revoked_hears_nothing_more(push: Pushing) -> None:
    await push.agency()
    await push.happen(FACTS[:20])
    push.receiver.answers = [500]
    assert await push.round() == 1
    await push.partners.revoke("fire", "终止")
    await push.happen(FACTS[20:])
    assert await push.round() == 0
    assert await push.gateway.fetch("select from agency_push") == []
    await push.pushes.to("fire", push.receiver.url)  # without a grant
    assert await push.round() == 0
    await push.partners.grant("fire", WHOLE, "协议二")
    assert await push.round() == 1


async def test_while_nothing_is_granted_nothing_is_told_not_even_what_was_begun(
    push: Pushing,
) -> None:
    await push.agency("fire")
    await push.agency("land")
    await push.happen(FACTS)
    push.receiver.answers = [500]  # to one of them
    assert await push.round() == 2
    ended = "update agency_grant set ended_at = now() returning 1"
    assert len(await push.gateway.fetch(ended)) == 2
    assert await push.round() == 0


async def test_while_a_secret_is_changed_either_will_do(push: Pushing) -> None:
    first = await push.agency()
    second = await push.pushes.rotate("fire")
    await push.happen(FACTS[:20])
    await push.round()
    for secret in (first, second):
        Webhook(secret).verify(push.receiver.got[-1].body, push.receiver.got[-1].headers)
    third = await push.pushes.rotate("fire", timedelta())
    await push.happen(FACTS[20:])
    await push.round()
    got = push.receiver.got[-1]
    Webhook(third).verify(got.body, got.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(second).verify(got.body, got.headers)


async def test_one_that_hangs_does_not_keep_the_others_from_being_told(push: Pushing) -> None:
    await push.agency("fire")
    await push.agency("land")
    await push.happen(FACTS)
    held = asyncio.Event()
    push.receiver.answers = [held]
    task = asyncio.create_task(push.round())
    await until(lambda: len(push.receiver.got) == 2)
    held.set()
    assert await task == 2


async def test_deliveries_are_forgotten_after_their_time_and_no_sooner(push: Pushing) -> None:
    await push.agency()
    await push.gateway.fetch(
        "insert into agency_delivery (agency, notice, attempt, at, ms) "
        "select 'fire', 'msg_' || day, 1, now() - day * interval '1 day', 5 "
        "from generate_series(40, 1, -1) as day returning id"
    )
    await push.round()
    assert [d.notice for d in await push.log()] == [f"msg_{day}" for day in range(29, 0, -1)]


async def test_what_was_looked_through_in_vain_is_not_looked_through_again(push: Pushing) -> None:
    await push.agency("fire", FIRE)
    await push.happen(OTHERS)
    assert await push.round() == 0
    [(seen,)] = await push.gateway.fetch("select seen from agency_push")
    await push.happen(MINE)
    await push.round()
    assert seen != push.until
    places = read(seen, EVERYTHING, [FIRE])
    assert sum(at.offset for at in places.values()) == len(OTHERS)
