"""Chinese identifiers: shape and check characters, usable as pydantic field types.

The errors never contain the value. Their `ctx` carries the sentence in `zh` and `en`.
"""

import re
from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from services.chassis.deadlines.calendar import SHANGHAI

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC = re.compile(rf"[{_USCC_ALPHABET}]{{2}}[0-9]{{6}}[{_USCC_ALPHABET}]{{10}}")
_RESIDENT = re.compile(r"[0-9]{17}[0-9X]")
_OLD_RESIDENT = re.compile(r"[0-9]{15}")
MOBILE = re.compile(r"(?:\+?86[ -]?)?(1[3-9][0-9]{9})")
_EARLIEST_BIRTH = date(1850, 1, 1)


def uscc_check_character(first17: str) -> str:
    """GB 32100-2015."""
    total = sum(_USCC_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(first17))
    return _USCC_ALPHABET[-total % 31]


def resident_id_check_character(first17: str) -> str:
    """GB 11643: weights 2^(17-i) mod 11."""
    total = sum(int(c) * pow(2, 17 - i, 11) for i, c in enumerate(first17))
    return "10X98765432"[total % 11]


def parse_uscc(text: str) -> str:
    """A unified social credit code. Either of the first two characters may be a letter."""
    code = text.strip().upper()
    if not _USCC.fullmatch(code):
        raise _error(
            "uscc_shape",
            "统一社会信用代码应为 18 位：前 2 位与后 10 位为数字或大写字母（不含 I、O、S、V、Z），"
            "第 3 至 8 位为数字。",
            "A unified social credit code has 18 characters: digits and capitals without I, O, S,"
            " V, Z; characters 3 to 8 are digits.",
        )
    if uscc_check_character(code[:17]) != code[17]:
        raise _error(
            "uscc_check",
            "统一社会信用代码校验位不符，请核对。",
            "The last character of the unified social credit code does not fit the others.",
        )
    return code


def parse_resident_id(text: str, *, today: date | None = None) -> str:
    """A resident's ID number of 18 characters. Its region may be no code of today or of birth."""
    number = text.strip().upper()
    if not _RESIDENT.fullmatch(number):
        raise _error(
            "resident_id_shape",
            "公民身份号码应为 18 位：17 位数字和 1 位校验码（数字或 X）。",
            "A resident ID number has 17 digits and a check character (a digit or X).",
        )
    if not _is_birth(number[6:14], today or datetime.now(SHANGHAI).date()):
        raise _error(
            "resident_id_birth",
            "公民身份号码中的出生日期不存在或不在 1850 年至今天之间。",
            "The birth date in the resident ID number is not a day from 1850 to today.",
        )
    if resident_id_check_character(number[:17]) != number[17]:
        raise _error(
            "resident_id_check",
            "公民身份号码校验码不符，请核对。",
            "The last character of the resident ID number does not fit the others.",
        )
    return number


def upgrade_resident_id(text: str) -> str:
    """The 18 characters of a first-generation number (15 digits). For imported archives only."""
    number = text.strip()
    if not _OLD_RESIDENT.fullmatch(number):
        raise _error(
            "resident_id_old_shape",
            "第一代身份证号码应为 15 位数字。",
            "A first-generation ID number has 15 digits.",
        )
    first17 = f"{number[:6]}19{number[6:]}"
    return parse_resident_id(first17 + resident_id_check_character(first17))


def parse_mobile(text: str) -> str:
    """A mainland mobile number, without +86."""
    match = MOBILE.fullmatch(text.strip())
    if not match:
        raise _error(
            "mobile_shape",
            "手机号码应为 11 位数字，以 13 至 19 开头。",
            "A mobile number has 11 digits and begins with 13 to 19.",
        )
    return match[1]


def _is_birth(digits: str, today: date) -> bool:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return _EARLIEST_BIRTH <= born <= today


def _error(code: str, zh: str, en: str) -> PydanticCustomError:
    return PydanticCustomError(code, "{zh} {en}", {"zh": zh, "en": en})


def _resident_id(text: str) -> str:
    return parse_resident_id(text)


Uscc = Annotated[str, AfterValidator(parse_uscc)]
ResidentId = Annotated[str, AfterValidator(_resident_id)]
Mobile = Annotated[str, AfterValidator(parse_mobile)]
