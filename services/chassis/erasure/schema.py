"""The tables of `tables` as each service's revision makes them."""

from alembic import op

from services.chassis.erasure.tables import retention_rule

STATEMENTS = (
    """create table erasure (
        id uuid primary key,
        version integer not null,
        area_code varchar(15) not null,
        correlation_id uuid not null,
        occurred_at timestamptz not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        late_entry boolean not null,
        import_batch_id uuid,
        service varchar not null,
        resident_index bytea,
        phone_index bytea,
        until timestamptz not null,
        erased integer not null,
        kept jsonb not null
    )""",
    "create index ix_erasure_area_code on erasure (area_code)",
    "create index ix_erasure_correlation_id on erasure (correlation_id)",
    "create index ix_erasure_created_at on erasure (created_at)",
    """create table legal_hold (
        id uuid primary key,
        area_code text not null,
        aggregate_id uuid,
        resident_index bytea,
        phone_index bytea,
        reason text not null,
        set_at timestamptz not null,
        set_by text not null,
        lifted_at timestamptz,
        lifted_by text,
        lifted_why text
    )""",
    "create index ix_legal_hold_in_force on legal_hold (id) where lifted_at is null",
    """create table retention_rule (
        noun text primary key,
        at_least_days integer,
        at_most_days integer,
        basis text not null
    )""",
)


def create_erasure_tables(*rules: tuple[str, int | None, int | None, str]) -> None:
    """The revision of each service that keeps people; `rules` are its rows of `retention_rule`."""
    for statement in STATEMENTS:
        op.execute(statement)
    columns = "noun", "at_least_days", "at_most_days", "basis"
    op.bulk_insert(retention_rule, [dict(zip(columns, rule, strict=True)) for rule in rules])
