"""What was asked is kept as a keyed hash from now on; of before nothing is kept of it, and its key alone tells a retry."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute("update answer set body_hash = ''")
