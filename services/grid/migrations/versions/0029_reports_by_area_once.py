"""Reports are found by area through `ix_report_near`, which begins with it: as fast, and one index less to write."""

from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.drop_index("ix_report_area_code", "report")
