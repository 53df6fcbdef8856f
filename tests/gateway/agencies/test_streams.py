"""A stream holds what is granted of a topic in part, and nothing else; on both logs."""

import pytest

from tests.gateway.agencies.feeding import WHOLE, fits, histories, named
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


async def test_it_holds_just_what_is_granted_byte_for_byte_and_in_order(
    streaming: Streaming,
) -> None:
    facts = histories(4)
    mine = [fact for fact in facts if fits(fact, FIRE, facts)]
    await streaming.begin(FIRE)
    await streaming.happen(facts[:30])
    await streaming.fill()
    await streaming.happen(facts[30:])
    await streaming.fill()
    records = await streaming.read()
    assert sorted(told(records)) == named(mine)
    assert replica(records) == expected(mine)
    for record in records:
        original = streaming.originals[dict(record.headers)["ce_id"].decode()]
        assert (record.key, record.value) == (original.key, original.value)
        assert record.headers == tuple(sorted(original.headers))


async def test_killed_before_it_could_note_what_was_sent_it_sends_the_same_again(
    streaming: Streaming, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.gateway.agencies.streams.PAGE", 4)
    facts = histories(4)
    await streaming.begin(TOWNSHIP)
    await streaming.happen(facts)
    kills = await killed_at(streaming, Interrupted(streaming.log, takes=True))
    mine = [fact for fact in facts if fits(fact, TOWNSHIP, facts)]
    records = await streaming.read()
    assert kills > 1
    assert len(records) > len(mine)
    once = {dict(record.headers)["ce_id"]: record.value for record in records}
    assert len(once) == len(mine)
    assert all(once[dict(record.headers)["ce_id"]] == record.value for record in records)
    assert replica(records) == expected(mine)


async def test_what_the_log_did_not_take_is_sent_by_the_next_one(
    streaming: Streaming, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.gateway.agencies.streams.PAGE", 4)
    facts = histories(4)
    await streaming.begin(TOWNSHIP)
    await streaming.happen(facts)
    assert await killed_at(streaming, Interrupted(streaming.log, takes=False)) > 1
    records = await streaming.read()
    mine = [fact for fact in facts if fits(fact, TOWNSHIP, facts)]
    assert sorted(told(records)) == named(mine)
    assert replica(records) == expected(mine)


async def killed_at(streaming: Streaming, log: Interrupted) -> int:
    """How often the sender was killed until all was sent."""
    kills = 0
    while True:
        try:
            await streaming.fill(streaming.sender(log))
        except Killed:
            kills += 1
        else:
            return kills


async def test_narrowed_it_is_emptied_and_tells_what_is_lost(streaming: Streaming) -> None:
    facts = histories(4)
    await streaming.begin(TOWNSHIP)
    await streaming.happen(facts)
    await streaming.fill()
    before = await streaming.read()
    await streaming.narrow(FIRE)
    await streaming.fill()
    records = await streaming.read()
    fire = [fact for fact in facts if fits(fact, FIRE, facts)]
    assert buried(records) == ids([f for f in facts if fits(f, TOWNSHIP, facts)]) - ids(fire)
    assert sorted(told(records)) == named(fire)
    assert replica([*before, *records]) == expected(fire)


async def test_from_a_whole_topic_to_a_part_all_others_are_told_lost(streaming: Streaming) -> None:
    facts = histories(3)
    await streaming.begin(WHOLE)
    await streaming.happen(facts)
    await streaming.fill()
    assert await streaming.read() == []  # it reads the topic itself
    await streaming.narrow(FIRE)
    await streaming.fill()
    records = await streaming.read()
    fire = [fact for fact in facts if fits(fact, FIRE, facts)]
    assert buried(records) == ids(facts) - ids(fire)
    assert replica(records) == expected(fire)
    assert {row[0] for row in await streaming.held()} == ids(fire)


async def test_another_topic_of_its_name_is_filled_from_the_beginning(
    streaming: Streaming,
) -> None:
    facts = histories(2)
    await streaming.begin(TOWNSHIP)
    await streaming.happen(facts)
    await streaming.fill()
    await streaming.adapter.delete_topic(streaming.topic)
    await streaming.fill()  # nothing to fill, and no failure
    again = streaming.adapter.open()
    await again.start()
    await again.create_topics([streaming.topic])
    await streaming.fill(streaming.sender(again))
    streaming.log = again
    mine = [fact for fact in facts if fits(fact, TOWNSHIP, facts)]
    assert sorted(told(await streaming.read())) == named(mine)
    await again.stop()
