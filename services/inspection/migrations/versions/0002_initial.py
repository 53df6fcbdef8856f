"""initial"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "checkup_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.String(15), nullable=False),
        sa.Column("correlation_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late_entry", sa.Boolean(), nullable=False),
        sa.Column("import_batch_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hazards", sa.Integer(), nullable=False),
        sa.Column("colour_after", sa.String(40), nullable=True),
        sa.Column("file_hash", sa.String(), nullable=True),
        sa.Column("editions", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    op.create_index(
        op.f("ix_checkup_report_area_code"), "checkup_report", ["area_code"], unique=False
    )
    op.create_index(
        op.f("ix_checkup_report_correlation_id"), "checkup_report", ["correlation_id"], unique=False
    )
    op.create_index(
        op.f("ix_checkup_report_created_at"), "checkup_report", ["created_at"], unique=False
    )
    op.create_index(
        op.f("ix_checkup_report_enterprise_id"), "checkup_report", ["enterprise_id"], unique=False
    )
    op.create_table(
        "enterprise",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.String(15), nullable=False),
        sa.Column("correlation_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late_entry", sa.Boolean(), nullable=False),
        sa.Column("import_batch_id", sa.Uuid(), nullable=True),
        sa.Column("uscc", sa.String(18), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("industry_code", sa.String(), nullable=False),
        sa.Column("is_industrial", sa.Boolean(), nullable=False),
        sa.Column("employees", sa.Integer(), nullable=True),
        sa.Column("special_flags", postgresql.JSONB(), nullable=False),
        sa.Column("principal", postgresql.JSONB(), nullable=True),
        sa.Column("safety_officer", postgresql.JSONB(), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("status_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("statuses", postgresql.JSONB(), nullable=False),
        sa.Column("colour", sa.String(40), nullable=True),
        sa.Column("ratings", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("uscc"),
    )
    op.create_index(op.f("ix_enterprise_area_code"), "enterprise", ["area_code"], unique=False)
    op.create_index(op.f("ix_enterprise_colour"), "enterprise", ["colour"], unique=False)
    op.create_index(
        op.f("ix_enterprise_correlation_id"), "enterprise", ["correlation_id"], unique=False
    )
    op.create_index(op.f("ix_enterprise_created_at"), "enterprise", ["created_at"], unique=False)
    op.create_index(op.f("ix_enterprise_status"), "enterprise", ["status"], unique=False)
    op.create_table(
        "hazard",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.String(15), nullable=False),
        sa.Column("correlation_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late_entry", sa.Boolean(), nullable=False),
        sa.Column("import_batch_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("uscc", sa.String(18), nullable=False),
        sa.Column("level", sa.String(40), nullable=False),
        sa.Column("domain", sa.String(40), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("clause", sa.String(), nullable=True),
        sa.Column("finder", sa.String(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("plan", postgresql.JSONB(), nullable=True),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rectify_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("submitter", sa.String(), nullable=True),
        sa.Column("rectification", sa.String(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviews", postgresql.JSONB(), nullable=False),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(), nullable=True),
        sa.Column("rectify_overdue_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    op.create_index(op.f("ix_hazard_area_code"), "hazard", ["area_code"], unique=False)
    op.create_index(op.f("ix_hazard_correlation_id"), "hazard", ["correlation_id"], unique=False)
    op.create_index(op.f("ix_hazard_created_at"), "hazard", ["created_at"], unique=False)
    op.create_index(op.f("ix_hazard_enterprise_id"), "hazard", ["enterprise_id"], unique=False)
    op.create_index(op.f("ix_hazard_finder"), "hazard", ["finder"], unique=False)
    op.create_index(op.f("ix_hazard_status"), "hazard", ["status"], unique=False)
    op.create_index(op.f("ix_hazard_uscc"), "hazard", ["uscc"], unique=False)
    op.create_table(
        "rectification_limit",
        sa.Column("level", sa.String(40), nullable=False),
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("allowed", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("level", "area_code", "valid_from"),
    )
    # The default limits (configuration, not law); a township's own come on top.
    op.execute(
        """insert into rectification_limit (level, area_code, valid_from, allowed) values
        ('GENERAL', '', '1900-01-01', '15d'),
        ('MAJOR', '', '1900-01-01', '30d')"""
    )
