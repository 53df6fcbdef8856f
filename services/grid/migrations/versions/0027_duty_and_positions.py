"""Weeks are counted by links, whoever held them, from now on: each is counted anew once, when it is counted next. And
positions are doubted, too, that were captured long before, or far from their grid."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

# Configuration, not law: a walk to where the network is; more than a grid of 500 households is ever wide.
DOUBTED = [("stale_minutes", sa.Integer, "30"), ("far_m", sa.Float, "5000")]


def upgrade() -> None:
    op.execute("update duty_week set mark = null")
    for name, type_, usual in DOUBTED:
        op.add_column(
            "position_limit", sa.Column(name, type_(), nullable=False, server_default=usual)
        )
        op.alter_column("position_limit", name, server_default=None)
