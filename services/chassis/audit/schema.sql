create table audit (
    seq bigint primary key,
    at timestamptz not null,
    subject text not null,
    roles text[] not null,
    organisation text,
    action text not null,
    noun text not null,
    object_id uuid,
    area_code text,
    fields text[] not null,
    purpose text,
    outcome text not null,
    request_id text not null,
    key_id text not null,
    previous bytea not null,
    hash bytea not null
);
create index ix_audit_subject on audit (subject, seq);
create index ix_audit_object on audit (object_id, seq) where object_id is not null;
-- volatile: what it reads behind the lock is what the holder before it has committed
create function audit_head(out seq bigint, out hash bytea) language plpgsql as $$ begin
    perform pg_advisory_xact_lock(x'4a440007'::int);
    select a.seq, a.hash into seq, hash from audit a order by a.seq desc limit 1;
    end $$;
create function keep_audit() returns trigger language plpgsql as $$ begin
    if tg_op = 'DELETE' and current_setting('jinding.prunes_audit', true) = 'on' then
        return old;
    end if;
    raise integrity_constraint_violation using message = 'what was audited stays as it is';
    end $$;
create trigger keep before update or delete on audit for each row execute function keep_audit();
create trigger keep_all before truncate on audit for each statement execute function keep_audit();
-- where role and owner are one, too; in a deployment the grants are repeated, and this with them
do $$ begin
    if exists (select from pg_roles where rolname = '{service}') then
        revoke update, delete, truncate on audit from {service};
    end if;
    end $$
