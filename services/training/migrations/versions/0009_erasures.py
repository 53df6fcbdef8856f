"""Erasures, legal holds, and how long people are kept; an erased trainee may register again."""

from alembic import op

from services.chassis.erasure.schema import create_erasure_tables

revision = "0009"
down_revision = "0008"

# Whoever erases a person, be it a restore, need not know what else recognises a trainee.
STATEMENTS = (
    """create function forget_the_mark() returns trigger language plpgsql as $$
        begin
            update trainee set mark = null where id = new.aggregate_id;
            return null;
        end $$""",
    """create trigger forget_the_mark after update of erased_at on person for each row
        when (new.erased_at is not null and new.noun = 'trainee') execute function forget_the_mark()""",
)


def upgrade() -> None:
    create_erasure_tables(
        ("trainee", 1096, None, "安全培训记录不少于 3 年 · training records: 3 years at least"),
    )
    for statement in STATEMENTS:
        op.execute(statement)
