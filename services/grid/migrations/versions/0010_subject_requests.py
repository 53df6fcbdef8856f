"""Requests of people about their own data; erasures, legal holds, and how long people are kept."""

from alembic import op

from services.chassis.erasure.schema import create_erasure_tables

revision = "0010"
down_revision = "0009"

STATEMENTS = (
    """create table subject_request (
        id uuid primary key,
        version integer not null,
        area_code varchar(15) not null,
        correlation_id uuid not null,
        occurred_at timestamptz not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        late_entry boolean not null,
        import_batch_id uuid,
        number varchar not null unique,
        kind varchar(40) not null,
        status varchar(40) not null,
        person uuid not null,
        fields jsonb not null,
        records jsonb not null,
        reason varchar(40),
        received_by varchar not null,
        verified_by varchar,
        decided_by varchar,
        confirmations jsonb not null,
        received_at timestamptz not null,
        answer_due_at timestamptz,
        verified_at timestamptz,
        erasing_at timestamptz,
        confirm_due_at timestamptz,
        closed_at timestamptz,
        answer_overdue_at timestamptz,
        confirm_overdue_at timestamptz
    )""",
    "create index ix_subject_request_area_code on subject_request (area_code)",
    "create index ix_subject_request_correlation_id on subject_request (correlation_id)",
    "create index ix_subject_request_created_at on subject_request (created_at)",
    "create index ix_subject_request_status on subject_request (status)",
    """create table right_limit (
        clock varchar not null,
        area_code varchar not null,
        valid_from date not null,
        allowed varchar not null,
        primary key (clock, area_code, valid_from)
    )""",
    # The default limits (configuration, not law).
    """insert into right_limit (clock, area_code, valid_from, allowed) values
        ('answer', '', '1900-01-01', '15d'), ('confirm', '', '1900-01-01', '24h')""",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
    create_erasure_tables(
        (
            "subject_request",
            None,
            1096,
            "权利请求的办理记录保存 3 年 · records of requests: 3 years",
        ),
    )
