"""Weeks are counted by links, whoever held them, from now on: each is counted anew once, when it is counted next."""

from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.execute("update duty_week set mark = null")
