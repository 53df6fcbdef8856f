"""Lists as files."""

from services.chassis.exports.schema import create_exports

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    create_exports()
