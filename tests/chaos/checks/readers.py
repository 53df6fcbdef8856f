"""What readers made of the log: their places, what they kept, what they put aside."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from tests.chaos.checks.facts import Archived, Letter, Place, Record
from tests.chaos.checks.verdict import Verdict, verdict

Moves = Sequence[tuple[Place, int]]


def forward(
    moves: Moves, final: Mapping[Place, int], ends: Mapping[tuple[str, int], int]
) -> Verdict:
    """Places only ever went forward, in one and the same log, and are at its ends now."""
    last: dict[Place, int] = {}
    wrong = []
    for place, at in [*moves, *final.items()]:
        if at < last.get(place, 0):
            wrong.append(f"{place} went from {last[place]} back to {at}")
        last[place] = at
    logs = {(place[2], place[4]) for place in last}
    if len(logs) > len({topic for topic, _ in logs}):
        wrong.append("a topic was taken for another one")
    for place, at in final.items():
        if at != ends[place[2], place[3]]:
            wrong.append(f"{place} is at {at} of {ends[place[2], place[3]]}")
    return verdict(
        "forward", "读取位置从不后退", "places of readers never go back", len(moves), wrong
    )


def archived(records: Iterable[Record], archive: Iterable[Archived]) -> Verdict:
    """The archive is the log: each record once, as it is."""
    kept = Counter(archive)
    wrong, looked = [], 0
    for record in records:
        looked += 1
        copy = Archived(record.topic, record.partition, record.offset, record.archive_digest)
        if kept.pop(copy, 0) != 1:
            wrong.append(f"{copy[:3]} is not kept once, as it is")
    wrong += [f"{copy[:3]} is not of the log" for copy in kept]
    return verdict(
        "archived", "归档与日志逐条一致", "the archive is the log, record by record", looked, wrong
    )


def put_aside(
    records: Iterable[Record],
    letters: Sequence[Letter],
    chokes: Mapping[str, frozenset[str]],
    readers: Mapping[str, frozenset[str]],
    until: Mapping[tuple[str, int], int],
) -> Verdict:
    """Each poison is one dead letter of each reader that must choke on it; so is what waits behind it, and
    nothing else. `chokes`: kinds of poison, and who chokes; `readers`: of each topic; `until`: where the log
    ended when an operator settled the letters."""
    expected: set[Letter] = set()
    stopped: set[tuple[str, str, str]] = set()
    planted = 0
    for record in records:
        planted += record.poison is not None
        for reader in readers[record.topic]:
            source = (reader, record.topic, record.key)
            chokes_on = record.poison is not None and reader in chokes[record.poison]
            waits = source in stopped and reader in record.asked
            settled = record.offset >= until[record.topic, record.partition]
            if chokes_on or (waits and not settled):
                expected.add(Letter(reader, record.topic, record.partition, record.offset))
                stopped.add(source)
    found = Counter(letters)
    wrong = [f"{letter} is missing" for letter in expected - found.keys()]
    wrong += [f"{letter} should not be" for letter in found.keys() - expected]
    wrong += [f"{letter} {n} times" for letter, n in found.items() if n > 1]
    return verdict(
        "put_aside",
        "毒消息各成一封死信，不累及其他",
        "each poison is one dead letter and stops nobody else",
        planted,
        wrong,
    )
