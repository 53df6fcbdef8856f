"""Partner agencies, and in which stretches each partition of the archive was read.

A stretch begins where a log is read for the first time, takes the place of another, or is read again from an
earlier offset: within one, offsets become visible in their order, so that a reader's place is an offset.
"""

import re

from alembic import op

revision = "0007"
down_revision = "0006"

STATEMENTS = """
create table agency (
    id text primary key check (id ~ '^[a-z0-9-]{2,30}$'),
    name_zh text not null,
    name_en text not null,
    client_id text unique,
    added_at timestamptz not null,
    added_by text not null
);
create table agency_grant (
    id bigint generated always as identity primary key,
    agency text not null references agency,
    topics text[] not null check (cardinality(topics) > 0),
    areas text[] not null,
    categories text[] not null,
    types text[] not null,
    since timestamptz not null,
    until timestamptz check (until > since),
    granted_by text not null,
    why text not null,
    ended_at timestamptz,
    ended_by text,
    ended_why text
);
create index ix_agency_grant_agency on agency_grant (agency);
create function keep_grants() returns trigger language plpgsql as $$
    declare ending text[] := array['ended_at', 'ended_by', 'ended_why'];
    begin
    if tg_op = 'DELETE' and coalesce(old.ended_at, old.until) < now() - interval '3 years' then
        return old;
    elsif tg_op = 'UPDATE' and old.ended_at is null and to_jsonb(new) - ending = to_jsonb(old) - ending then
        return new;
    end if;
    raise integrity_constraint_violation
        using message = 'grants are ended, never changed, and kept for 3 years';
    end $$;
create trigger keep before update or delete on agency_grant
    for each row execute function keep_grants();
create table agency_key (
    digest bytea primary key,
    agency text not null references agency,
    made_at timestamptz not null,
    made_by text not null,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    revoked_by text
);
create index ix_agency_key_agency on agency_key (agency);
create table archive_stretch (
    id bigint generated always as identity primary key,
    topic text not null,
    partition smallint not null,
    log_identity text not null,
    first_offset bigint not null
);
create index ix_archive_stretch on archive_stretch (topic, partition, id);
insert into archive_stretch (topic, partition, log_identity, first_offset)
    select topic, partition, log_identity, 0 from (
        select topic, partition, log_identity, false as current, min(read_at) as began from archive a
            where not exists (select from consumer_offset o where o.consumer = 'gateway-projection'
                and (o.topic, o.partition, o.log_identity) = (a.topic, a.partition, a.log_identity))
            group by 1, 2, 3
        union all select topic, partition, log_identity, true, now() from consumer_offset
            where consumer = 'gateway-projection'
    ) as known order by current, began, topic, partition;
create function begin_stretch() returns trigger language plpgsql as $$ begin
    insert into archive_stretch (topic, partition, log_identity, first_offset)
        values (new.topic, new.partition, new.log_identity, new.next_offset);
    return null;
    end $$;
create trigger stretch after insert on consumer_offset for each row
    when (new.consumer = 'gateway-projection') execute function begin_stretch();
create trigger another_stretch after update on consumer_offset for each row
    when (new.consumer = 'gateway-projection'
        and (new.log_identity <> old.log_identity or new.next_offset < old.next_offset))
    execute function begin_stretch()
"""


def upgrade() -> None:
    for statement in re.split(r";\n(?=\S)", STATEMENTS):
        op.execute(statement)
