"""Who reached beyond their areas, and why."""

from alembic import op

revision = "0013"
down_revision = "0012"

STATEMENTS = (
    """create table emergency_access (
        id uuid primary key,
        subject text not null,
        organisation text,
        area_code text not null,
        reason text not null,
        began_at timestamptz not null,
        ends_at timestamptz not null,
        ended_at timestamptz,
        ended_by text,
        reviewed_at timestamptz,
        reviewed_by text,
        finding text,
        remark text
    )""",
    "create index ix_emergency_access_open on emergency_access (ends_at) where ended_at is null",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
