from collections import Counter
from collections.abc import Iterable
from datetime import date
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.gateway.projections.cards import Entry
from services.gateway.projections.fold import Fact, Fold, TallyKey, VersionGap, add, written
from tests.gateway.projections.handled import WHOLE
from tests.gateway.projections.histories import REPORTS, History, Moves, moves

randoms = st.randoms(use_true_random=False)
WALK: Moves = [(0, "accept", 1), (0, "assign", 1), (0, "start", 1), (0, "resolve", 1)]


def folded(facts: Iterable[Fact]) -> Fold:
    fold = Fold({})
    for fact in facts:
        fold.take(fact)
    return fold


def recount(fold: Fold) -> list[tuple[TallyKey, int]]:
    counted: Counter[TallyKey] = Counter()
    for kept in fold.cards.values():
        add(counted, "grid", REPORTS.entries(kept.card), 1)
    return written(counted)


def with_repeats(facts: list[Fact], random: Random) -> list[Fact]:
    """Each fact for the first time in order; in between, any of those before in any order."""
    told: list[Fact] = []
    for place, fact in enumerate(facts):
        told.append(fact)
        told += random.sample(facts[: place + 1], random.randint(0, min(3, place + 1)))
    return told + random.sample(facts, len(facts))


@given(moves)
@example(WHOLE)
@example([*WHOLE[:-1], (1, "archive overdue", 24 * 40)])
def test_a_card_equals_its_row_after_any_history(moves: Moves) -> None:
    history = History(moves)
    fold = Fold({})
    for fact, snapshot in zip(history.facts, history.snapshots, strict=True):
        assert fold.take(fact)
        assert fold.cards[fact.key].card == snapshot.event


@given(moves)
def test_tallies_equal_a_recount_of_the_cards(moves: Moves) -> None:
    fold = folded(History(moves).facts)
    assert written(fold.tallies) == recount(fold)


@given(moves, randoms)
def test_events_redelivered_in_any_order_change_nothing(moves: Moves, random: Random) -> None:
    facts = History(moves).facts
    once, again = folded(facts), folded(with_repeats(facts, random))
    assert again.cards == once.cards
    assert written(again.tallies) == written(once.tallies)


@given(moves, randoms)
def test_a_snapshot_stands_for_all_events_up_to_it(moves: Moves, random: Random) -> None:
    history = History(moves)
    whole = folded(history.facts)
    place = random.randrange(len(history.facts))
    fold = folded(history.facts[:place])
    for fact in History(moves).last.values():
        fold.take(fact)
    for fact in history.facts[place:]:
        assert not fold.take(fact)
    assert fold.cards == whole.cards
    assert written(fold.tallies) == written(whole.tallies)


def test_a_snapshot_older_than_its_card_changes_nothing() -> None:
    history = History(WALK)
    fold = folded(history.facts)
    cards, tallies = dict(fold.cards), written(fold.tallies)
    for snapshot in history.snapshots:
        assert not fold.take(snapshot)
    assert (fold.cards, written(fold.tallies)) == (cards, tallies)


@given(moves)
def test_folding_in_batches_is_folding_at_once(moves: Moves) -> None:
    facts = History(moves).facts
    total: Counter[TallyKey] = Counter()
    fold = Fold({})
    for fact in facts:
        fold = Fold(fold.cards)
        fold.take(fact)
        total.update(fold.tallies)
    assert written(total) == written(folded(facts).tallies)


@pytest.mark.parametrize("place", [1, 2, 3])
def test_a_missing_version_is_noticed_and_nothing_is_changed(place: int) -> None:
    facts = [fact for fact in History(WALK).facts if fact.id.int == 1]
    fold = folded(facts[:place])
    before, tallies = dict(fold.cards), written(fold.tallies)
    with pytest.raises(VersionGap):
        fold.take(facts[place + 1])
    assert (fold.cards, written(fold.tallies)) == (before, tallies)


def test_the_first_event_read_must_be_the_first_of_its_aggregate() -> None:
    with pytest.raises(VersionGap):
        Fold({}).take(History(WALK).facts[4])


def test_a_new_epoch_needs_a_snapshot_even_where_the_version_fits() -> None:
    old, new = History(WALK[:2]), History(WALK[:3], epoch=2)
    fold = folded(old.facts)
    with pytest.raises(VersionGap):
        fold.take(new.facts[-1])
    assert fold.take(new.snapshots[-1])
    assert fold.cards[new.facts[-1].key].card == new.snapshots[-1].event


def test_a_snapshot_of_a_new_epoch_takes_back_what_was_lost() -> None:
    longer, shorter = History(WALK), History(WALK[:1], epoch=2)
    fold = folded([*longer.facts, *shorter.last.values()])
    assert {kept.version for kept in fold.cards.values()} == {1, 2}
    assert written(fold.tallies) == written(folded(shorter.facts).tallies)
    assert not any(fold.take(fact) for fact in longer.facts)


def test_events_of_a_forgotten_epoch_make_no_card() -> None:
    fold = Fold({}, {"grid": 2})
    assert not any(fold.take(fact) for fact in History(WALK).facts)
    assert (fold.cards, fold.changed) == ({}, {})


@pytest.mark.parametrize("length", [6, 9, 12, 15])
def test_an_entry_counts_in_its_area_and_in_every_area_above(length: int) -> None:
    area, tallies = "330703105291001", Counter[TallyKey]()
    add(tallies, "grid", [Entry("m", area[:length], date(2026, 1, 2), 3, "d")], 1)
    levels = [level for level in (6, 9, 12, 15) if level <= length]
    day = date(2026, 1, 2)
    assert tallies == {(area[:level], "m", day, "d", "grid"): 3 for level in levels}
