from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from jinding.demo.synthetic import (
    synthetic_enterprise_name,
    synthetic_mobile,
    synthetic_name,
    synthetic_resident_id,
    synthetic_uscc,
)
from services.chassis.identifiers import (
    Mobile,
    ResidentId,
    Uscc,
    parse_resident_id,
    upgrade_resident_id,
)


class Person(BaseModel):
    resident_id: ResidentId


class Enterprise(BaseModel):
    uscc: Uscc


class Contact(BaseModel):
    mobile: Mobile


RESIDENTS = [
    "11010519491231002X",
    "34052419800101001X",
    "360426199101010071",
    "330703190001011013",
    "330703190001011021",
    "330703190002281015",
    "330703190003151036",
]
ENTERPRISES = [
    "91110000600037341L",
    "91350100M000100Y43",
    "91330703MA00000157",
    "91330703MA00000232",
    "92330703MA0000031R",
    "54330703MF00000136",
    "N2330703MF0000021M",
]


def refusal(model: type[BaseModel], value: str) -> str:
    (field,) = model.model_fields
    with pytest.raises(ValidationError) as caught:
        model(**{field: value})
    (error,) = caught.value.errors()
    assert set(error["ctx"]) == {"zh", "en"}
    assert not value or value not in error["msg"]
    return error["type"]


@pytest.mark.parametrize("number", RESIDENTS)
def test_published_resident_ids_are_valid(number: str) -> None:
    assert Person(resident_id=number).resident_id == number


@pytest.mark.parametrize("code", ENTERPRISES)
def test_published_credit_codes_are_valid(code: str) -> None:
    assert Enterprise(uscc=code).uscc == code


def test_lower_case_and_surrounding_space_are_mended() -> None:
    assert Person(resident_id=" 11010519491231002x ").resident_id == "11010519491231002X"
    assert Enterprise(uscc="n2330703mf0000021m").uscc == "N2330703MF0000021M"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", "resident_id_shape"),
        ("1101051949123100", "resident_id_shape"),
        ("X10105194912310021", "resident_id_shape"),
        ("１10105194912310021", "resident_id_shape"),
        ("110105194902300024", "resident_id_birth"),
        ("110105184912310029", "resident_id_birth"),
        ("110105299912310024", "resident_id_birth"),
        ("110105194912310021", "resident_id_check"),
    ],
)
def test_a_wrong_resident_id_is_refused_by_name(number: str, code: str) -> None:
    assert refusal(Person, number) == code


def test_a_birth_may_be_today_but_not_tomorrow() -> None:
    number = "330703190001011013"
    assert parse_resident_id(number, today=date(1900, 1, 1)) == number
    with pytest.raises(ValueError, match="1850"):
        parse_resident_id(number, today=date(1899, 12, 31))


def test_a_region_that_did_not_exist_at_birth_is_accepted() -> None:
    assert Person(resident_id="330703190001011013").resident_id.startswith("330703")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("", "uscc_shape"),
        ("91110000600037341", "uscc_shape"),
        ("91110000I00037341L", "uscc_shape"),
        ("9111000O600037341L", "uscc_shape"),
        ("911A0000600037341L", "uscc_shape"),
        ("91110000600037341M", "uscc_check"),
    ],
)
def test_a_wrong_credit_code_is_refused_by_name(code: str, kind: str) -> None:
    assert refusal(Enterprise, code) == kind


@given(st.sampled_from(ENTERPRISES), st.integers(0, 17), st.sampled_from("0123456789ABCDEFGH"))
def test_one_wrong_character_in_a_credit_code_is_found(code: str, place: int, wrong: str) -> None:
    changed = code[:place] + wrong + code[place + 1 :]
    if changed != code:
        assert refusal(Enterprise, changed) in {"uscc_shape", "uscc_check"}


def test_a_first_generation_number_is_converted() -> None:
    assert upgrade_resident_id("110105491231002") == "11010519491231002X"
    with pytest.raises(ValueError, match="15 digits"):
        upgrade_resident_id("11010549123100")


def test_mobile_numbers() -> None:
    assert Contact(mobile="+86 15400000001").mobile == "15400000001"
    for wrong in ("12345678901", "1540000000", "154000000012", "110", "0579-82345678"):
        assert refusal(Contact, wrong) == "mobile_shape"


@given(st.integers(0, 364_634), st.integers(0, 999_999))
def test_synthetic_identifiers_are_valid(person: int, enterprise: int) -> None:
    number = synthetic_resident_id(person)
    assert Person(resident_id=number).resident_id == number
    assert number.startswith("3307031900")
    code = synthetic_uscc(enterprise)
    assert Enterprise(uscc=code).uscc == code
    mobile = synthetic_mobile(person)
    assert Contact(mobile=mobile).mobile == mobile


def test_synthetic_identifiers_repeat_the_published_series() -> None:
    assert [synthetic_uscc(1), synthetic_uscc(2)] == ["91330703MA00000157", "91330703MA00000232"]
    assert synthetic_resident_id(100 * 365) == "330703190001011013"
    assert synthetic_resident_id(101 * 365) == "330703190001011021"


def test_synthetic_persons_and_enterprises_are_distinct() -> None:
    many = range(12_000)
    generators = (
        synthetic_resident_id,
        synthetic_uscc,
        synthetic_mobile,
        synthetic_name,
        synthetic_enterprise_name,
    )
    for generate in generators:
        assert len({generate(n) for n in many}) == len(many)
    assert {len(synthetic_name(n)) for n in many} == {3}


def test_numbers_beyond_the_series_are_refused() -> None:
    for generate in (synthetic_resident_id, synthetic_uscc, synthetic_mobile):
        with pytest.raises(ValueError, match="no synthetic identifier"):
            generate(100_000_000)
        with pytest.raises(ValueError, match="no synthetic identifier"):
            generate(-1)


@given(st.sampled_from(RESIDENTS), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_wrong_digit_in_a_resident_id_is_found(number: str, place: int, wrong: str) -> None:
    changed = number[:place] + wrong + number[place + 1 :]
    if changed != number:
        assert refusal(Person, changed).startswith("resident_id_")


def swapped(text: str, place: int) -> str:
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


@given(st.integers(0, 364_634), st.integers(0, 16))
def test_two_neighbours_swapped_in_a_resident_id_are_found(person: int, place: int) -> None:
    number = synthetic_resident_id(person)
    if (changed := swapped(number, place)) != number:
        assert refusal(Person, changed).startswith("resident_id_")


@given(st.integers(0, 999_999), st.integers(0, 16))
def test_two_neighbours_swapped_in_a_credit_code_are_found(enterprise: int, place: int) -> None:
    code = synthetic_uscc(enterprise)
    if (changed := swapped(code, place)) != code:
        assert refusal(Enterprise, changed) in {"uscc_shape", "uscc_check"}
