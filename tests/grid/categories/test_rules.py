from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.codes_grid import CODES, Category
from services.grid.categories.fields import OF, fields_of
from services.grid.categories.rules import (
    DetailInvalid,
    DetailUnknown,
    NotCompleteYet,
    ReportIncomplete,
    Step,
    Told,
    checked,
    missing,
    require_closable,
    require_submittable,
)

COMPLETE: dict[Category, dict[str, Any]] = {
    Category.WORK_SAFETY: {"hazard": "油桶堆在门口"},
    Category.FIRE_SAFETY: {"hazard": "楼道充电"},
    Category.TRAFFIC: {"road": "金义中路"},
    Category.ILLEGAL_BUILDING: {"structure": "FRAME", "under_construction": True},
    Category.ENVIRONMENT: {"medium": "WATER"},
    Category.MARKET: {"shop": "某小吃店"},
    Category.LIVELIHOOD: {"need": "停水"},
    Category.POPULATION_HOUSING: {"registered": False},
    Category.PUBLIC_OPINION: {"topic": "公交线路"},
    Category.EMERGENCY: {"injured": 0, "dead": 0, "ongoing": False},
}
"""What each category asks for when a report is submitted, besides place and course."""


def told(category: Category, **facts: Any) -> Told:
    usual: dict[str, Any] = {
        "category": category,
        "is_placed": True,
        "description": "昨晚八点在桥头发现的情况",
        "details": COMPLETE.get(category, {}),
        "phones": [True, True] if category is Category.DISPUTE else [],
    }
    return Told(**usual | facts)


@pytest.mark.parametrize("category", Category)
def test_what_is_complete_is_submitted(category: Category) -> None:
    require_submittable(told(category))
    assert checked(category, COMPLETE.get(category, {})) == COMPLETE.get(category, {})


@pytest.mark.parametrize(
    ("category", "name"), [(of, name) for of, details in COMPLETE.items() for name in details]
)
def test_each_field_that_is_required_is_asked_for(category: Category, name: str) -> None:
    rest = {key: value for key, value in COMPLETE[category].items() if key != name}
    for details in (rest, rest | {name: ""}):
        with pytest.raises(ReportIncomplete) as refused:
            require_submittable(told(category, details=details))
        assert refused.value.pointer == f"/details/{name}"


@pytest.mark.parametrize("category", Category)
def test_place_and_course_are_told_of_every_matter(category: Category) -> None:
    assert missing(told(category, is_placed=False), Step.SUBMIT) == ["/place"]
    assert missing(told(category, description=""), Step.SUBMIT) == ["/description"]


def test_another_matter_is_told_in_ten_characters() -> None:
    assert missing(told(Category.OTHER, description="九个字的描述不够"), Step.SUBMIT) == [
        "/description"
    ]
    assert missing(told(Category.OTHER, description="十个字的描述就足够了"), Step.SUBMIT) == []


@pytest.mark.parametrize(("phones", "enough"), [([], False), ([True], False), ([False] * 2, True)])
def test_a_dispute_has_both_parties(phones: list[bool], enough: bool) -> None:
    found = missing(told(Category.DISPUTE, phones=phones), Step.SUBMIT)
    assert found == ([] if enough else ["/parties"])


def test_closing_asks_for_result_cause_people_and_telephones() -> None:
    dispute = told(Category.DISPUTE, phones=[True, False])
    with pytest.raises(NotCompleteYet) as refused:
        require_closable(dispute)
    assert "/parties/1/phone, /opinion, /details/cause, /details/people" in refused.value.en
    details = {"cause": "界址不清", "people": "两户村民"}
    require_closable(told(Category.DISPUTE, details=details, has_result=True))


def test_a_value_of_zero_or_no_is_told() -> None:
    assert missing(told(Category.EMERGENCY), Step.SUBMIT) == []


@pytest.mark.parametrize(
    ("category", "details"),
    [
        (Category.EMERGENCY, {"injured": "3"}),
        (Category.EMERGENCY, {"injured": True}),
        (Category.EMERGENCY, {"injured": -1}),
        (Category.EMERGENCY, {"injured": 1.5}),
        (Category.EMERGENCY, {"ongoing": 1}),
        (Category.ILLEGAL_BUILDING, {"structure": "PAPER"}),
        (Category.ILLEGAL_BUILDING, {"area_m2": float("inf")}),
        (Category.ILLEGAL_BUILDING, {"area_m2": True}),
        (Category.DISPUTE, {"since": "2026-02-30"}),
        (Category.DISPUTE, {"since": "20260203"}),
        (Category.TRAFFIC, {"road": 7}),
        (Category.TRAFFIC, {"road": "路" * 501}),
    ],
)
def test_a_value_is_what_its_field_asks_for(category: Category, details: dict[str, Any]) -> None:
    with pytest.raises(DetailInvalid) as refused:
        checked(category, details)
    assert refused.value.pointer == f"/details/{next(iter(details))}"


def test_a_field_of_another_category_is_refused_under_its_name() -> None:
    with pytest.raises(DetailUnknown) as refused:
        checked(Category.MARKET, {"a/b~c": "x"})
    assert refused.value.pointer == "/details/a~1b~0c"
    with pytest.raises(DetailUnknown):
        checked(Category.MARKET, {"medium": "WATER"})


def test_every_field_is_named_in_both_languages_and_once() -> None:
    assert OF.keys() == set(Category) == set(CODES["report_category"])
    for category in Category:
        fields = fields_of(category)
        assert len({field.name for field in fields}) == len(fields)
        assert all(field.zh and field.en for field in fields)
        assert all(bool(field.choices) is (field.type == "choice") for field in fields)


@given(st.sampled_from(Category), st.dictionaries(st.sampled_from(["cause", "people"]), st.text()))
def test_what_is_missing_to_submit_is_missing_to_close(
    category: Category, details: dict[str, Any]
) -> None:
    some = told(category, details=details, description="")
    assert set(missing(some, Step.SUBMIT)) <= set(missing(some, Step.CLOSE))


@given(st.sampled_from(Category), st.text(min_size=1, max_size=20))
def test_to_say_more_never_makes_a_report_less_complete(category: Category, cause: str) -> None:
    some = told(category)
    more = told(category, details={**some.details, "cause": cause})
    assert set(missing(more, Step.CLOSE)) <= set(missing(some, Step.CLOSE))
