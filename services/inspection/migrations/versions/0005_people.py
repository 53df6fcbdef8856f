"""The people of all nouns, sealed; those who answer for an enterprise or a plan become such people."""

from typing import Any

from alembic import op

from services.chassis.privacy.adoption import adopt, create_people_tables
from services.chassis.privacy.roll import Roll

revision = "0005"
down_revision = "0004"
CONTACTS = ("principal", "safety_officer")


def upgrade() -> None:
    create_people_tables()
    op.execute("alter table enterprise add principal_id uuid, add safety_officer_id uuid")
    adopt("enterprise", "enterprise", contacts)
    op.execute("alter table enterprise drop principal, drop safety_officer")
    adopt("hazard", "hazard", responsible)


def contacts(enterprise: dict[str, Any], people: Roll) -> dict[str, Any]:
    return {
        f"{contact}_id": people.seal(**told)
        for contact in CONTACTS
        if (told := enterprise[contact])
    }


def responsible(hazard: dict[str, Any], people: Roll) -> dict[str, Any]:
    if not (plan := hazard["plan"]):
        return {}
    return {"plan": plan | {"responsible": people.seal(name=plan["responsible"])}}
