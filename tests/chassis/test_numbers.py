from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.chassis.numbers import check_character, compose, is_valid

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NUMBERS = st.builds(
    compose,
    st.sampled_from(["GE", "DS", "HZ", "RP", "CT"]),
    st.sampled_from(["330703001", "330703105", "330703200"]),
    st.dates(date(2004, 1, 1), date(2099, 12, 31)),
    st.integers(1, 2_000_000),
)


def test_the_check_character_is_that_of_the_standard() -> None:
    assert check_character("A12425GABC1234002") == "M"


@pytest.mark.parametrize(
    ("prefix", "area", "day", "sequence", "number"),
    [
        ("GE", "330703105", date(2017, 3, 1), 1, "GE3307031052017030100001"),
        ("DS", "330703001", date(2018, 2, 27), 99_999, "DS3307030012018022799999"),
        ("HZ", "330703101", date(2018, 3, 24), 100_000, "HZ33070310120180324100000"),
    ],
)
def test_a_number_is_its_parts_and_a_check_character(
    prefix: str, area: str, day: date, sequence: int, number: str
) -> None:
    composed = compose(prefix, area, day, sequence)
    assert composed[:-1] == number
    assert composed[-1] == check_character(number)
    assert is_valid(composed)


@pytest.mark.parametrize(
    ("prefix", "area", "sequence"),
    [("G", "330703105", 1), ("ge", "330703105", 1), ("GE", "330703", 1), ("GE", "330703105", 0)],
)
def test_parts_that_make_no_number_are_refused(prefix: str, area: str, sequence: int) -> None:
    with pytest.raises(ValueError, match="not the parts"):
        compose(prefix, area, date(2017, 3, 1), sequence)


def checked(payload: str) -> str:
    return payload + check_character(payload)


@pytest.mark.parametrize(
    "number",
    [
        "",
        "GE330703105201703010000",
        checked("GE3307031052017023000001"),
        checked("GE3307031052017030100000"),
        checked("GE33070310520170301000001"),
        checked("GE330703105201703010001"),
        "GE３307031052017030100001A",
    ],
)
def test_what_no_number_looks_like_is_not_valid(number: str) -> None:
    assert not is_valid(number)


@given(NUMBERS)
def test_every_number_composed_is_valid(number: str) -> None:
    assert is_valid(number)


@given(NUMBERS, st.data())
def test_one_wrong_character_is_found(number: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(number) - 1))
    wrong = data.draw(st.sampled_from(ALPHABET.replace(number[place], "")))
    assert not is_valid(number[:place] + wrong + number[place + 1 :])


@given(NUMBERS, st.data())
def test_neighbours_swapped_are_found_unless_they_differ_by_one(
    number: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(number) - 2))
    left, right = number[place], number[place + 1]
    assume(abs(ALPHABET.index(left) - ALPHABET.index(right)) % 34 > 1)
    assert not is_valid(number[:place] + right + left + number[place + 2 :])
