"""How good the suggestion is, on pairs of which the truth is known."""

import pytest

from services.grid.duplicates.rules import are_alike
from tests.grid.duplicates.pairs import BY_HAND, PAIRS, Pair

OUT_OF_THE_RULES_REACH = {
    "next street, another heap",
    "next street, later",
    "same hour of the next day, another spill",
    "across the border of the grid",
    "on the border, by the other side",
    "no position, other words of the place",
    "category mistaken",
}
"""What no rule of place, time and kind can tell: an office decides on each suggestion."""


def test_precision_and_recall(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(PAIRS) >= 200
    suggested = [pair for pair in PAIRS if are_alike(pair.one, pair.other)]
    right = sum(pair.same for pair in suggested)
    precision, recall = right / len(suggested), right / sum(pair.same for pair in PAIRS)
    with capsys.disabled():
        print(f"\n{len(PAIRS)} pairs: precision {precision:.3f}, recall {recall:.3f}")
    assert precision > 0.9
    assert recall > 0.8


@pytest.mark.parametrize("pair", BY_HAND, ids=lambda pair: pair.name)
def test_hard_cases(pair: Pair) -> None:
    right = are_alike(pair.one, pair.other) is pair.same
    assert right is (pair.name not in OUT_OF_THE_RULES_REACH)


@pytest.mark.parametrize("pair", PAIRS[::7], ids=lambda pair: pair.name)
def test_to_be_alike_is_mutual(pair: Pair) -> None:
    assert are_alike(pair.one, pair.other) is are_alike(pair.other, pair.one)
