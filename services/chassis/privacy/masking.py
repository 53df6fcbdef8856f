"""How personal data is shown by default (`domain.md` §7.3): enough to recognise, too little to use. Masked
here, never by the browser. Pure."""

import re

_COMPOUND_SURNAME = re.compile(
    "欧阳|太史|端木|上官|司马|东方|独孤|南宫|万俟|闻人|夏侯|诸葛|尉迟|公羊|赫连|澹台|皇甫|宗政"
    "|濮阳|公冶|太叔|申屠|公孙|慕容|钟离|长孙|宇文|司徒|鲜于|司空|闾丘|令狐|百里|呼延|轩辕"
)
_MOBILE = re.compile(r"(?:\+?86[ -]?)?(1[3-9][0-9]{9})")
_VILLAGE = re.compile(r".*?[村社](?:区|民?委员?会)?(?![镇乡街])")
_TOWNSHIP = re.compile(r".*?(?:镇|乡|街道)")
_AREA_CODE = re.compile(r"0(?:10|2[0-9]|[3-9][0-9]{2})(?=(?:-?[0-9]){7})")


def masked_name(name: str) -> str:
    """The surname stays, a compound one whole: 朱某某 → 朱**, 欧阳某 → 欧阳*. Of one character nothing stays."""
    surname = 2 if _COMPOUND_SURNAME.match(name) else 1
    kept = max(0, min(surname, len(name) - 1))
    return name[:kept] + "*" * (len(name) - kept)


def masked_phone(phone: str) -> str:
    """Of a mobile number 138****5678; of any other its area code and the last two digits, 0579-******45, and
    never more than half of what follows the area code."""
    if mobile := _MOBILE.fullmatch(phone):
        return f"{mobile[1][:3]}****{mobile[1][-4:]}"
    area = _AREA_CODE.match(phone)
    code = area[0] if area else ""
    rest = phone[len(code) :]
    digits = sum(character != "-" for character in rest)
    return code + re.sub("[^-]", "*", rest, count=digits - min(2, digits // 2))


def masked_id_for_handler(number: str) -> str:
    """Of a resident ID number the first six and the last four characters: 330703********1013."""
    return (
        number[:6] + "*" * (len(number) - 10) + number[-4:]
        if len(number) == 18
        else masked_id(number)
    )


def masked_code(number: str) -> str:
    """Of a number plate or a bank account the first two and the last four: 浙G*2345. Of fewer than seven, none."""
    if len(number) < 7:
        return "*" * len(number)
    return number[:2] + "*" * (len(number) - 6) + number[-4:]


def masked_address(address: str) -> str:
    """As far as the village: 岭下镇柿树塘村***. Where no village is named nothing stays that is finer than a township."""
    if place := _VILLAGE.match(address) or _TOWNSHIP.match(address):
        return place[0] + ("***" if place.end() < len(address) else "")
    return "***"


def masked_id(number: str) -> str:
    """The first and the last character: they tell neither birth nor sex. Of fewer than four, none."""
    if len(number) < 4:
        return "*" * len(number)
    return number[0] + "*" * (len(number) - 2) + number[-1]
