"""Who did what to which record."""

from services.chassis.audit.migration import create_audit

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    create_audit("gateway")
