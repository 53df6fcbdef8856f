"""Whether a call would have done when a visit was entered: of those of before that were no calls, nobody knows."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.add_column("household_visit", sa.Column("by_phone", sa.Boolean(), nullable=True))
