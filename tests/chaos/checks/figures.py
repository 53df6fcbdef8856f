"""The gateway's cards and figures, held against what the services hold."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tests.chaos.checks.facts import Change
from tests.chaos.checks.verdict import Verdict, verdict


class Figure(NamedTuple):
    """One number of a dashboard, and the same counted in the service's own tables."""

    area: str
    period: str
    name: str
    shown: int
    counted: int


def cards_at_last_event(changes: Iterable[Change], cards: Mapping[tuple[str, str], int]) -> Verdict:
    """By (topic, id), the version of each card is that of its aggregate's last event."""
    last: dict[tuple[str, str], int] = {}
    for change in changes:
        place = change.topic, change.id
        last[place] = max(last.get(place, 0), change.version)
    wrong = [
        f"{place}: card {cards.get(place)}, last event {last.get(place)}"
        for place in last.keys() | cards.keys()
        if cards.get(place) != last.get(place)
    ]
    return verdict(
        "cards_at_last_event",
        "每个事件各应用一次（卡片版本）",
        "cards stand at the last events",
        len(cards),
        wrong,
    )


def verified(cards: int, differences: Iterable[str]) -> Verdict:
    """Cards are the services' snapshots, tallies a recount of the cards (`jinding verify`)."""
    return verdict(
        "verified",
        "卡片即服务快照，计数即卡片重算",
        "cards are the services' snapshots, tallies their recount",
        cards,
        differences,
    )


def counted(figures: Sequence[Figure]) -> Verdict:
    """What dashboards show is what SQL counts in the services; and something was counted at all."""
    wrong = [f"{figure}" for figure in figures if figure.shown != figure.counted]
    looked = sum(1 for figure in figures if figure.counted)
    return verdict(
        "counted", "看板数字即各服务 SQL 计数", "dashboards show what SQL counts", looked, wrong
    )
