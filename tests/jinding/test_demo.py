"""The demo plans what comes later while it sends what comes first, and tells where its time goes."""

import json
from itertools import zip_longest

import pytest

from jinding.demo.phases import Phase, Phases, longest, named
from jinding.demo.plan import District, Sizes, Stage
from jinding.demo.year import DISTRICT, _planners


@pytest.fixture(scope="module")
def streams() -> list[list[Stage]]:
    """A hundredth of the year, planned by place as the demo plans it."""
    district = District.of(json.loads((DISTRICT / "areas.json").read_text()))
    planners = _planners(Sizes(0.01), district)
    found: list[list[Stage]] = [[] for _ in planners]
    for place in zip_longest(*planners):
        for stream, plan in zip(found, place, strict=True):
            stream.extend(plan() if plan else [])
    return found


def test_the_last_stage_knows_what_became_of_the_disputes(streams: list[list[Stage]]) -> None:
    [grid, disputes, *_] = streams
    closed = sum(life[-1]["operation"] == "close_case" for life in disputes[-1].lives)
    assert [[item["operation"] for item in life] for life in grid[-1].lives] == [
        ["verify_report", "close_report"]
    ] * closed
    assert closed > 0


def test_a_batch_holds_whole_lives_and_no_more_than_it_may(streams: list[list[Stage]]) -> None:
    for stage in (stage for stream in streams for stage in stream):
        chunks = list(stage.chunks())
        assert max(map(len, chunks)) <= stage.chunk
        assert [item for chunk in chunks for item in chunk] == [
            item for life in stage.lives for item in life
        ]


def test_a_stage_is_named_by_what_most_of_it_is() -> None:
    first, second = {"operation": "accept_report"}, {"operation": "create_report"}
    assert named(Stage("grid", [[first]])) == "grid accept_report"
    assert named(Stage("grid", [[second, first], [first]])) == "grid accept_report …"


def test_phases_that_last_are_told_in_the_order_in_which_they_began() -> None:
    long, short = Phase("long", 10, 5.0, 100.0), Phase("short", 1, 1.0, 1.5)
    early = Phase("early", 0, 0.0, 40.0)
    assert longest([long, short, early]) == [early, long]
    assert longest([]) == []


def test_a_phase_is_timed() -> None:
    phases = Phases()
    with phases.phase("one", 3):
        pass
    [phase] = phases.found
    assert (phase.what, phase.operations) == ("one", 3)
    assert 0 <= phase.began <= phase.ended <= phases.seconds()
