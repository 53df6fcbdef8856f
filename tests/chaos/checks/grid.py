"""What only the grid promises: links, mergers, clocks, parts of a record, tasks; and a device that follows all."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from tests.chaos.checks.facts import Answer
from tests.chaos.checks.verdict import Verdict, verdict


class Told(NamedTuple):
    """A report, as far as mergers go."""

    id: str
    reporter: str
    duplicate_of: str | None = None
    credited: bool = False
    cancelled: str | None = None


class Link(NamedTuple):
    """Who held a tie from when until when."""

    tie: str
    household: str
    member: str
    primary: bool
    open: bool
    at_home: bool = True
    """Of the grid of which the household is now."""


class Reckoned(NamedTuple):
    """A deadline of a report, and what its ledger comes to."""

    id: str
    clock: str
    due_at: datetime | None
    reckoned: datetime | None


class Part(NamedTuple):
    """How many parts of one kind a record has, and how many operations have added one."""

    id: str
    kind: str
    held: int
    answered: int


class Errand(NamedTuple):
    id: str
    status: str
    kept: int
    """Originals that were not returned and signed for."""


def credited_once(reports: Sequence[Told]) -> Verdict:
    """Of those who told of one matter everybody is credited once: the first by the report that goes on, each other
    by one of those merged into it. What others were merged into was not merged itself."""
    known = {report.id: report for report in reports}
    merged: dict[str, list[Told]] = defaultdict(list)
    for report in reports:
        if report.duplicate_of:
            merged[report.duplicate_of].append(report)
    wrong = [
        f"{r} is credited, and not merged" for r in reports if r.credited and not r.duplicate_of
    ]
    for id_, others in merged.items():
        master = known[id_]
        credits = Counter(other.reporter for other in others if other.credited)
        owed = Counter({other.reporter for other in others} - {master.reporter})
        if credits != owed:
            wrong.append(f"{master}: {dict(credits)} are credited, {dict(owed)} are owed")
        if master.duplicate_of or master.cancelled not in (None, "OUT_OF_SCOPE"):
            wrong.append(f"{master} is over, though others go on as it")
        wrong += [f"{other} is not over" for other in others if other.cancelled != "DUPLICATE"]
    return verdict(
        "credited_once",
        "并案后每位上报人恰计一次",
        "of merged reports each reporter is credited once",
        len(merged),
        wrong,
    )


def taken_along(ties: Mapping[str, int], answers: Iterable[Answer]) -> dict[str, int]:
    """How many links each household took along to other grids: at each move those that its steps before had begun.
    `ties`: how many each has in all; those that no step began it had from its registration."""
    steps: dict[str, list[Answer]] = defaultdict(list)
    for answer in sorted(answers, key=lambda answer: answer.version):
        if answer.noun == "household":
            steps[answer.id].append(answer)
    found = {}
    for home, made in steps.items():
        begun = Counter(answer.operation for answer in made)
        held = ties.get(home, 0) - begun["link_household"]
        found[home] = 0
        for answer in made:
            held += answer.operation == "link_household"
            held -= answer.operation == "unlink_household"
            found[home] += held if answer.operation == "move_household" else 0
    return found


def linked_once(
    links: Sequence[Link],
    ties: Mapping[str, bool],
    handovers: Mapping[str, int],
    moves: Mapping[str, int],
) -> Verdict:
    """No household has two primary links, nor one member twice; a tie that goes on has one holder, where its household
    is, one that ended has none; and of each handover and move nothing was lost or doubled. `ties`: whether each goes
    on; `handovers`: how many links each says it has handed on; `moves`: how many each household took along."""
    held = Counter(link.tie for link in links if link.open)
    primary = Counter(link.household for link in links if link.open and link.primary)
    twice = Counter((link.household, link.member) for link in links if link.open)
    wrong = [f"{home} has {n} primary links" for home, n in primary.items() if n > 1]
    wrong += [f"{pair} are linked {n} times" for pair, n in twice.items() if n > 1]
    wrong += [f"tie {tie} has {held[tie]} holders" for tie, on in ties.items() if held[tie] != on]
    wrong += [f"{link} is of no tie" for link in links if link.tie not in ties]
    wrong += [f"{link} was left behind" for link in links if link.open and not link.at_home]
    again, said = (
        len(links) - len({link.tie for link in links}),
        [*map(sum, (handovers.values(), moves.values()))],
    )
    if again != sum(said):
        wrong.append(f"{again} links went on, handovers and moves say {said}")
    return verdict(
        "linked_once",
        "主联系人唯一，移交与迁移不丢不重",
        "one primary link each; handovers and moves lose and double nothing",
        len(links) if all(said) else 0,
        wrong,
    )


def reckoned(clocks: Iterable[Reckoned]) -> Verdict:
    """Every deadline of a report is what follows from its ledger."""
    wrong, looked = [], 0
    for clock in clocks:
        looked += clock.due_at is not None
        if clock.due_at != clock.reckoned:
            wrong.append(f"{clock}")
    return verdict(
        "reckoned", "时限即台账重算", "deadlines follow from their ledgers", looked, wrong
    )


def each_once(parts: Iterable[Part]) -> Verdict:
    """What operations add to a record is there as often as they were answered: requests, ledger entries, papers …"""
    wrong, looked = [], 0
    for part in parts:
        looked += part.held > 0
        if part.held != part.answered:
            wrong.append(f"{part}")
    return verdict(
        "each_once",
        "申请、台账、材料等逐项各一次",
        "what steps add to a record is there once",
        looked,
        wrong,
    )


def papers_back(errands: Sequence[Errand]) -> Verdict:
    """Nothing ends before every original is back."""
    ended = [e for e in errands if e.status in ("CLOSED", "WITHDRAWN", "IMPOSSIBLE")]
    wrong = [f"{errand}" for errand in ended if errand.kept]
    return verdict(
        "papers_back", "办结前原件均已归还", "originals are back at the end", len(ended), wrong
    )


def given_whole(targets: Mapping[str, int], items: Mapping[str, int]) -> Verdict:
    """A task is there with the parts of all its targets, or not at all: numbers by its id."""
    wrong = [
        f"task {id_}: {items.get(id_, 0)} parts of {targets.get(id_, 0)}"
        for id_ in targets.keys() | items.keys()
        if targets.get(id_, 0) != items.get(id_, 0)
    ]
    return verdict(
        "given_whole", "任务与其全部对象同在", "a task has all its parts", len(targets), wrong
    )


def visited_once(
    reports: Mapping[str, bool], tasks: Sequence[tuple[str, str]], expected: Mapping[str, str]
) -> Verdict:
    """One visit task for each report that asks for one, under the id that follows from it; none for others.
    `reports`: whether each asks; `tasks`: (id, report); `expected`: the ids."""
    found = Counter(tasks)
    owed = {(expected[id_], id_) for id_, asks in reports.items() if asks}
    wrong = [f"{pair} is missing" for pair in owed - found.keys()]
    wrong += [f"{pair} comes from nothing" for pair in found.keys() - owed]
    wrong += [f"{pair} {n} times" for pair, n in found.items() if n > 1]
    return verdict(
        "visited_once",
        "应走访的上报各一项走访任务",
        "one visit task per report that asks for it",
        len(owed),
        wrong,
    )


def followed(held: Mapping[tuple[str, str], int], there: Mapping[tuple[str, str], int]) -> Verdict:
    """A device that was told of changes holds what there is, in its latest version, and nothing else: versions by
    noun and id."""
    wrong = [
        f"{place}: the device has {held.get(place)}, there is {there.get(place)}"
        for place in held.keys() | there.keys()
        if held.get(place) != there.get(place)
    ]
    return verdict(
        "followed",
        "终端增量同步后与服务一致",
        "the device that follows holds what there is",
        len(held),
        wrong,
    )
