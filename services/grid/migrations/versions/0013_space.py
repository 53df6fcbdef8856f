"""Space: areas tell what is put up in public and what becomes of their past; micro-grids; how many live where."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    for column in (
        sa.Column("heir", sa.String(), nullable=True),
        sa.Column("redrawn", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("extent", sa.String(), nullable=True),
        sa.Column("office", sa.String(), nullable=True),
        sa.Column("office_phone", sa.String(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("centroid", postgresql.JSONB(), nullable=True),
    ):
        op.add_column("area", column)
    aggregate(
        "micro_grid",
        sa.Column("code", sa.String(), nullable=False, index=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("extent", sa.String(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
    )
    aggregate(
        "population",
        sa.Column("year", sa.Integer(), nullable=False, index=True),
        sa.Column("inhabitants", sa.Integer(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
    )


def aggregate(name: str, *columns: sa.Column) -> None:  # type: ignore[type-arg]
    """A table with what every aggregate's row has."""
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.String(15), nullable=False),
        sa.Column("correlation_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late_entry", sa.Boolean(), nullable=False),
        sa.Column("import_batch_id", sa.Uuid(), nullable=True),
        *columns,
    )
    for column in ("area_code", "correlation_id", "created_at"):
        op.create_index(f"ix_{name}_{column}", name, [column])
