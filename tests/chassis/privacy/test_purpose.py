"""What is said of an act stays on record for good: it must be legible, and name nobody by a number."""

import importlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from services.chassis.erasure.holds import HoldIn, LiftIn
from services.chassis.privacy.purpose import Purpose
from services.gateway.emergency.schemas import EmergencyIn, ReviewIn
from services.gateway.warnings.schemas import EndIn
from services.grid.key_persons.schemas import ReadIn
from services.grid.parked.schemas import DiscardIn, ReleaseIn

KEPT: set[tuple[type[BaseModel], str]] = {
    (HoldIn, "reason"),
    (LiftIn, "reason"),
    (EmergencyIn, "reason"),
    (ReviewIn, "remark"),
    (EndIn, "remark"),
    (ReadIn, "legal_basis"),
    (ReleaseIn, "reason"),
    (DiscardIn, "reason"),
}
UNSEEN = "\t \u00a0\u00ad\u034f\u115f\u2028\u200b\u200d\u202e\u2060\u2800\u3000\u3164\ufeff"


def purposes() -> Iterator[tuple[type[BaseModel], str]]:
    """Of every body that tells one."""
    for service in ("grid", "disputes", "inspection", "training", "gateway"):
        importlib.import_module(f"services.{service}.main")
    known = [BaseModel]
    while known:
        model = known.pop()
        known += model.__subclasses__()
        if model.__module__.startswith("services.") and model.__name__.endswith("In"):
            yield from [(model, "purpose")] if "purpose" in model.model_fields else []


class Asked(BaseModel):
    purpose: Purpose


def errors(model: type[BaseModel], **told: object) -> dict[str, str]:
    """The code at each field."""
    with pytest.raises(ValidationError) as refused:
        model.model_validate(told)
    return {str(error["loc"][0]): error["type"] for error in refused.value.errors()}


def test_a_number_of_a_person_is_refused_in_every_text_that_is_kept() -> None:
    bodies = {*purposes()}
    assert {model.__name__ for model, _ in bodies} >= {"RevealIn", "SearchIn", "ReceiveIn"}
    for model, field in bodies | KEPT:
        for text in ("核对 13800005678 的事件记录", "核对 33070319000101101X 的事件记录"):
            assert errors(model, **{field: text}).get(field) == "person_named", (model, field)


@pytest.mark.parametrize("lost", ["\0", "\udc00"])
def test_what_cannot_be_kept_is_refused_and_not_left_out(lost: str) -> None:
    assert errors(Asked, purpose=f"电话通知{lost}调解时间") == {"purpose": "text_not_storable"}


@pytest.mark.parametrize("field_", sorted(KEPT, key=str))
def test_what_nobody_can_see_is_no_reason(field_: tuple[type[BaseModel], str]) -> None:
    model, field = field_
    assert errors(model, **{field: UNSEEN})[field] == "string_too_short"


@pytest.mark.parametrize(
    "number",
    [
        "13800005678",
        "138-0000-5678",
        "138 0000 5678",
        "1380 000 5678",
        "1-3-8-0-0-0-0-5-6-7-8",
        "+8613800005678",
        "0086 13800005678",
        "１３８００００５６７８",
        "138\u200b0000\u20605678",
        "0579-82345678",
        "057982345678",
        "010 65551234",
        "330703190001011013",
        "330703 19000101 101x",
        "330703\u200b190001011013",
        "330703190001011013 13800005678",
        "13800005678 13800005679",
    ],
)
def test_it_is_found_however_it_is_written(number: str) -> None:
    for text in (f"请致电{number}核对记录", f"事由：{number}", f"{number} 的记录"):
        assert errors(Asked, purpose=text) == {"purpose": "person_named"}


@pytest.mark.parametrize(
    "text",
    [
        "核对网格 330703105291001 的记录",
        "比对 330703001 330703002 两街道",
        "2026-11-30 13:00 至 2026-12-01 08:00 的记录",
        "事件 GE330703105202611300001X 复核",
        "依据金东司矫〔2026〕3号",
        "复核 019a7771-3800-7005-9678-138000056780",
        "复核 019a7771-3800-7005-9678-13800005678a",
        "复核 0193a7e2-1d3b-7c41-9a55-0b1c2d3e4f50",
    ],
)
def test_other_numbers_are_no_persons(text: str) -> None:
    assert Asked(purpose=text).purpose == text


def test_it_is_kept_as_it_can_be_seen() -> None:
    told = "\ufeff 电话\u200b通知\n\u3000调解时间 "
    assert Asked(purpose=told).purpose == "电话通知 调解时间"


@given(st.text(st.sampled_from(UNSEEN), max_size=60), st.text("电话通知", max_size=4))
def test_only_what_is_seen_counts(unseen: str, seen: str) -> None:
    assert errors(Asked, purpose=unseen + seen + unseen) == {"purpose": "string_too_short"}


@given(st.text(max_size=300))
def test_whatever_is_taken_can_be_stored_and_is_taken_again(text: str) -> None:
    try:
        kept = Asked(purpose=text).purpose
    except ValidationError:
        return
    kept.encode()
    assert "\0" not in kept
    assert Asked(purpose=kept).purpose == kept
