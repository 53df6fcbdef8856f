"""Cards, tallies, watermarks and the archive."""

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = """
create table card (
    noun text not null,
    id uuid not null,
    area_code text not null,
    epoch integer not null,
    version integer not null,
    data jsonb not null,
    primary key (noun, id)
);
create index ix_card_area on card (noun, area_code);
create table tally (
    area_code text not null,
    metric text not null,
    day date not null,
    dimension text not null,
    service text not null,
    n bigint not null,
    primary key (area_code, metric, day, dimension)
);
create table watermark (
    service text primary key,
    epoch integer not null default 0,
    as_of timestamptz,
    reason text,
    checked_at timestamptz not null
);
create table projection (
    id integer primary key check (id = 1),
    version bigint not null
);
insert into projection values (1, 0);
create table archive (
    topic text not null,
    partition smallint not null,
    "offset" bigint not null,
    read_at timestamptz not null,
    key bytea not null,
    type text,
    area_code text,
    correlation_id uuid,
    occurred_at timestamptz,
    headers jsonb not null,
    value bytea,
    primary key (topic, partition, "offset", read_at)
) partition by range (read_at);
create index ix_archive_correlation on archive (correlation_id);
create table archive_rest partition of archive default
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
