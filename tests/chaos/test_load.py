"""The load speaks the gateway's API, and a seed decides what it says."""

from collections import Counter
from itertools import chain
from random import Random
from typing import Any
from uuid import UUID

import pytest

from tests.chaos.load.crowd import ORDINARY, SPLIT, TWICE, Crowd
from tests.chaos.load.inventing import Inventor
from tests.chaos.load.kinds import AT_DESKS, REFERRED, makers
from tests.chaos.load.lives import Life, Step
from tests.chaos.load.routes import routes

KINDS = sorted({*AT_DESKS, *REFERRED})


def inventor(seed: int) -> Inventor:
    grids = ["330703101001001", "330703105001001", "330703105001002"]
    invented = Inventor(Random(seed), grids, "330703101")
    invented.enterprises += [UUID(int=1), UUID(int=3)]
    invented.members += [UUID(int=n) for n in range(10, 16)]
    invented.groups |= {grid[:9]: UUID(int=2) for grid in grids}
    return invented


def lives(seed: int, kind: str) -> list[Life]:
    invented = inventor(seed)
    return [make() for make in makers(invented)[kind]]


@pytest.mark.parametrize("kind", KINDS)
def test_every_step_is_one_of_the_api(kind: str) -> None:
    for life in lives(1, kind):
        assert life.steps[0].creates
        for step in life.steps:
            assert step.route.to(step.id).count(str(step.id)) == (not step.creates)


@pytest.mark.parametrize("kind", KINDS)
def test_a_seed_gives_the_same_lives(kind: str) -> None:
    def told(seed: int) -> list[list[tuple[str, UUID]]]:
        return [[(step.operation, step.id) for step in life.steps] for life in lives(seed, kind)]

    assert told(1) == told(1)
    assert told(1) != told(2)


def test_a_wave_is_one_persons_at_one_service() -> None:
    life = inventor(1).dispute()
    waves = list(life.waves())
    assert [step for wave in waves for step in wave] == life.steps
    assert [(wave[0].route.service, wave[0].by) for wave in waves] == [
        ("grid", "first"),
        ("disputes", "first"),
        ("grid", "second"),
    ]


def test_where_an_operation_is_offered() -> None:
    assert routes()["accept_report"].to(UUID(int=5)).endswith(f"{UUID(int=5)}/accept")
    assert routes()["set_case_parties"].method == "PUT"
    assert routes()["create_report"].to(UUID(int=5)) == "/v1/grid/reports"


def test_a_crowd_meets_with_every_kind_of_twin() -> None:
    sender: Any = None
    crowd = Crowd(sender, inventor(1).filed, Random(1))
    crowd.known = crowd.created(1)
    alone, batches = crowd.moment()
    sent = [*alone, *chain(*batches)]

    def kind(step: Step) -> tuple[int, int, int]:
        """How many are sent of its wish, under its key, with its id."""
        key = [other for other in sent if (other.by, other.key) == (step.by, step.key)]
        return sent.count(step), len(key), len([other for other in sent if other.id == step.id])

    assert Counter(map(kind, alone)) == {
        (1, 1, 1): ORDINARY,
        (2, 2, 2): 2 * TWICE + SPLIT - 1,
        (1, 2, 1): 2,  # beside it, something else under its key
        (1, 1, 2): 3,  # beside it, another key with its id
        (1, 2, 2): 1,  # what is known, beside both
    }
    assert all(step.creates for step in sent)
