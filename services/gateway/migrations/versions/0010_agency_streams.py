"""Streams of agencies: how far each was filled, and of which aggregates it holds something."""

from alembic import op

revision = "0010"
down_revision = "0009"

STATEMENTS = """
create table agency_stream (
    agency text primary key references agency,
    granted text not null,
    log_identity text,
    cursor text
);
create table agency_sent (
    agency text not null references agency,
    noun text not null,
    id uuid not null,
    epoch integer not null default 0,
    version integer not null default 0,
    gone boolean not null default false,
    primary key (agency, noun, id)
);
create index ix_agency_sent_gone on agency_sent (agency) where gone
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
