"""Batches are counted per service, and whoever shows figures is told of every change."""

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = """
create table folded (service text primary key, version bigint not null);
insert into folded select service, (select version from projection)
    from unnest(array['grid', 'disputes', 'inspection', 'training']) service;
drop table projection;
create function tell_of_figures() returns trigger language plpgsql as
    $$ begin perform pg_notify('figures', ''); return null; end $$;
create trigger tell after update on folded for each statement execute function tell_of_figures();
create trigger tell after insert or update or delete on watermark
    for each statement execute function tell_of_figures();
create trigger tell after insert or update or delete on dead_letter
    for each statement execute function tell_of_figures()
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
