"""Which fields a report of each category has besides those of every report. A field is never taken away or given
another meaning: clients keep reports offline."""

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel

from services.contracts.codes_grid import Category

FieldType = Literal["text", "integer", "number", "boolean", "date", "choice"]
Required = Literal["SUBMIT", "CLOSE", "NEVER"]
"""By when a field must be filled in."""


class Choice(BaseModel):
    code: str
    zh: str
    en: str


class Field(BaseModel):
    """`type`: of its value in JSON; a date as YYYY-MM-DD, a choice as the code of one of `choices`."""

    name: str
    type: FieldType
    zh: str
    en: str
    required: Required = "NEVER"
    choices: list[Choice] = []


def _field(
    name: str, type: FieldType, zh: str, en: str, required: Required = "NEVER", *choices: Choice
) -> Field:
    return Field(name=name, type=type, zh=zh, en=en, required=required, choices=[*choices])


def _choices(*told: tuple[str, str, str]) -> Iterable[Choice]:
    return [Choice(code=code, zh=zh, en=en) for code, zh, en in told]


SUBMIT: Required = "SUBMIT"
CLOSE: Required = "CLOSE"
CAUSE = _field("cause", "text", "起因", "Cause", CLOSE)
PEOPLE = _field(
    "people", "text", "涉及人员（身份，不写姓名）", "Who is involved, without names", CLOSE
)
HAZARD = _field("hazard", "text", "隐患情况", "What the hazard is", SUBMIT)
INJURED = _field("injured", "integer", "受伤人数", "Injured")
ONGOING = _field("ongoing", "boolean", "是否仍在持续", "Still going on")
STRUCTURES = _choices(
    ("BRICK_CONCRETE", "砖混", "Brick and concrete"),
    ("BRICK_WOOD", "砖木", "Brick and wood"),
    ("FRAME", "框架", "Frame"),
    ("STEEL_SHED", "钢棚", "Steel shed"),
    ("SIMPLE_SHED", "简易棚", "Simple shed"),
    ("OTHER", "其他", "Other"),
)
MEDIA = _choices(
    ("AIR", "大气", "Air"),
    ("WATER", "水", "Water"),
    ("NOISE", "噪声", "Noise"),
    ("WASTE", "固体废物", "Waste"),
    ("OTHER", "其他", "Other"),
)
OF: dict[Category, tuple[Field, ...]] = {
    Category.DISPUTE: (
        _field("escalating", "boolean", "是否有激化苗头", "Likely to escalate"),
        _field("since", "date", "纠纷起始日期", "Since when"),
        _field("at_issue", "number", "争议金额（元）", "Amount at issue (CNY)"),
    ),
    Category.PUBLIC_SECURITY: (INJURED, ONGOING),
    Category.WORK_SAFETY: (
        HAZARD,
        _field("stopped", "boolean", "是否已停用或停产", "Out of use already"),
    ),
    Category.FIRE_SAFETY: (
        HAZARD,
        _field("storeys", "integer", "建筑层数", "Storeys"),
        _field("residents", "integer", "居住人数", "Residents"),
    ),
    Category.TRAFFIC: (
        _field("road", "text", "道路名称", "Road", SUBMIT),
        _field("blocked", "boolean", "是否影响通行", "Passage hindered"),
    ),
    Category.ILLEGAL_BUILDING: (
        _field("structure", "choice", "建筑结构", "Structure", SUBMIT, *STRUCTURES),
        _field("under_construction", "boolean", "是否在建", "Under construction", SUBMIT),
        _field("area_m2", "number", "面积（平方米）", "Area (m2)", CLOSE),
    ),
    Category.ENVIRONMENT: (
        _field("medium", "choice", "污染类型", "Kind of pollution", SUBMIT, *MEDIA),
        ONGOING,
    ),
    Category.FIREWORKS: (
        _field("amount", "text", "种类与数量", "Kind and amount"),
        _field("near_homes", "boolean", "是否邻近住宅", "Near homes"),
    ),
    Category.MARKET: (
        _field("shop", "text", "经营者名称", "Shop", SUBMIT),
        _field("goods", "text", "商品名称", "Goods"),
    ),
    Category.LIVELIHOOD: (
        _field("need", "text", "诉求", "What is needed", SUBMIT),
        _field("households", "integer", "涉及户数", "Households concerned"),
    ),
    Category.POPULATION_HOUSING: (
        _field("registered", "boolean", "是否已登记", "Registered", SUBMIT),
        _field("tenants", "integer", "租住人数", "Tenants"),
        _field("since", "date", "入住日期", "Moved in on"),
    ),
    Category.PUBLIC_OPINION: (_field("topic", "text", "主题", "Topic", SUBMIT),),
    Category.EMERGENCY: (
        _field("injured", "integer", "受伤人数", "Injured", SUBMIT),
        _field("dead", "integer", "死亡人数", "Dead", SUBMIT),
        _field("ongoing", "boolean", "是否仍在持续", "Still going on", SUBMIT),
    ),
    Category.OTHER: (),
}


def fields_of(category: Category) -> tuple[Field, ...]:
    return (CAUSE, PEOPLE, *OF[category])
