"""The archive's partitions are made by its owner, whoever asks: the service itself may not change tables."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("""
        create function archive_month(first date) returns void
        language plpgsql security definer set search_path = public, pg_temp as $$
        begin
            perform pg_advisory_xact_lock(hashtext('archive'));
            execute format(
                'create table if not exists %I partition of archive for values from (%L) to (%L)',
                to_char(first, '"archive_"YYYY_MM'), first, (first + interval '1 month')::date
            );
        end $$
    """)
