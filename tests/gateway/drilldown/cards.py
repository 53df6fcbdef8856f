"""Cards of every kind, as chance will have them, folded into a gateway's database."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from random import Random
from types import UnionType
from typing import Any, Union, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel

from services.chassis.database import driver
from services.contracts.event import Event
from services.gateway.projections import store
from services.gateway.projections.cards import nothing
from services.gateway.projections.fold import Fact, Fold
from services.gateway.projections.registry import ALL
from tests.gateway.projections.projecting import Projecting

DISTRICT = "330703"
AREAS = (
    DISTRICT,
    "330703101",
    "330703101201",
    "330703101201001",
    "330703105",
    "330703105291001",
    "330703105291002",
)
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
STATUSES = {
    "patrol": ["FINISHED"],
    "demolition": ["RECORDED", "CONFIRMED"],
    "visit": ["RECORDED"],
}
TRAINEES = [UUID(int=900 + number) for number in range(4)]


def chosen(random: Random, kind: Any, area: str) -> Any:
    """A value of a field's type."""
    if get_origin(kind) in (Union, UnionType):
        kinds = [k for k in get_args(kind) if k is not type(None)]
        return None if random.random() < 0.3 else chosen(random, random.choice(kinds), area)
    if get_origin(kind) is list:
        [of] = get_args(kind)
        return [chosen(random, of, area) for _ in range(random.randrange(4))]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return random.choice(list(kind))
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return made(random, kind, area)
    at = FIRST + timedelta(minutes=random.randrange(120 * 24 * 60))
    values: dict[Any, Any] = {
        datetime: at,
        date: at.date(),
        UUID: random.choice(TRAINEES),
        bool: random.random() < 0.8,
        int: random.randrange(9),
        Decimal: Decimal(random.randrange(9999)) / 100,
    }
    return values.get(kind, random.choice("abc"))


def made(random: Random, model: type[BaseModel], area: str) -> Any:
    told = {
        name: chosen(random, field.annotation, area) for name, field in model.model_fields.items()
    }
    if "area_code" in told:
        below = [code for code in AREAS if code.startswith(area)]
        told["area_code"] = area if issubclass(model, Event) else random.choice(below)
    if told.get("cancel_reason"):
        told["cancel_reason"] = random.choice(["DUPLICATE", "INVALID", "WITHDRAWN"])
    if "unsure" in told:  # of a survey: no part is larger than its whole
        told |= {"returned": told["returned"] + 30, "valid": told["valid"] + 20}
    return model.model_validate(told)


def facts(random: Random, count: int) -> list[Fact]:
    """`count` cards of every noun that counts anywhere, and of the nouns that are counted."""
    told = []
    for place, projection in enumerate(ALL):
        for number in range(count if projection.entries is not nothing else 0):
            card = made(random, projection.snapshot, random.choice(AREAS))
            statuses = STATUSES.get(projection.noun)
            told_of = {"status": random.choice(statuses)} if statuses else {}
            named = card.model_copy(update=told_of)
            told.append(Fact(projection, UUID(int=place * 1000 + number + 1), 1, 1, named))
    return told


async def kept(gateway: Projecting, told: list[Fact]) -> Fold:
    fold = Fold({})
    for fact in told:
        fold.take(fact)
    async with gateway.database.transaction() as connection:
        await store.save(await driver(connection), fold)
    return fold
