"""No agency ever learns of a sensitive report: neither by the feed, nor by snapshots, nor by a stream."""

from collections.abc import Sequence
from uuid import UUID

import pytest

from services.gateway.agencies.scope import NotGrantable, Scope
from services.gateway.projections.fold import Fact
from tests.gateway.agencies.feeding import REPORTS, WHOLE, XIAOSHUN, Fed, histories, named, told
from tests.gateway.agencies.streaming import TOWNSHIP, Streaming
from tests.gateway.agencies.streaming import told as streamed
from tests.gateway.projections.projecting import APART, settle


def mixed() -> tuple[list[Fact], set[UUID]]:
    """Histories of reports, and which are told apart."""
    facts = histories(5)
    apart = {fact.id for fact in facts if fact.id.int % 2}
    return [_marked(fact) if fact.id in apart else fact for fact in facts], apart


def _marked(fact: Fact) -> Fact:
    marks = "told_apart" in type(fact.event).model_fields
    return fact._replace(event=fact.event.model_copy(update={"told_apart": True} if marks else {}))


def plain(facts: Sequence[Fact], apart: set[UUID]) -> list[Fact]:
    return [fact for fact in facts if fact.id not in apart]


@pytest.mark.parametrize("scope", [WHOLE, TOWNSHIP], ids=str)
async def test_neither_feed_nor_snapshot_tells_of_it(fed: Fed, scope: Scope) -> None:
    facts, apart = mixed()
    fire = await fed.agency("fire-brigade", scope)
    await settle(fed.archive.runner(), fed.archive.records(facts, apart), 50)
    mine = [f for f in plain(facts, apart) if f.event.area_code.startswith(scope.areas or "")]
    events, _ = await fire.read()
    assert told(events) == named(mine)
    subjects = {event["subject"] for event in await fire.snapshot()}
    assert subjects == {str(fact.id) for fact in mine} != set()


async def test_no_stream_holds_anything_of_it_even_when_it_was_granted_in_part(
    streaming: Streaming,
) -> None:
    facts, apart = mixed()
    await streaming.begin(WHOLE)
    await settle(streaming.archive.runner(), streaming.archive.records(facts, apart), 50)
    await streaming.fill()
    await streaming.narrow(TOWNSHIP)  # all others are told lost
    await streaming.fill()
    records = await streaming.read()
    mine = [f for f in plain(facts, apart) if f.event.area_code.startswith(XIAOSHUN)]
    assert sorted(streamed(records)) == named(mine) != []
    assert not {record.key.decode() for record in records} & set(map(str, apart))


@pytest.mark.parametrize("topics", [(APART,), (REPORTS, APART)])
def test_their_topic_is_granted_to_nobody(topics: tuple[str, ...]) -> None:
    with pytest.raises(NotGrantable) as refused:
        Scope(topics).check()
    assert refused.value.pointer == "/topics"
    assert Scope.granted(topics).topics == tuple(t for t in topics if t == REPORTS)
