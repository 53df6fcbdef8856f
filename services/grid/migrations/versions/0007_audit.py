"""Who did what to which record."""

from services.chassis.audit.migration import create_audit

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    create_audit("grid")
