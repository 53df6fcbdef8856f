"""How the figures of a sample and of measures are told."""

from collections import Counter
from statistics import median
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.dashboards.numbers import Sums, sections_of


def told(**counts: int) -> dict[str, Any]:
    """The grid's figures where the tallies are such."""
    area = Sums()
    for metric, n in counts.items():
        area.flow[metric] = {"": n}
    return sections_of(area, ["grid"])["grid"]


def test_a_rate_of_a_sample_tells_what_it_leaves_out_and_its_error() -> None:
    figure = told(survey_safe=352, survey_sure=365, survey_excluded=9, survey_unsure=6)
    assert figure["survey_safety_rate"] == {
        "value": 0.9644,
        "numerator": 352,
        "denominator": 365,
        "excluded": 15,
        "margin": 0.019,
        "definition": "survey_safety_rate.v1",
    }


@pytest.mark.parametrize(("part", "margin"), [(0, 0), (50, 0.098), (100, 0)])
def test_the_error_is_that_of_a_share_of_a_hundred(part: int, margin: float) -> None:
    figure = told(survey_aware=part, survey_valid=100)["survey_awareness_rate"]
    assert (figure["value"], figure["margin"]) == (part / 100, margin)


def test_of_no_answers_there_is_no_rate() -> None:
    figure = told(survey_excluded=3)["survey_participation_rate"]
    assert (figure["value"], figure["margin"], figure["excluded"]) == (None, None, 3)


def test_no_other_rate_is_told_with_an_error() -> None:
    assert not {"margin", "excluded"} & told(survey_valid=9)["survey_return_rate"].keys()


def test_square_metres_are_counted_in_hundredths() -> None:
    area = Sums()
    area.flow["demolished_m2"] = {"SELF": 12_035, "FORCED": 29}
    figure = sections_of(area, ["grid"])["grid"]["demolished_m2"]
    assert (figure["value"], figure["by"]) == (120.64, {"FORCED": 0.29, "SELF": 120.35})


@given(st.lists(st.integers(0, 30), max_size=12))
def test_a_median_is_that_of_all_that_was_counted(days: list[int]) -> None:
    area = Sums()
    area.flow["errand_days"] = {str(number): n for number, n in Counter(days).items()}
    told = sections_of(area, ["grid"])["grid"]["errand_days"]
    assert told["value"] == (median(days) if days else None)


def test_what_was_taken_back_is_in_no_median() -> None:
    area = Sums()
    area.flow["errand_days"] = {"1": 1, "9": 0}
    assert sections_of(area, ["grid"])["grid"]["errand_days"]["value"] == 1


def test_a_stock_is_told_by_its_parts_at_the_end() -> None:
    area = Sums()
    area.opening["party_members"], area.closing["party_members"] = 40, 50
    area.parts["party_members"] = {"b-2": 30, "b-1": 20}
    figure = sections_of(area, ["grid"])["grid"]["party_members"]
    assert (figure["value"], figure["start"], figure["change_percent"]) == (50, 40, 25)
    assert figure["by"] == {"b-1": 20, "b-2": 30}
