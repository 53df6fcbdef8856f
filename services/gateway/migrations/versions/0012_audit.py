"""Who did what at the gateway; and where each service's audit ended, hour by hour."""

from alembic import op

from services.chassis.audit.migration import create_audit, keep

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    create_audit("gateway")
    op.execute(
        "create table audit_anchor (service text, epoch integer, seq bigint, hash bytea, "
        "at timestamptz not null, primary key (service, epoch, seq, hash))"
    )
    keep("audit_anchor")
