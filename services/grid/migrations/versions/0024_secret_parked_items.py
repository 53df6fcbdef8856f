"""Which items of batches tell what only some may know. Of what was kept before nobody can say, so it counts as secret."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.add_column("parked_item", sa.Column("secret_of", sa.String(), nullable=True))
    op.execute("update parked_item set secret_of = area_code where noun = 'report'")
    op.execute(
        "update parked_item set secret_of = '' where noun in ('key_person', 'survey_return')"
    )
