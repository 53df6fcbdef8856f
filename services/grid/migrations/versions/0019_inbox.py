"""What the first screen of a device shows besides: tasks, errands, visits, and what reports were merged into; tasks that
come again by themselves."""

import sqlalchemy as sa
from alembic import op

from services.grid.device.watching import MERGED, NOTE_MERGE, watched

revision = "0019"
down_revision = "0018"

THIS_TRANSACTION = sa.text("(pg_current_xact_id()::text)::bigint")
FOLLOWED = {
    "task_order": watched("task_order", "area_code"),
    "task_item": watched("task_item", "area_code", "subject"),
    "errand": watched("errand", "area_code", "submitted_by", "handler", lists=("departments",)),
    "visit_task": watched("visit_task"),  # for the inbox
}
# Rounds of before that nobody has repeated yet; a record of history calls for nothing.
CLOCKS = """
    insert into clock (noun, aggregate_id, kind, due_at)
    select 'task_order', id, 'round', due_at from task_order o
    where period is not null and import_batch_id is null
      and not exists (select from task_order n where n.series = o.series and n.round = o.round + 1)"""


def upgrade() -> None:
    for table, triggers in FOLLOWED.items():
        # the default is the same for all rows of before: no row is written anew
        column = sa.Column(
            "changed_xid", sa.BigInteger(), nullable=False, server_default=THIS_TRANSACTION
        )
        op.add_column(table, column)
        op.create_index(f"ix_{table}_changed", table, ["changed_xid", "id"])
        for statement in triggers:
            op.execute(statement)
    op.execute(
        f"create function note_merge() returns trigger language plpgsql as $$ {NOTE_MERGE} $$"
    )
    op.execute(MERGED)
    op.add_column("task_order", sa.Column("repeats_until", sa.Date(), nullable=True))
    for name in ("repeated_at", "ended_at"):
        op.add_column("task_order", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("task_order", sa.Column("end", sa.String(40), nullable=True))
    op.execute(CLOCKS)
