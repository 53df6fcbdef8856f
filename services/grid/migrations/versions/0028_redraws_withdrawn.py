"""When an area would have ended without the redraw that ends it, so that a planned one can be withdrawn."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.add_column("area", sa.Column("former_end", sa.Date(), nullable=True))
