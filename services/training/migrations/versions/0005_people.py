"""The people of all nouns, sealed."""

from services.chassis.privacy.adoption import create_people_tables

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    create_people_tables()
