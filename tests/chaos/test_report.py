"""What a run is shown as: its course from the journal, and a page that needs nothing else."""

import re
from pathlib import Path

from tests.chaos.checks.verdict import verdict
from tests.chaos.history import Receipt, Reply, Try, Wish
from tests.chaos.judging import Files, Judgement
from tests.chaos.playing import Run, Wanted
from tests.chaos.report.page import page
from tests.chaos.report.series import course
from tests.chaos.report.table import summary

BEGAN = 1000.0
JOURNAL = [
    {"at": 990.0, "kind": "sample", "events": 1, "pending": 1, "lag": 1, "applied": 0},
    {"at": 1001.0, "kind": "sample", "events": 10, "pending": 4, "lag": 6, "applied": 0},
    {"at": 1003.0, "kind": "sample", "events": 20, "pending": 0, "lag": 0, "applied": 20},
    {
        "at": 1002.5,
        "kind": "fault",
        "zh": "杀死服务",
        "en": "service killed",
        "began": 1002.0,
        "detail": "<grid>",
    },
]


def tried(key: str, at: float) -> Try:
    wish = Wish("grid", "me", "create", key, key)
    return Try(wish, Reply("done", Receipt(key, None, 1, "NEW"), at=at))


def ended(*wrong: str) -> Run:
    verdicts = [
        verdict("in_order", "依次", "in order", 5, wrong),
        verdict("faithful", "一致", "faithful", 0, []),
    ]
    judgement = Judgement(verdicts, records=20, poisoned=1, repeated=2, seconds=3.0)
    files = Files(Path("requests"), Path("journal"))
    return Run(Wanted("embedded", 60, 0, "7"), files, judgement, BEGAN, settled=1)


LOST = Try(Wish("grid", "me", "create", "d", "d"), Reply("unknown"))
ASKED = [LOST, tried("a", 1000.5), tried("a", 1002.9), tried("b", 1001.0), tried("c", 1003.0)]
COURSE = course(ASKED, JOURNAL, BEGAN)


def test_an_operation_counts_once_when_it_was_first_acknowledged() -> None:
    assert (COURSE.operations, COURSE.unanswered) == (3, 1)
    assert [rate for _, rate in COURSE.done] == [1.0, 0.5]
    assert COURSE.applied == [(3.0, 10.0)]
    assert COURSE.pending == [(1.0, 4), (3.0, 0)]
    assert [(mark.begin, mark.end) for mark in COURSE.marks] == [(2.0, 2.5)]


def test_the_page_needs_nothing_else() -> None:
    shown = page([(ended(), COURSE)])
    assert not re.search(r"https?://|<script|<link|src=|@import|url\(", shown)
    assert "&lt;grid&gt;" in shown
    assert "<grid>" not in shown


def test_what_was_found_wrong_is_shown() -> None:
    assert "1 reordered" in summary(ended("a goes from 1 to 3"), COURSE, 1)
    assert "0 reordered" in summary(ended(), COURSE, 1)
    assert page([(ended("a goes from 1 to 3"), COURSE)]).count("✗") == 2  # and nothing seen
    assert page([(ended(), COURSE)]).count("✗") == 1
