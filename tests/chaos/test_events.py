"""The checks of the log and of its readers: each passes a good history, and fails each kind of bad one."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from services.chassis.eventlog.port import partition_of
from tests.chaos.checks import deadlines, events, figures, readers
from tests.chaos.checks.facts import GATEWAY, Archived, Change, Clock, Letter, Place, Record

TOPIC, SUBSCRIBER = "jinding.grid.report.v1", "disputes-subscriptions"
HOME = {key: partition_of(key.encode()) for key in ("r", "s", "p")}
DUE = datetime(2026, 1, 1, tzinfo=UTC)
CHOKES = {"truncated": frozenset({GATEWAY, SUBSCRIBER}), "tombstone": frozenset[str]()}
READERS = {TOPIC: frozenset({GATEWAY, SUBSCRIBER})}
ASKED = frozenset({GATEWAY})


class History:
    """Two reports, one of them overdue; the first's events are in the log twice, and there is a poison under
    the key of the second, behind which its last event waits."""

    def __init__(self) -> None:
        self.changes = [
            change("r", 1),
            change("r", 2),
            change("s", 1),
            change("s", 2, clock="accept", occurred_at=DUE),
        ]
        self.records = [record("r", 1, 0), record("r", 2, 1), record("r", 1, 2), record("r", 2, 3)]
        self.records += [record("s", 1, 0), poison("s", 1), record("s", 2, 2), poison("p", 0)]
        self.records[-1] = self.records[-1]._replace(poison="tombstone")
        self.archive = [Archived(r.topic, r.partition, r.offset, b"a") for r in self.records]
        self.cards = {(TOPIC, "r"): 2, (TOPIC, "s"): 2}
        self.letters = [letter(GATEWAY, 1), letter(GATEWAY, 2), letter(SUBSCRIBER, 1)]
        self.ends = {(TOPIC, HOME["r"]): 4, (TOPIC, HOME["s"]): 3, (TOPIC, HOME["p"]): 1}
        self.settled_at = dict(self.ends)
        self.moves = [(place("r"), 2), (place("s"), 3), (place("r"), 4)]
        self.places = {place("r"): 4, place("s"): 3}
        self.clocks = [
            Clock("report", "s", "accept", DUE, None, DUE),
            Clock("report", "r", "accept", DUE, DUE, None),
            Clock("report", "r", "resolve", datetime.max.replace(tzinfo=UTC), None, None),
        ]

    def verdicts(self) -> dict[str, bool]:
        records = self.records
        return {
            verdict.name: verdict.holds
            for verdict in (
                events.in_order(records),
                events.faithful(self.changes, records),
                events.partitioned(self.changes, records),
                events.published(self.changes),
                deadlines.fired_once(self.clocks, self.changes, datetime(2026, 6, 1, tzinfo=UTC)),
                figures.cards_at_last_event(self.changes, self.cards),
                readers.forward(self.moves, self.places, self.ends),
                readers.archived(records, self.archive),
                readers.put_aside(records, self.letters, CHOKES, READERS, self.settled_at),
            )
        }


def change(id_: str, version: int, **other: Any) -> Change:
    digest = f"{id_}{version}".encode()
    whole = Change(TOPIC, HOME[id_], id_, version, "type", digest, True, False)
    return whole._replace(**other)


def record(key: str, version: int, offset: int, **other: Any) -> Record:
    digest = f"{key}{version}".encode()
    whole = Record(TOPIC, HOME[key], offset, key, version, digest, b"a", None, ASKED)
    return whole._replace(**other)


def poison(key: str, offset: int) -> Record:
    return record(key, 1, offset, digest=b"rubbish", poison="truncated", asked=frozenset())


def letter(reader: str, offset: int) -> Letter:
    return Letter(reader, TOPIC, HOME["s"], offset)


def place(key: str) -> Place:
    return "gateway", GATEWAY, TOPIC, HOME[key], "log"


def test_a_good_history_passes() -> None:
    assert len(set(HOME.values())) == 3
    assert set(History().verdicts().values()) == {True}
    assert events.repeats(History().records) == 2


def lost_record(h: History) -> None:
    h.records = [r for r in h.records if (r.key, r.version) != ("r", 2)]
    h.archive = [Archived(r.topic, r.partition, r.offset, b"a") for r in h.records]


def reordered_records(h: History) -> None:
    h.records[0], h.records[1] = record("r", 2, 0), record("r", 1, 1)


def altered_repeat(h: History) -> None:
    h.records[2] = record("r", 1, 2, digest=b"other")


def invented_record(h: History) -> None:
    h.records[3] = record("r", 3, 3)


def record_elsewhere(h: History) -> None:
    h.records[3] = record("r", 2, 3, partition=HOME["p"])
    h.archive[3] = Archived(TOPIC, HOME["p"], 3, b"a")


def another_partitioner(h: History) -> None:
    h.changes[0] = change("r", 1, partition=HOME["p"])


def unpublished_row(h: History) -> None:
    h.changes[0] = change("r", 1, published=False)


def parked_row(h: History) -> None:
    h.changes[0] = change("r", 1, parked=True)


def card_behind(h: History) -> None:
    h.cards[TOPIC, "r"] = 1


def card_ahead(h: History) -> None:
    h.cards[TOPIC, "r"] = 3


def card_of_nothing(h: History) -> None:
    h.cards[TOPIC, "p"] = 1


def place_gone_back(h: History) -> None:
    h.moves = [(place("r"), 4), (place("r"), 2)]


def place_short_of_the_end(h: History) -> None:
    h.places[place("r")] = 3
    h.moves = [(place("r"), 3)]


def another_log(h: History) -> None:
    h.moves.append((("gateway", GATEWAY, TOPIC, HOME["r"], "another"), 1))


def unarchived_record(h: History) -> None:
    h.archive.pop()


def altered_archive(h: History) -> None:
    h.archive[0] = h.archive[0]._replace(digest=b"b")


def archived_twice(h: History) -> None:
    h.archive.append(h.archive[0])


def poison_swallowed(h: History) -> None:
    h.letters.remove(letter(SUBSCRIBER, 1))


def nobody_waited(h: History) -> None:
    h.letters.remove(letter(GATEWAY, 2))


def innocent_put_aside(h: History) -> None:
    h.letters.append(letter(SUBSCRIBER, 2))


def put_aside_twice(h: History) -> None:
    h.letters.append(letter(GATEWAY, 1))


def doubled_deadline(h: History) -> None:
    h.changes.append(change("s", 3, clock="accept", occurred_at=DUE))
    h.records.insert(7, record("s", 3, 3))
    h.archive.append(Archived(TOPIC, HOME["s"], 3, b"a"))
    h.cards[TOPIC, "s"] = 3
    h.letters.append(letter(GATEWAY, 3))
    h.ends[TOPIC, HOME["s"]] = h.settled_at[TOPIC, HOME["s"]] = h.places[place("s")] = 4


def deadline_of_another_time(h: History) -> None:
    h.changes[3] = change("s", 2, clock="accept", occurred_at=DUE.replace(hour=1))


def deadline_of_a_kept_limit(h: History) -> None:
    h.clocks[0] = Clock("report", "s", "accept", DUE, DUE, None)


def deadline_not_told(h: History) -> None:
    h.clocks[2] = Clock("report", "r", "resolve", DUE, None, None)


@pytest.mark.parametrize(
    ("spoil", "caught_by"),
    [
        (lost_record, {"faithful"}),
        (reordered_records, {"in_order"}),
        (altered_repeat, {"faithful"}),
        (invented_record, {"faithful"}),
        (record_elsewhere, {"in_order", "partitioned"}),
        (another_partitioner, {"partitioned"}),
        (unpublished_row, {"published"}),
        (parked_row, {"published"}),
        (card_behind, {"cards_at_last_event"}),
        (card_ahead, {"cards_at_last_event"}),
        (card_of_nothing, {"cards_at_last_event"}),
        (place_gone_back, {"forward"}),
        (place_short_of_the_end, {"forward"}),
        (another_log, {"forward"}),
        (unarchived_record, {"archived"}),
        (altered_archive, {"archived"}),
        (archived_twice, {"archived"}),
        (poison_swallowed, {"put_aside"}),
        (nobody_waited, {"put_aside"}),
        (innocent_put_aside, {"put_aside"}),
        (put_aside_twice, {"put_aside"}),
        (doubled_deadline, {"fired_once"}),
        (deadline_of_another_time, {"fired_once"}),
        (deadline_of_a_kept_limit, {"fired_once"}),
        (deadline_not_told, {"fired_once"}),
    ],
)
def test_a_bad_history_is_caught(spoil: Callable[[History], None], caught_by: set[str]) -> None:
    history = History()
    spoil(history)
    assert {name for name, holds in history.verdicts().items() if not holds} == caught_by


def test_what_was_appended_after_the_settling_waits_no_more() -> None:
    history = History()
    history.settled_at[TOPIC, HOME["s"]] = 2
    history.letters.remove(letter(GATEWAY, 2))
    assert set(history.verdicts().values()) == {True}
