"""Lists as files."""

from services.chassis.exports.schema import create_exports

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    create_exports()
