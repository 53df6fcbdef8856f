"""Digests of all tokens that were ever handed out, so that a spent one is not issued again. Which household got which,
and when one was spent, still nothing tells."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

KEEP = """
create function keep_survey_digests() returns trigger language plpgsql as $$ begin
    insert into survey_digest (digest) select digest from come order by digest;
    return null;
end $$"""
KEPT = """
create trigger keep_survey_digests after insert on survey_token referencing new table as come
    for each statement execute function keep_survey_digests()"""


def upgrade() -> None:
    op.create_table("survey_digest", sa.Column("digest", sa.String(), primary_key=True))
    op.execute("insert into survey_digest select digest from survey_token order by digest")
    op.execute(KEEP)
    op.execute(KEPT)
