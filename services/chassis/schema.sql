create table answer (
    subject text not null,
    operation text not null,
    key text not null,
    body_hash bytea not null,
    aggregate_id uuid not null,
    version integer not null,
    status text not null,
    number text,
    created_at timestamptz not null,
    primary key (subject, operation, key)
);
create index ix_answer_of_people on answer (created_at) where subject not like 'svc:%';
create index ix_answer_of_jobs on answer (created_at) where subject like 'svc:%';
create table outbox (
    id bigint generated always as identity primary key,
    event_id uuid not null unique,
    topic text not null,
    partition smallint not null,
    aggregate_id uuid not null,
    version integer not null,
    lane smallint not null,
    headers jsonb not null,
    body bytea not null,
    created_at timestamptz not null,
    published_at timestamptz,
    parked text,
    unique (topic, aggregate_id, version)
);
create index ix_outbox_unpublished on outbox (lane, id) where published_at is null;
create index ix_outbox_parked on outbox (topic, aggregate_id) where parked is not null;
create table clock (
    noun text not null,
    aggregate_id uuid not null,
    kind text not null,
    due_at timestamptz,
    stopped_at timestamptz,
    fired_at timestamptz,
    held_by uuid,
    primary key (noun, aggregate_id, kind)
);
create index ix_clock_running on clock (due_at)
    where stopped_at is null and fired_at is null and held_by is null;
create index ix_clock_held_by on clock (held_by) where held_by is not null;
create table epoch (
    number integer not null primary key,
    began_at timestamptz not null default now()
);
insert into epoch (number) values (1);
create table import_batch (
    id uuid primary key,
    source text not null,
    opened_by text not null,
    opened_at timestamptz not null,
    completed_at timestamptz
);
create table consumer_offset (
    consumer text not null,
    topic text not null,
    partition smallint not null,
    log_identity text not null,
    next_offset bigint not null,
    stopped_at timestamptz,
    primary key (consumer, topic, partition)
);
create table dead_letter (
    id uuid primary key,
    consumer text not null,
    topic text not null,
    partition smallint not null,
    "offset" bigint not null,
    key bytea not null,
    headers jsonb not null,
    value bytea,
    reason text not null,
    parked_at timestamptz not null,
    settled_at timestamptz,
    settled_how text,
    settled_by text
);
create unique index uq_dead_letter_record on dead_letter (consumer, topic, partition, "offset");
create index ix_dead_letter_open on dead_letter (consumer) where settled_at is null;
create table calendar_day (
    day date primary key,
    is_working boolean not null,
    name varchar not null,
    source varchar not null
);
create table number_sequence (
    prefix varchar not null,
    area_code varchar not null,
    day date not null,
    last integer not null,
    primary key (prefix, area_code, day)
);
