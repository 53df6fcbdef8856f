"""Which transaction last wrote what a week of visits is counted from, so that only grids that changed are counted again."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

THIS_TRANSACTION = sa.text("(pg_current_xact_id()::text)::bigint")
COUNTED = ("household", "household_visit", "grid_member", "link_handover")


def upgrade() -> None:
    op.add_column("duty_week", sa.Column("mark", sa.String(), nullable=True))
    for table in COUNTED:
        # the default is the same for all rows of before: no row is written anew
        column = sa.Column(
            "changed_xid", sa.BigInteger(), nullable=False, server_default=THIS_TRANSACTION
        )
        op.add_column(table, column)
        op.create_index(f"ix_{table}_changed", table, ["changed_xid", "id"])
        op.execute(
            f"create trigger note_change before update on {table} "
            "for each row execute function note_change()"
        )
    op.create_index("ix_visit_member", "household_visit", ["member_id", "visited_at"])
    op.drop_index("ix_household_visit_member_id", "household_visit")
