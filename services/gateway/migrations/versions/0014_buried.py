"""Of which aggregates a stream holds a tombstone, so that it is sent again when the stream is emptied."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.execute("alter table agency_sent add buried_at timestamptz")
