"""Telephone numbers, and resident ID numbers of archives, as fields of a body."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from services.chassis.errors import Invalid
from services.chassis.identifiers import MOBILE, parse_resident_id, upgrade_resident_id

_SAID = re.compile(r"\+?[0-9][0-9 -]{1,19}")


class FirstGenerationNumber(Invalid):
    zh = "15 位的第一代身份证号码只在导入历史数据时接受。"
    en = "A first-generation ID number of 15 digits is taken with imported history only."


def parse_phone(text: str) -> str:
    """A telephone number at which somebody is reached: a mainland mobile without +86, a landline as 0579-82345678,
    another country's as +852…. Emergency and service numbers (110, 12345) are none."""
    if mobile := MOBILE.fullmatch(text.strip()):
        return mobile[1]
    import phonenumbers as known  # noqa: PLC0415  (only for those that are no mobile number)

    try:
        number = known.parse(text, "CN") if _SAID.fullmatch(text.strip()) else None
    except known.NumberParseException:
        number = None
    if number is None or not known.is_valid_number(number):
        zh = "应为手机号码、带区号的固定电话或带国家代码的号码，不能是紧急或服务号码。"
        en = "A mobile number, a landline with its area code, or a foreign number; no emergency or service number."
        raise PydanticCustomError("phone_shape", "{zh} {en}", {"zh": zh, "en": en})
    if number.country_code != 86:
        return known.format_number(number, known.PhoneNumberFormat.E164)
    area = known.length_of_geographical_area_code(number)
    national = known.national_significant_number(number)
    return f"0{national[:area]}-{national[area:]}" if area else national


def current_resident_id(number: str | None, *, imported: bool, pointer: str) -> str | None:
    """The 18 characters of what an `AnyResidentId` holds, or `FirstGenerationNumber`."""
    if number is None or len(number) == 18:
        return number
    if not imported:
        raise FirstGenerationNumber(pointer=pointer)
    return upgrade_resident_id(number)


def _any_resident_id(text: str) -> str:
    if len(text.strip()) != 15:
        return parse_resident_id(text)
    upgrade_resident_id(text)
    return text.strip()


Phone = Annotated[
    str, AfterValidator(parse_phone), Field(max_length=30, examples=["0579-82345678"])
]
AnyResidentId = Annotated[str, AfterValidator(_any_resident_id), Field(max_length=30)]
"""Of 18 characters, or of 15 in an archive."""
