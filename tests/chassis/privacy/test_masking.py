"""Masks never show more than they may, whatever is typed into the field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.privacy.masking import (
    masked_address,
    masked_code,
    masked_id,
    masked_id_for_handler,
    masked_name,
    masked_phone,
)

AREA_CODES = st.sampled_from(["010", "021", "0579", "0571"])
DIGITS = "0123456789"


def shown(mask: str) -> int:
    """How many characters it leaves to be read."""
    return sum(character not in "*-" for character in mask)


@pytest.mark.parametrize(
    ("name", "mask"),
    [
        ("朱建国", "朱**"),
        ("张三", "张*"),
        ("欧阳修", "欧阳*"),
        ("欧阳", "欧*"),
        ("申屠大成", "申屠**"),
        ("王", "*"),
        ("", ""),
    ],
)
def test_a_name_shows_the_surname(name: str, mask: str) -> None:
    assert masked_name(name) == mask


@pytest.mark.parametrize(
    ("phone", "mask"),
    [
        ("13800005678", "138****5678"),
        ("+8613800005678", "138****5678"),
        ("+86-13800005678", "138****5678"),
        ("0579-82212345", "0579-******45"),
        ("057982212345", "0579******45"),
        ("010-82212345", "010-******45"),
        ("0579-82212345-801", "0579-********-*01"),
        ("82212345", "******45"),
        ("8221234", "*****34"),
        ("12345", "***45"),
        ("0579123", "*****23"),
        ("-----12", "-----*2"),
        ("1", "*"),
        ("", ""),
    ],
)
def test_a_telephone_number_shows_its_ends(phone: str, mask: str) -> None:
    assert masked_phone(phone) == mask


@pytest.mark.parametrize(
    ("number", "mask"),
    [("330703190001011013", "3****************3"), ("E12345678", "E*******8"), ("123", "***")],
)
def test_an_id_number_shows_neither_birth_nor_sex(number: str, mask: str) -> None:
    assert masked_id(number) == mask


@given(st.text(max_size=100))
def test_a_name_keeps_its_length_and_shows_two_characters_at_most(name: str) -> None:
    mask = masked_name(name)
    assert len(mask) == len(name)
    assert not name or mask.endswith("*")
    assert mask[2:] == "*" * len(mask[2:])


@given(st.text(alphabet=DIGITS + "-+", max_size=20))
def test_whatever_the_number_its_middle_is_hidden(phone: str) -> None:
    mask = masked_phone(phone)
    head, _, tail = mask.partition("*")
    assert shown(head) <= (4 if phone.startswith("0") else 3)
    assert shown(tail) <= 4
    assert not phone.strip("-") or "*" in mask


@given(st.text(alphabet=DIGITS, min_size=1, max_size=10).filter(lambda text: text[0] != "0"))
def test_a_short_number_shows_two_digits_and_half_at_most(phone: str) -> None:
    mask = masked_phone(phone)
    assert len(mask) == len(phone)
    assert shown(mask) == min(2, len(phone) // 2)
    assert phone.endswith(mask.lstrip("*"))


@given(AREA_CODES, st.text(alphabet=DIGITS, min_size=7, max_size=8), st.sampled_from(["", "-"]))
def test_a_landline_shows_its_area_code_and_two_digits(code: str, own: str, dash: str) -> None:
    mask = masked_phone(f"{code}{dash}{own}")
    assert mask == code + dash + "*" * (len(own) - 2) + own[-2:]


@given(st.text(alphabet="3456789", min_size=1, max_size=1), st.text(DIGITS, min_size=9, max_size=9))
def test_a_mobile_number_shows_three_and_four_digits(second: str, rest: str) -> None:
    number = f"1{second}{rest}"
    assert masked_phone(number) == f"{number[:3]}****{number[-4:]}"


@given(st.text(max_size=40))
def test_an_id_number_keeps_its_length_and_shows_half_at_most(number: str) -> None:
    mask = masked_id(number)
    assert len(mask) == len(number)
    assert mask[1:-1] == "*" * len(mask[1:-1])
    assert len(number) > 3 or mask == "*" * len(number)


@pytest.mark.parametrize(
    ("number", "mask"),
    [("330703190001011013", "330703********1013"), ("E12345678", "E*******8"), ("", "")],
)
def test_who_handles_a_record_sees_the_ends_of_an_id_number(number: str, mask: str) -> None:
    assert masked_id_for_handler(number) == mask


@pytest.mark.parametrize(
    ("number", "mask"),
    [
        ("浙G12345", "浙G*2345"),
        ("6222021208001234567", "62*************4567"),
        ("浙G1234", "******"),
    ],
)
def test_a_plate_or_an_account_shows_two_and_four(number: str, mask: str) -> None:
    assert masked_code(number) == mask


@pytest.mark.parametrize(
    ("address", "mask"),
    [
        ("金东区岭下镇柿树塘村12号", "金东区岭下镇柿树塘村***"),
        ("东孝街道下于社区3幢2单元501室", "东孝街道下于社区***"),
        ("岭下镇示范村村民委员会", "岭下镇示范村***"),
        ("新村镇上村5号", "新村镇上村***"),
        ("东孝街道金瓯路12号", "东孝街道***"),
        ("岭下镇示范村", "岭下镇示范村"),
        ("孝顺镇", "孝顺镇"),
        ("金瓯路12号", "***"),
        ("", "***"),
    ],
)
def test_an_address_is_shown_as_far_as_the_village(address: str, mask: str) -> None:
    assert masked_address(address) == mask
