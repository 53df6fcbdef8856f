"""Households move to another grid, as after a redraw, and take their links along."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.grid.links.filing import MOVING

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    stays = sa.Column("stays", postgresql.JSONB(), nullable=False, server_default="[]")
    op.add_column("household", stays)
    for statement in MOVING:
        op.execute(statement)
