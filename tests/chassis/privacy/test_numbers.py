import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from services.chassis.privacy.numbers import (
    AnyResidentId,
    FirstGenerationNumber,
    Phone,
    current_resident_id,
    parse_phone,
)


class Contact(BaseModel):
    phone: Phone


class Archived(BaseModel):
    number: AnyResidentId


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("13800001234", "13800001234"),
        ("+86 13800001234", "13800001234"),
        ("0579-82345678", "0579-82345678"),
        (" 057982345678 ", "0579-82345678"),
        ("+86 579 82345678", "0579-82345678"),
        ("010-65551234", "010-65551234"),
        ("400-800-1234", "4008001234"),
        ("+852 9123 4567", "+85291234567"),
    ],
)
def test_a_telephone_number_is_kept_in_one_form(told: str, kept: str) -> None:
    assert Contact(phone=told).phone == kept
    assert Contact(phone=kept).phone == kept


@pytest.mark.parametrize(
    "told",
    [
        "110",
        "119",
        "120",
        "122",
        "12345",
        "95588",
        "82345678",
        "0579-8234567",
        "1380000123",
        "x",
        "-",
    ],
)
def test_at_emergency_and_service_numbers_nobody_is_reached(told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Contact(phone=told)
    (error,) = caught.value.errors()
    assert (error["type"], set(error["ctx"])) == ("phone_shape", {"zh", "en"})


@given(st.text(max_size=30))
def test_whatever_is_told_is_a_number_or_refused(told: str) -> None:
    try:
        kept = parse_phone(told)
    except ValueError:
        return
    assert parse_phone(kept) == kept


def test_a_number_of_an_archive_is_converted_where_history_is_imported() -> None:
    assert Archived(number="11010519491231002x").number == "11010519491231002X"
    old = Archived(number="110105491231002").number
    assert current_resident_id(old, imported=True, pointer="/a") == "11010519491231002X"
    with pytest.raises(FirstGenerationNumber) as refused:
        current_resident_id(old, imported=False, pointer="/a")
    assert refused.value.pointer == "/a"
    assert current_resident_id(None, imported=False, pointer="/a") is None
    with pytest.raises(ValidationError, match=r"does not fit|day from 1850|15 digits"):
        Archived(number="110105491331002")
