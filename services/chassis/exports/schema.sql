create table export_job (
    id uuid primary key,
    subject text not null,
    caller jsonb not null,
    key text,
    body_hash text not null,
    list text not null,
    format text not null,
    language text not null,
    purpose text not null,
    filters jsonb not null,
    state text not null,
    reason text,
    rows bigint not null,
    bytes bigint,
    attempt smallint not null,
    asked_at timestamptz not null,
    started_at timestamptz,
    lease_until timestamptz,
    finished_at timestamptz,
    expires_at timestamptz
);
create unique index uq_export_job_key on export_job (subject, key);
create index ix_export_job_of_subject on export_job (subject, asked_at);
create index ix_export_job_open on export_job (asked_at) where state in ('QUEUED', 'RUNNING');
