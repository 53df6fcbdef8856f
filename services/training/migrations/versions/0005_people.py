"""The people of all nouns, sealed; the trainees that there are become such people."""

from typing import Any

from alembic import op

from services.chassis.privacy.adoption import adopt, create_people_tables
from services.chassis.privacy.roll import Roll

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    create_people_tables()
    op.execute("alter table trainee add person uuid, add mark varchar unique")
    adopt("trainee", "trainee", sealed)
    op.execute(
        "alter table trainee alter person set not null, drop name, drop phone, "
        "drop masked_name, drop masked_phone"
    )


def sealed(trainee: dict[str, Any], people: Roll) -> dict[str, Any]:
    name, phone = trainee["name"], trainee["phone"]
    return {
        "person": people.seal(name=name, phone=phone),
        "mark": people.mark(name, phone),
    }
