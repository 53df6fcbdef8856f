"""What is wrong with a field, in the language of who reads it."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.chassis.http.problems import field_problems
from services.chassis.identifiers import Mobile, ResidentId, Uscc
from services.chassis.operation import When


class Colour(StrEnum):
    RED = "RED"


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Uscc = ""
    resident: ResidentId = ""
    mobile: Mobile = ""
    heads: int = Field(0, ge=1, le=500)
    share: float = Field(0, gt=0, lt=1)
    day: date | None = None
    at: When | None = None
    agreed: bool = False
    names: list[str] = Field([], min_length=2, max_length=3)
    title: Annotated[str, Field(min_length=2, max_length=4)] = ""
    facts: dict[str, int] = {}
    colour: Colour = Colour.RED
    id: UUID | None = None


def told(**facts: Any) -> tuple[str, str]:
    with pytest.raises(ValidationError) as caught:
        Form(**facts)
    errors = caught.value.errors(include_url=False)
    zh, en = (field_problems(errors, lang)[0].detail for lang in (0, 1))
    return zh, en


@pytest.mark.parametrize(
    ("facts", "zh", "en"),
    [
        ({"code": "91330703ABCDEFGH1X"}, "统一社会信用代码校验位不符", "The last character"),
        ({"resident": "330703199001011234"}, "公民身份号码校验码不符", "The last character of"),
        ({"mobile": "12345"}, "手机号码应为 11 位数字", "A mobile number has 11 digits"),
    ],
)
def test_a_validator_of_ours_speaks_one_language_at_a_time(
    facts: dict[str, Any], zh: str, en: str
) -> None:
    in_zh, in_en = told(**facts)
    assert in_zh.startswith(zh)
    assert in_en.startswith(en)
    assert in_en.isascii()
    assert in_en not in in_zh


@pytest.mark.parametrize(
    ("facts", "zh"),
    [
        ({"heads": 0}, "应不小于 1。"),
        ({"heads": 501}, "应不大于 500。"),
        ({"heads": "x"}, "应为整数。"),
        ({"heads": 1.5}, "应为整数。"),
        ({"heads": "1" * 5000}, "整数过大。"),
        ({"share": 0}, "应大于 0.0。"),
        ({"share": 1}, "应小于 1.0。"),
        ({"share": "x"}, "应为数字。"),
        ({"day": "2018-02-30"}, "应为存在的日期，例如 2018-04-30。"),
        ({"day": "2018-02-03T04:05:06"}, "应为存在的日期，例如 2018-04-30。"),
        ({"day": True}, "应为存在的日期，例如 2018-04-30。"),
        ({"at": "2018-02-30T09:00:00Z"}, "应为存在的时间，例如 2018-04-30T09:00:00+08:00。"),
        ({"at": "2018-02-30"}, "应为存在的时间，例如 2018-04-30T09:00:00+08:00。"),
        ({"at": "2018-02-03T09:00:00"}, "时间缺少时区，例如 +08:00。"),
        ({"at": "1800-02-03T09:00:00Z"}, "应不小于 1900-01-01T00:00:00Z。"),
        ({"agreed": "x"}, "应为 true 或 false。"),
        ({"agreed": None}, "应为 true 或 false。"),
        ({"names": 3}, "应为数组。"),
        ({"names": ["a"]}, "数量过少，至少 2 项。"),
        ({"names": ["a"] * 4}, "数量过多，至多 3 项。"),
        ({"title": "a"}, "文字过短，至少 2 个字符。"),
        ({"title": "abcde"}, "文字过长，至多 4 个字符。"),
        ({"title": 7}, "应为文字。"),
        ({"facts": 7}, "应为对象。"),
        ({"colour": "BLUE"}, "不在可选值之内。"),
        ({"id": "x"}, "不是有效的 UUID。"),
        ({"unknown": 1}, "未知字段。"),
    ],
)
def test_everything_usual_is_explained_in_chinese(facts: dict[str, Any], zh: str) -> None:
    in_zh, in_en = told(**facts)
    assert in_zh == zh
    assert in_en.isascii()
