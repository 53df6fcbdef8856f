"""Links are filed by all that has come of a household since it was last written, in order: also what moves and is linked
in one batch."""

from alembic import op

from services.grid.links.filing import AT_ONCE

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    for statement in AT_ONCE:
        op.execute(statement)
