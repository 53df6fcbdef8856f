"""Who did what at the gateway; and where each service's audit ended, hour by hour."""

from alembic import op

from services.chassis.audit.migration import create_audit

revision = "0012"
down_revision = "0011"

STATEMENTS = (
    """create table audit_anchor (
        service text,
        epoch integer,
        seq bigint,
        hash bytea,
        at timestamptz not null,
        primary key (service, epoch, seq, hash)
    )""",
    """create trigger keep before update or delete on audit_anchor
        for each row execute function keep_audit()""",
    """create trigger keep_all before truncate on audit_anchor
        for each statement execute function keep_audit()""",
)


def upgrade() -> None:
    create_audit("gateway")
    for statement in STATEMENTS:
        op.execute(statement)
