"""Sensitive reports are told on a topic of their own. Those of before stay where their events are: of one aggregate all are
on one topic, in order (docs/adr/0026)."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    # true for whatever was written without knowing of it, also while replicas of before still run
    with_all: sa.Column[bool] = sa.Column(
        "told_with_all", sa.Boolean(), nullable=False, server_default=sa.true()
    )
    op.add_column("report", with_all)
