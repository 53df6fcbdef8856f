"""Who did what to which record."""

from services.chassis.audit.migration import create_audit

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    create_audit("inspection")
