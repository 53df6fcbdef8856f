"""A page of reports of one status is read in its order, however many there are."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_index("ix_report_status_created", "report", ["status", "created_at", "id"])
    op.drop_index("ix_report_status", "report")
