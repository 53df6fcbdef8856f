create table attachment (
    id uuid primary key,
    kind varchar(40) not null,
    media_type varchar(40) not null,
    size bigint not null,
    sha256 varchar not null,
    taken_at timestamptz,
    position jsonb,
    state varchar(40) not null,
    reason varchar,
    received bigint not null,
    exif jsonb,
    content_size bigint,
    content_sha256 varchar,
    declared_at timestamptz not null,
    checked_at timestamptz,
    noun varchar not null,
    aggregate_id uuid not null,
    area_code varchar(15) not null,
    declared_by varchar not null,
    attempt integer not null,
    parts jsonb not null,
    touched_at timestamptz not null
);
create index ix_attachment_aggregate on attachment (aggregate_id);
create index ix_attachment_open on attachment (touched_at) where state = 'DECLARED';
