"""The checks that are the grid's alone: each passes a good history, and fails each kind of bad one."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.chaos.checks import grid
from tests.chaos.checks.facts import Answer
from tests.chaos.checks.grid import Errand, Link, Part, Reckoned, Told

DUE = datetime(2026, 11, 30, 9, tzinfo=UTC)


class History:
    """Three tell of one matter, one of them twice; a link was handed over, one ended, one moved; an errand is done, and
    one under way with a paper; a task of two parts; a household that is to be visited."""

    def __init__(self) -> None:
        self.reports = [
            Told("m", "ann"),
            Told("a", "bob", "m", True, "DUPLICATE"),
            Told("b", "bob", "m", False, "DUPLICATE"),
            Told("c", "ann", "m", False, "DUPLICATE"),
            Told("d", "cid", "m", True, "DUPLICATE"),
            Told("e", "cid"),
        ]
        self.links = [
            Link("t1", "h1", "ann", True, False),
            Link("t1", "h1", "bob", True, True),
            Link("t2", "h1", "cid", False, True),
            Link("t3", "h2", "cid", True, False),
            Link("t4", "h3", "dan", True, False, at_home=False),
            Link("t4", "h3", "dan", True, True),
        ]
        self.ties = {"t1": True, "t2": True, "t3": False, "t4": True}
        self.handovers, self.moves = {"ann to bob": 1}, {"h2": 0, "h3": 1}
        self.clocks = [Reckoned("m", "accept", DUE, DUE), Reckoned("m", "sign", None, None)]
        self.parts = [Part("m", "requests", 2, 2), Part("e", "requests", 0, 0)]
        self.errands = [Errand("r1", "CLOSED", 0), Errand("r2", "IN_PROGRESS", 1)]
        self.targets, self.items = {"o": 2}, {"o": 2}
        self.asking = {"m": True, "e": False}
        self.tasks = [("visit of m", "m")]
        self.held = {("report", "m"): 3}
        self.there = {("report", "m"): 3}

    def verdicts(self) -> dict[str, bool]:
        ids = {id_: f"visit of {id_}" for id_ in self.asking}
        return {
            verdict.name: verdict.holds
            for verdict in (
                grid.credited_once(self.reports),
                grid.linked_once(self.links, self.ties, self.handovers, self.moves),
                grid.reckoned(self.clocks),
                grid.each_once(self.parts),
                grid.papers_back(self.errands),
                grid.given_whole(self.targets, self.items),
                grid.visited_once(self.asking, self.tasks, ids),
                grid.followed(self.held, self.there),
            )
        }


def test_a_good_history_passes() -> None:
    assert set(History().verdicts().values()) == {True}


def test_a_check_that_has_seen_nothing_fails() -> None:
    h = History()
    h.reports, h.links, h.ties, h.handovers, h.moves = [], [], {}, {}, {}
    h.clocks, h.parts, h.errands, h.targets, h.items = [], [], [], {}, {}
    h.asking, h.tasks, h.held, h.there = {}, [], {}, {}
    assert set(h.verdicts().values()) == {False}


def credited_twice(h: History) -> None:
    h.reports[2] = h.reports[2]._replace(credited=True)


def first_one_credited_again(h: History) -> None:
    h.reports[3] = h.reports[3]._replace(credited=True)


def not_credited(h: History) -> None:
    h.reports[4] = h.reports[4]._replace(credited=False)


def credited_for_nothing(h: History) -> None:
    h.reports[5] = h.reports[5]._replace(credited=True)


def merged_in_a_circle(h: History) -> None:
    h.reports[0] = h.reports[0]._replace(duplicate_of="a", cancelled="DUPLICATE")


def cancelled_under_others(h: History) -> None:
    h.reports[0] = h.reports[0]._replace(cancelled="INVALID")


def merged_and_open(h: History) -> None:
    h.reports[1] = h.reports[1]._replace(cancelled=None)


def two_primary_links(h: History) -> None:
    h.links[2] = h.links[2]._replace(primary=True)


def linked_twice_with_one(h: History) -> None:
    h.links[2] = h.links[2]._replace(member="bob")


def link_lost(h: History) -> None:
    h.links[1] = h.links[1]._replace(open=False)


def link_doubled(h: History) -> None:
    h.links.append(h.links[1]._replace(member="dan", primary=False))


def link_that_goes_on(h: History) -> None:
    h.links[3] = h.links[3]._replace(open=True)


def link_of_no_tie(h: History) -> None:
    h.links[3] = h.links[3]._replace(tie="t5")


def handover_of_more(h: History) -> None:
    h.handovers["ann to bob"] = 2


def move_of_more(h: History) -> None:
    h.moves["h2"] = 1


def left_behind(h: History) -> None:
    h.links[5] = h.links[5]._replace(at_home=False)


def deadline_that_moved(h: History) -> None:
    h.clocks[1] = h.clocks[1]._replace(due_at=DUE)


def request_doubled(h: History) -> None:
    h.parts[0] = h.parts[0]._replace(held=3)


def paper_kept(h: History) -> None:
    h.errands[0] = h.errands[0]._replace(kept=1)


def task_without_a_part(h: History) -> None:
    h.items["o"] = 1


def part_of_no_task(h: History) -> None:
    h.items["p"] = 1


def no_visit(h: History) -> None:
    h.tasks = []


def visit_that_nobody_owes(h: History) -> None:
    h.tasks.append(("visit of e", "e"))


def device_behind(h: History) -> None:
    h.there["report", "m"] = 4


def device_not_told_it_is_gone(h: History) -> None:
    h.held["patrol", "p"] = 1


@pytest.mark.parametrize(
    ("spoil", "caught_by"),
    [
        (credited_twice, "credited_once"),
        (first_one_credited_again, "credited_once"),
        (not_credited, "credited_once"),
        (credited_for_nothing, "credited_once"),
        (merged_in_a_circle, "credited_once"),
        (cancelled_under_others, "credited_once"),
        (merged_and_open, "credited_once"),
        (two_primary_links, "linked_once"),
        (linked_twice_with_one, "linked_once"),
        (link_lost, "linked_once"),
        (link_doubled, "linked_once"),
        (link_that_goes_on, "linked_once"),
        (link_of_no_tie, "linked_once"),
        (handover_of_more, "linked_once"),
        (move_of_more, "linked_once"),
        (left_behind, "linked_once"),
        (deadline_that_moved, "reckoned"),
        (request_doubled, "each_once"),
        (paper_kept, "papers_back"),
        (task_without_a_part, "given_whole"),
        (part_of_no_task, "given_whole"),
        (no_visit, "visited_once"),
        (visit_that_nobody_owes, "visited_once"),
        (device_behind, "followed"),
        (device_not_told_it_is_gone, "followed"),
    ],
)
def test_a_bad_history_is_caught(spoil: Callable[[History], None], caught_by: str) -> None:
    history = History()
    spoil(history)
    assert [name for name, holds in history.verdicts().items() if not holds] == [caught_by]


def step(operation: str, version: int, id_: str = "h") -> Answer:
    return Answer("grid", "household", "ann", operation, f"{version}", id_, None, version, "")


def test_a_household_takes_along_what_it_was_linked_with_by_then() -> None:
    steps = ["register_household", "move_household", "link_household", "change_household"]
    steps += ["move_household", "unlink_household", "move_household", "link_household"]
    answers = [step(operation, n) for n, operation in enumerate(steps, 1)]
    other = [step("register_household", 1, "i"), step("move_household", 2, "i")]
    expected = {"h": 1 + 2 + 1, "i": 0}
    assert grid.taken_along({"h": 3, "i": 0}, [*answers[::-1], *other]) == expected
