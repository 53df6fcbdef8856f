"""What is left to publish has a table of its own."""

from services.chassis.migrations import part_the_unpublished

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    part_the_unpublished()
