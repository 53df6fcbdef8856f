"""Files that belong to records."""

from services.chassis.attachments.tables import create_attachments

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    create_attachments()
