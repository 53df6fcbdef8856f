"""Handovers that are written together move links in the order in which they were decided."""

import sqlalchemy as sa
from alembic import op

from services.grid.links.filing import IN_ORDER

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    column = sa.Column("turn", sa.Integer(), nullable=False, server_default="0")
    op.add_column("link_handover", column)
    for statement in IN_ORDER:
        op.execute(statement)
