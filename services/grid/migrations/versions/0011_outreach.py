"""Work in the field: campaigns, patrols, demolitions, materials, surveys, and how accurate positions must be."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.grid.surveys.filing import FILING

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    aggregate(
        "campaign",
        sa.Column("code", sa.String(), nullable=False, unique=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
    )
    aggregate(
        "patrol",
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("campaign", sa.String(), nullable=True),
        sa.Column("participants", postgresql.JSONB(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("start_position", postgresql.JSONB(), nullable=True),
        sa.Column("end_position", postgresql.JSONB(), nullable=True),
        sa.Column("suspicions", postgresql.JSONB(), nullable=False),
        sa.Column("findings", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("void_reason", sa.String(), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_index("ix_patrol_participants", "patrol", ["participants"], postgresql_using="gin")
    op.create_index("ix_patrol_started_at", "patrol", ["started_at"])
    op.create_index(
        "ix_patrol_running", "patrol", ["started_at"], postgresql_where=sa.text("ended_at is null")
    )
    aggregate(
        "demolition",
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("campaign", sa.String(), nullable=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("structure", sa.String(40), nullable=False),
        sa.Column("owner_type", sa.String(40), nullable=False),
        sa.Column("area_m2", sa.Numeric(12, 2), nullable=False),
        sa.Column("mode", sa.String(40), nullable=False),
        sa.Column("legal_doc_no", sa.String(), nullable=True),
        sa.Column("demolished_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("void_reason", sa.String(), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
    )
    aggregate(
        "material_item",
        sa.Column("code", sa.String(), nullable=False, unique=True),
        sa.Column("item_kind", sa.String(40), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
    )
    aggregate(
        "material_entry",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("item_kind", sa.String(40), nullable=False),
        sa.Column("entry_kind", sa.String(40), nullable=False),
        sa.Column("township", sa.String(9), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(40), nullable=True),
        sa.Column("campaign", sa.String(), nullable=True),
        sa.Column("counters", sa.Uuid(), nullable=True, unique=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("recorded_by", sa.String(), nullable=False),
    )
    op.create_index("ix_material_entry_item_township", "material_entry", ["item_id", "township"])
    create_surveys()
    op.create_table(
        "position_limit",
        sa.Column("area_code", sa.String(), primary_key=True),
        sa.Column("valid_from", sa.Date(), primary_key=True),
        sa.Column("accuracy_m", sa.Float(), nullable=False),
    )
    # Configuration, not law: half the width of a street block.
    op.execute("insert into position_limit values ('', '1900-01-01', 100)")


def create_surveys() -> None:
    aggregate(
        "survey",
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("versions", postgresql.JSONB(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("results", postgresql.JSONB(), nullable=False),
    )
    aggregate(
        "survey_issue",
        sa.Column("survey_id", sa.Uuid(), nullable=False, index=True),
        sa.Column("households", postgresql.JSONB(), nullable=False),
        sa.Column("digests", postgresql.JSONB(), nullable=False),
        sa.Column("questionnaires", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
    )
    aggregate(
        "survey_return",
        sa.Column("survey_id", sa.Uuid(), nullable=False, index=True),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("questionnaires", sa.Integer(), nullable=False),
        sa.Column("valid", sa.Integer(), nullable=False),
        sa.Column("spent", postgresql.JSONB(), nullable=False),
        sa.Column("sheets", postgresql.JSONB(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
    )
    op.create_table(
        "survey_household",
        sa.Column("survey_id", sa.Uuid(), primary_key=True),
        sa.Column("household", sa.Uuid(), primary_key=True),
    )
    op.create_table(
        "survey_token",
        sa.Column("digest", sa.String(), primary_key=True),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("township", sa.String(9), nullable=False),
    )
    op.create_table(
        "survey_answer",
        sa.Column("survey_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("township", sa.String(9), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("age_band", sa.String(40), nullable=False),
        sa.Column("sex", sa.String(40), nullable=False),
        sa.Column("feeling", sa.String(40), nullable=True),
        sa.Column("aware", postgresql.JSONB(), nullable=True),
        sa.Column("took_part", postgresql.JSONB(), nullable=True),
        sa.Column("flaw", sa.String(40), nullable=True),
    )
    for statement in FILING:
        op.execute(statement)


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
