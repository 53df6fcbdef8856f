"""A dead letter may stand at the offset of one of a log that was replaced."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.drop_index("uq_dead_letter_record", table_name="dead_letter")
