"""An answer is kept back until there is something to tell, or the time is over."""

import asyncio
from time import monotonic

from tests.gateway.agencies.feeding import FIRE, WHOLE, Fed, fits, histories, told
from tests.gateway.projections.projecting import trainee


async def test_news_ends_the_waiting_and_others_news_does_not(fed: Fed) -> None:
    facts = histories(3)
    fire = await fed.agency("fire-brigade", FIRE)
    mine = next(fact for fact in facts if fits(fact, FIRE, facts))
    _, cursor = await fire.read()
    waiting = asyncio.create_task(fire.get(after=cursor, wait=30))
    await fed.happen([trainee(1000)])
    done, _ = await asyncio.wait({waiting}, timeout=0.5)
    assert not done
    await fed.happen([mine])
    began = monotonic()
    answer = await waiting
    assert monotonic() - began < 5
    assert told(answer.json()) == [(str(mine.id), 1)]


async def test_when_the_time_is_over_nothing_is_told(fed: Fed) -> None:
    fire = await fed.agency("fire-brigade", WHOLE)
    began = monotonic()
    answer = await fire.get(after="latest", wait=1)
    assert 0.9 < monotonic() - began < 10
    assert (answer.status_code, answer.json()) == (200, [])
    assert answer.headers["Jinding-Caught-Up"] == "true"


async def test_who_is_revoked_while_it_waits_reads_nothing_more(fed: Fed) -> None:
    fire = await fed.agency("fire-brigade", WHOLE)
    waiting = asyncio.create_task(fire.get(wait=30))
    await fed.archive.fetch("select 1")
    await fed.partners.revoke("fire-brigade", "协议终止")
    await fed.happen(histories(1)[:3])
    assert (await waiting).status_code == 401


async def test_who_is_revoked_while_nothing_happens_is_refused_soon(fed: Fed) -> None:
    fire = await fed.agency("fire-brigade", WHOLE)
    waiting = asyncio.create_task(fire.get(wait=30))
    done, _ = await asyncio.wait({waiting}, timeout=0.2)
    assert not done
    await fed.partners.revoke("fire-brigade", "协议终止")
    began = monotonic()
    assert (await waiting).status_code == 401
    assert monotonic() - began < 5
