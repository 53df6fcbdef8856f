"""A version of a rule of work warnings is never changed: what was raised by it names it."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.execute(
        """create trigger keep before update or delete on warning_rule
            for each row execute function keep_warnings()"""
    )
    op.execute(
        """create trigger keep_all before truncate on warning_rule
            for each statement execute function keep_warnings()"""
    )
