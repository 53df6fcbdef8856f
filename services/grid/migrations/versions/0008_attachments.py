"""Files that belong to records."""

from services.chassis.attachments.tables import create_attachments

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    create_attachments()
