"""No event can carry personal data: each field of each payload is one of those allowed here, with its type."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID

import pytest
from pydantic import BaseModel, Field, field_serializer

from services.contracts.codes_grid import Category
from services.contracts.registry import by_type

CODES = """area_code assisting branch campaign clock code course_code delivered_to hash heir
    industry_code kind number occasion organisation parent predecessors status subcategory
    venue_code"""
INSTANTS = """accept_due_at accept_overdue_at accepted_at agreed_at answer_due_at archived_at
    assessed_at at cancelled_at closed_at confirm_due_at confirmed_at corrected_at delivered_at
    due_at effective_at ended_at ends_at evaluated_at expired_at file_opened_at finished_at found_at
    given_at issued_at mediate_due_at notified_at occurred_at opened_at overdue_at passed_at
    performed_at planned_at promised_by received_at rectify_due_at rectify_overdue_at registered_at
    reminded_at reported_at resolve_due_at resolve_overdue_at resolved_at revoked_at settled_at
    sign_due_at sign_overdue_at started_at starts_at submitted_at supervise_due_at terminated_at
    verified_at verify_due_at verify_overdue_at visited_at voided_at"""
DAYS = """attended_on closed_on demolished_on dissolved_on ends_on formed_on issued_on starts_on valid_from
    valid_to"""
COUNTS = """active active_daily attempts aware capacity done due edition erased escalations
    extensions handed_out handling_minutes hazards heads held households inhabitants late links member_trips members
    minutes participants parties practice_minutes quantity questionnaires reopenings resident_trips
    returned rework_count round safe seq strictly_safe targets theory_minutes took_part unsure valid
    windows year"""
MEASURES = "area_m2"
FLAGS = """by_case credited demo granted is_covering is_fulfilling is_industrial is_late
    is_party_member passed refused satisfied told_apart unrated"""
IDS = """attendance_id case_id correlation_id counters duplicate_of enterprise_id group_id
    household_id item_id order_id report_id session_id survey_id task_id trainee_id"""
VOCABULARIES = """agencies audience audiences case_type category channel close_kind colour
    colour_after delivery domain entry_kind evaluated_by finder form ground impossible_reason
    item_kind keeper kind level matter method mode outcome owner_type part reason recipient request
    revoke_reason routes rules self_check source status structure target_kind topic_code urgency"""
FACTS = """lines linked ratings results statuses suspensions"""
ALLOWED: dict[type, set[str]] = {
    str: set(CODES.split()),
    datetime: set(INSTANTS.split()),
    date: set(DAYS.split()),
    int: set(COUNTS.split()),
    Decimal: set(MEASURES.split()),
    bool: set(FLAGS.split()),
    UUID: set(IDS.split()),
    StrEnum: set(VOCABULARIES.split()),
    BaseModel: set(FACTS.split()),
}
ONLY_OF = {
    "jinding.grid.area.v1": {"name"},  # public bodies
    "jinding.grid.micro_grid.v1": {"name"},
    "jinding.grid.organisation.v1": {"name"},
    "jinding.grid.subject_request.v1": {"resident_index", "phone_index"},  # HMACs; of no agency
    "jinding.grid.campaign.v1": {"name", "name_en"},
    "jinding.grid.material_item.v1": {"name", "name_en"},
    "jinding.grid.report.v1": {"reason", "cancel_reason"},  # codes of `report_cancel_reason`
    "jinding.grid.admission_item.v1": {"name", "name_en"},
}


def leaves(annotation: Any) -> Iterator[Any]:
    """What a value may be: `list[X] | None` is made of X. Anything more intricate is told as it stands."""
    if get_origin(annotation) in (list, Union, UnionType):
        for part in get_args(annotation):
            yield from leaves(part)
    elif annotation is not NoneType:
        yield annotation


def complaints(model: type[BaseModel], topic: str) -> Iterator[str]:
    if model.model_config.get("extra") == "allow" or model.model_computed_fields:
        yield f"{model.__name__} is not closed"
    decorators = model.__pydantic_decorators__
    if decorators.field_serializers or decorators.model_serializers:
        yield f"{model.__name__} writes something else than its fields"
    for name, field in model.model_fields.items():
        for leaf in leaves(field.annotation):
            kind = kind_of(leaf)
            of_topic = ONLY_OF.get(topic, set()) if leaf is str else set()
            if field.alias or field.serialization_alias:
                yield f"{model.__name__}.{name} is written under another name"
            if name not in ALLOWED.get(kind, set()) | of_topic:
                yield f"{model.__name__}.{name}: {getattr(leaf, '__name__', leaf)}"
            elif kind is BaseModel:
                yield from complaints(leaf, topic)


def kind_of(leaf: Any) -> Any:
    if not isinstance(leaf, type) or get_origin(leaf):
        return leaf
    return next((kind for kind in (StrEnum, BaseModel) if issubclass(leaf, kind)), leaf)


@pytest.mark.parametrize("event", by_type().values())
def test_no_event_can_carry_personal_data(event: Any) -> None:
    assert list(complaints(event, event.topic)) == []


class Person(BaseModel):
    phone: str


class Open(BaseModel, extra="allow"):
    status: Category


class Disguised(BaseModel):
    status: Category = Field(serialization_alias="phone")
    code: str

    @field_serializer("code")
    def told(self, _: str) -> str:
        return "a name"


class Bad(BaseModel):
    """Every field breaks the rule in a way of its own, but for the first."""

    area_code: str
    name: str
    id_no: int
    address: str | None
    latitude: float
    status: dict[str, str]
    born_on: date
    reason: str
    ratings: list[Person]
    statuses: Open | Disguised | None
    person: Person
    kind: Any
    code: Literal[1]
    number: bytes


def test_the_rule_refuses_what_it_is_for() -> None:
    assert list(complaints(Bad, "jinding.disputes.case.v1")) == [
        "Bad.name: str",
        "Bad.id_no: int",
        "Bad.address: str",
        "Bad.latitude: float",
        "Bad.status: dict",
        "Bad.born_on: date",
        "Bad.reason: str",
        "Person.phone: str",
        "Open is not closed",
        "Disguised writes something else than its fields",
        "Disguised.status is written under another name",
        "Bad.person: Person",
        "Bad.kind: Any",
        "Bad.code: Literal",
        "Bad.number: bytes",
    ]


def test_a_public_body_may_be_named_and_nobody_else() -> None:
    told = "Bad.name: str"
    assert told not in complaints(Bad, "jinding.grid.organisation.v1")
    assert told in complaints(Bad, "jinding.training.trainee.v1")
