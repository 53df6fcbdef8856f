"""The people of all nouns, sealed; the parties of the cases that there are become such people."""

from typing import Any

from services.chassis.privacy.adoption import adopt, create_people_tables
from services.chassis.privacy.roll import Roll

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    create_people_tables()
    adopt("case", "dispute_case", sealed)


def sealed(case: dict[str, Any], people: Roll) -> dict[str, Any]:
    return {"parties": [_party(party, people) for party in case["parties"]]}


def _party(told: dict[str, Any], people: Roll) -> dict[str, Any]:
    name, phone, natural = told["name"], told.pop("phone", None), told["kind"] == "NATURAL"
    return told | {
        "person": people.seal(name=name if natural else None, phone=phone),
        "mark": people.mark(name, phone),
        "name": None if natural else name,
    }
