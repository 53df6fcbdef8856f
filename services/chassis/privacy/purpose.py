"""Why something is asked or done, as it goes on record for good: one line that can be read, without numbers of persons."""

import re
import unicodedata
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

# Telephones and resident IDs, with their digits together. Fifteen digits are a grid's code.
_NUMBER = re.compile(
    r"(?<!\d)(?:(?:(?:00)?86)?1[3-9]\d{9}|0[1-9]\d{8,10}"
    r"|\d{6}(?:18|19|20)\d\d[01]\d[0-3]\d{4}[\dXx])(?!\d)"
)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_APART = re.compile(r"(?<=\d)[ -](?=\d)")
"""What stands between digits that belong together, or between two numbers."""
_LOST = re.compile("[\0\ud800-\udfff]")
_BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
"""Letters, marks and a symbol that show nothing."""


def impersonal(text: Any) -> Any:
    """What can be seen of `text`. It is kept for good, and read by those who need not know whom it is about."""
    if not isinstance(text, str):
        return text
    if _LOST.search(text):
        zh, en = "文字中含有不能保存的字符。", "The text holds characters that cannot be kept."
        raise PydanticCustomError("text_not_storable", "{zh} {en}", {"zh": zh, "en": en})
    seen = " ".join("".join(filter(_is_told, text)).split())
    told = _UUID.sub("", unicodedata.normalize("NFKC", seen))
    if _NUMBER.search(told) or _NUMBER.search(_APART.sub("", told)):
        zh = "此处文字长期留存，不得填写证件号码或电话号码。"
        en = "This text is kept for good: it must not hold a resident ID or telephone number."
        raise PydanticCustomError("person_named", "{zh} {en}", {"zh": zh, "en": en})
    return seen


def _is_told(character: str) -> bool:
    hidden = character in _BLANK or unicodedata.category(character) in ("Cc", "Cf", "Cs")
    return character.isspace() or not hidden


IMPERSONAL = BeforeValidator(impersonal)
Purpose = Annotated[
    str, Field(min_length=5, max_length=200, examples=["电话通知调解时间"]), IMPERSONAL
]
Reason = Annotated[str, Field(min_length=2, max_length=200), IMPERSONAL]
