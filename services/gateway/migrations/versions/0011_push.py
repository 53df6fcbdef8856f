"""Where agencies are told that there is news, and how each attempt fared."""

import re

from alembic import op

revision = "0011"
down_revision = "0010"

STATEMENTS = """
create table agency_push (
    agency text primary key references agency,
    url text not null,
    secret bytea not null,
    old_secret bytea,
    old_until timestamptz,
    set_at timestamptz not null,
    set_by text not null,
    state text not null,
    state_at timestamptz not null,
    seen text,
    notice text,
    notice_at timestamptz,
    notice_until text,
    attempts integer not null,
    next_at timestamptz not null
);
create table agency_delivery (
    id bigint generated always as identity primary key,
    agency text not null references agency,
    notice text not null,
    attempt integer not null,
    at timestamptz not null,
    status integer,
    fault text,
    ms integer not null
);
create index ix_agency_delivery_agency on agency_delivery (agency, id)
"""


def upgrade() -> None:
    for statement in re.split(r";\n(?=\S)", STATEMENTS):
        op.execute(statement)
