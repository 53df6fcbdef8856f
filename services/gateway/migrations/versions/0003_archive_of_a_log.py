"""The archive tells of which log a record was: offsets of a rebuilt one begin again."""

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = """
alter table archive add column log_identity text not null default '';
update archive a set log_identity = o.log_identity from consumer_offset o
    where o.consumer = 'gateway-projection' and o.topic = a.topic and o.partition = a.partition;
alter table archive drop constraint archive_pkey,
    add primary key (topic, partition, log_identity, "offset", read_at)
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
