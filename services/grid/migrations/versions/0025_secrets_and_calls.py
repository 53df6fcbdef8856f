"""Which items of batches tell what only some may know: of what was kept before nobody can say, so it counts as secret.
And whether a call would have done when a visit was entered: of those of before, which were not by telephone, nobody knows."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0022"


def upgrade() -> None:
    op.add_column("parked_item", sa.Column("secret_of", sa.String(), nullable=True))
    op.execute("update parked_item set secret_of = area_code where noun = 'report'")
    op.execute(
        "update parked_item set secret_of = '' where noun in ('key_person', 'survey_return')"
    )
    op.add_column("household_visit", sa.Column("by_phone", sa.Boolean(), nullable=True))
