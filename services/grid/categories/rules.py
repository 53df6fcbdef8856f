"""What a report must tell (完整性) and the values of its category's fields. Pure.

A quality rule in use in Zhejiang: time, place, people, cause and course of every report; of a dispute both parties
with their telephones; of a closed one the result. Time is the report's own; the rest is asked for here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import isfinite
from typing import Any

from services.chassis.errors import Conflict, Invalid
from services.contracts.codes_grid import Category
from services.grid.categories.fields import Field, fields_of

OTHER_CHARACTERS = 10
PARTIES = 2
MOST_TEXT = 500
MOST = 100_000_000


class Step(StrEnum):
    """When a report must be complete."""

    SUBMIT = "submit"
    CLOSE = "close"


class SubcategoryUnknown(Invalid):
    def __init__(self, code: str, category: Category) -> None:
        super().__init__(
            f"类别 {category} 在该时间没有小类 {code}。",
            f"Category {category} has no subcategory {code} at that time.",
            pointer="/subcategory",
        )


class DetailUnknown(Invalid):
    def __init__(self, name: str, category: Category) -> None:
        told = name[:100]
        super().__init__(
            f"类别 {category} 没有字段 {told}。",
            f"Category {category} has no field {told}.",
            pointer=_place(told),
        )


class DetailInvalid(Invalid):
    def __init__(self, field: Field) -> None:
        asked = {"choice": "：" + "、".join(choice.code for choice in field.choices)}
        super().__init__(
            f"字段 {field.name} 应为 {field.type}{asked.get(field.type, '')}。",
            f"Field {field.name} must be a {field.type}{asked.get(field.type, '')}.",
            pointer=_place(field.name),
        )


class ReportIncomplete(Invalid):
    """A report that names its subcategory is complete when it is submitted; one of OTHER tells what it is."""

    def __init__(self, place: str) -> None:
        super().__init__(
            "上报内容不完整，请补充。", "The report is not complete; add this.", pointer=place
        )


class NotCompleteYet(Conflict):
    def __init__(self, places: Sequence[str]) -> None:
        told = ", ".join(places)
        super().__init__(f"办结前须补充：{told}。", f"Before it is closed this is needed: {told}.")


class PartiesNotAsked(Invalid):
    """Nobody is named whom the matter does not need."""

    zh = "只有矛盾纠纷类事件填写当事人。"
    en = "Only a dispute has parties."
    pointer = "/parties"


class ClueSaidTooLate(Conflict):
    """Who was told of a report cannot be made to forget it."""

    zh = "线索类小类须在上报时选定。"
    en = "A subcategory of clues is chosen when the report is made, not later."
    pointer = "/subcategory"


@dataclass(frozen=True)
class Told:
    """What a report says, as far as its completeness goes. `phones`: of each party, whether a telephone is known."""

    category: Category
    is_placed: bool
    description: str
    details: Mapping[str, Any]
    phones: Sequence[bool] = ()
    has_result: bool = False


def checked(category: Category, details: Mapping[str, Any]) -> dict[str, Any]:
    """The values, each of which must be what its field asks for; the first that is not is named."""
    asked = {field.name: field for field in fields_of(category)}
    for name, value in details.items():
        if name not in asked:
            raise DetailUnknown(name, category)
        if not _fits(asked[name], value):
            raise DetailInvalid(asked[name])
    return dict(details)


def characters_of(category: Category) -> int:
    """How many tell the course of a matter: of OTHER the category says nothing."""
    return OTHER_CHARACTERS if category is Category.OTHER else 1


def missing(told: Told, step: Step) -> list[str]:
    """JSON pointers to what the report does not tell yet and must at `step`, in the order of its fields."""
    course = characters_of(told.category)
    wanted = {
        "/place": not told.is_placed,
        "/description": len(told.description) < course,
        "/parties": told.category is Category.DISPUTE and len(told.phones) < PARTIES,
    }
    if step is Step.CLOSE:
        wanted |= {f"/parties/{n}/phone": not known for n, known in enumerate(told.phones)}
        wanted["/opinion"] = not told.has_result
    levels = {"SUBMIT"} if step is Step.SUBMIT else {"SUBMIT", "CLOSE"}
    for field in fields_of(told.category):
        value = told.details.get(field.name)
        wanted[_place(field.name)] = field.required in levels and value in (None, "")
    return [place for place, is_missing in wanted.items() if is_missing]


def require_submittable(told: Told) -> None:
    for place in missing(told, Step.SUBMIT):
        raise ReportIncomplete(place)


def require_course(category: Category, description: str) -> None:
    """“其他”须写明情况, whether or not its subcategory is named."""
    if category is Category.OTHER and len(description) < characters_of(category):
        raise ReportIncomplete("/description")


def require_closable(told: Told) -> None:
    if places := missing(told, Step.CLOSE):
        raise NotCompleteYet(places)


def _fits(field: Field, value: Any) -> bool:
    match field.type:
        case "text":
            return isinstance(value, str) and len(value) <= MOST_TEXT
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return type(value) is int and 0 <= value <= MOST
        case "number":
            return type(value) in (int, float) and isfinite(value) and 0 <= value <= MOST
        case "date":
            return isinstance(value, str) and _is_day(value)
        case "choice":
            return value in {choice.code for choice in field.choices}
    raise ValueError(f"no such type of a field: {field.type}")


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _place(name: str) -> str:
    return "/details/" + name.replace("~", "~0").replace("/", "~1")
