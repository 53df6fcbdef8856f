from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.disputes.cases.parties import (
    Consent,
    ConsentAfterAcceptance,
    ConsentMissing,
    Party,
    PartyHasRefused,
    PartyKind,
    PartyTwice,
    Side,
    SideMissing,
    TooFewParties,
    places_of,
    require_consent,
    require_consent_by,
)

AT = datetime(2017, 9, 1, 9, tzinfo=UTC)


def party(mark: str = "甲", side: Side = Side.APPLICANT, **facts: Any) -> Party:
    known = {"kind": PartyKind.NATURAL, "consent": Consent.GIVEN, "person": uuid4()}
    return Party(**{"mark": mark, "side": side, **known, **facts})


def other(**facts: Any) -> Party:
    return party(**{"mark": "乙", "side": Side.RESPONDENT, **facts})


def test_consent_is_of_every_party() -> None:
    require_consent([party(), other()])
    with pytest.raises(PartyHasRefused):
        require_consent([party(), other(consent=Consent.REFUSED)])
    with pytest.raises(ConsentMissing):
        require_consent([party(), other(consent=None)])


def test_there_are_two_parties_at_least_and_both_sides() -> None:
    with pytest.raises(TooFewParties):
        require_consent([party()])
    for sides in ((Side.APPLICANT, Side.APPLICANT), (Side.THIRD, Side.THIRD)):
        with pytest.raises(SideMissing):
            require_consent([party(side=sides[0]), other(side=sides[1])])
    with pytest.raises(SideMissing):
        require_consent([party(), party("乙"), party("丙", Side.THIRD)])
    require_consent([party(), other(), other(mark="丙"), party("丁", Side.THIRD)])


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({}, {}),
        ({"mark": "甲 13800001234"}, {"mark": "甲 13800001234"}),
        ({"subject": "p"}, {"subject": "p", "mark": "乙"}),
        ({"subject": "p"}, {}),
    ],
)
def test_nobody_is_a_party_twice(one: dict[str, Any], two: dict[str, Any]) -> None:
    with pytest.raises(PartyTwice):
        require_consent([party(**one), party(**{"side": Side.RESPONDENT, **two})])


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({"mark": "甲 13800001234"}, {"mark": "甲 13800005678"}),
        ({"mark": "甲 13800001234"}, {}),
        ({"subject": "p"}, {"subject": "q"}),
    ],
)
def test_people_of_one_name_are_told_apart(one: dict[str, Any], two: dict[str, Any]) -> None:
    require_consent([party(**one), party(side=Side.RESPONDENT, **two)])


def test_no_consent_is_of_later_than_the_acceptance() -> None:
    require_consent_by([party(consented_at=AT), other()], AT)
    late = other(consented_at=AT + timedelta(seconds=1))
    with pytest.raises(ConsentAfterAcceptance):
        require_consent_by([party(consented_at=AT), late], AT)


def test_a_subject_may_stand_in_several_places() -> None:
    parties = [party(subject="p"), other(), party("丙", Side.THIRD, subject="p")]
    assert places_of(parties, "p") == {1, 3}
    assert places_of(parties, "q") == set()
