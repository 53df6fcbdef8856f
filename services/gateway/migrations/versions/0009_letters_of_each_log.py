"""A dead letter may stand at the offset of one of a log that was replaced."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.drop_index("uq_dead_letter_record", table_name="dead_letter")
