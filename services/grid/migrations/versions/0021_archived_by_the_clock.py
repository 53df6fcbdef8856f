"""Reports that are over are archived by a clock. Those of before are due when they can no longer be reopened."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

# What holds one (a check, a call-back) starts its clock when it is done.
CLOCKS = """
    insert into clock (noun, aggregate_id, kind, due_at, held_by)
    select 'report', r.id, 'archive', greatest(coalesce(r.reopen_until, r.closed_at), r.occurred_at), b.id
    from report r left join import_batch b on b.id = r.import_batch_id and b.completed_at is null
    where r.status in ('CLOSED', 'EVALUATED') and r.closed_at is not null
      and r.self_check is distinct from 'DUE'
      and not (r.satisfied is false and r.called_back_at is null)"""


def upgrade() -> None:
    op.add_column("report", sa.Column("archive_due_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(CLOCKS)
