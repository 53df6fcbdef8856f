"""initial"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "collective_rule",
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("representatives", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("area_code", "valid_from"),
    )
    op.create_table(
        "dispute_case",
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
        sa.Column("case_type", sa.String(40), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("finder", sa.String(40), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("parties", postgresql.JSONB(), nullable=False),
        sa.Column("registrar", sa.String(), nullable=False),
        sa.Column("mediator", sa.String(), nullable=True),
        sa.Column("form", sa.String(40), nullable=True),
        sa.Column("terms", sa.String(), nullable=True),
        sa.Column("signatures", postgresql.JSONB(), nullable=False),
        sa.Column("ground", sa.String(40), nullable=True),
        sa.Column("routes", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mediate_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("performed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("terminated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
        sa.UniqueConstraint("report_id"),
    )
    op.create_index(op.f("ix_dispute_case_area_code"), "dispute_case", ["area_code"], unique=False)
    op.create_index(
        op.f("ix_dispute_case_correlation_id"), "dispute_case", ["correlation_id"], unique=False
    )
    op.create_index(
        op.f("ix_dispute_case_created_at"), "dispute_case", ["created_at"], unique=False
    )
    op.create_index(op.f("ix_dispute_case_mediator"), "dispute_case", ["mediator"], unique=False)
    op.create_index(op.f("ix_dispute_case_registrar"), "dispute_case", ["registrar"], unique=False)
    op.create_index(op.f("ix_dispute_case_status"), "dispute_case", ["status"], unique=False)
    op.create_table(
        "mediation_limit",
        sa.Column("area_code", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("allowed", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("area_code", "valid_from"),
    )
    op.create_table(
        "reception",
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
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("receiver", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("representatives", sa.Integer(), nullable=True),
        sa.Column("collective", sa.Boolean(), nullable=False),
        sa.Column("topic_code", sa.String(40), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    op.create_index(op.f("ix_reception_area_code"), "reception", ["area_code"], unique=False)
    op.create_index(op.f("ix_reception_case_id"), "reception", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_reception_correlation_id"), "reception", ["correlation_id"], unique=False
    )
    op.create_index(op.f("ix_reception_created_at"), "reception", ["created_at"], unique=False)
    op.create_index(op.f("ix_reception_group_id"), "reception", ["group_id"], unique=False)
    op.create_index(op.f("ix_reception_receiver"), "reception", ["receiver"], unique=False)
    op.create_table(
        "service_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.String(15), nullable=False),
        sa.Column("correlation_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late_entry", sa.Boolean(), nullable=False),
        sa.Column("import_batch_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("members", postgresql.JSONB(), nullable=False),
        sa.Column("projects", postgresql.JSONB(), nullable=False),
        sa.Column("formed_on", sa.Date(), nullable=False),
        sa.Column("dissolved_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_service_group_area_code"), "service_group", ["area_code"], unique=False
    )
    op.create_index(
        op.f("ix_service_group_correlation_id"), "service_group", ["correlation_id"], unique=False
    )
    op.create_index(
        op.f("ix_service_group_created_at"), "service_group", ["created_at"], unique=False
    )
    op.create_index(
        "uq_service_group_active",
        "service_group",
        ["area_code"],
        unique=True,
        postgresql_where=sa.text("dissolved_on is null"),
    )
    # The defaults (configuration, not law); a township's own come on top.
    op.execute(
        "insert into mediation_limit (area_code, valid_from, allowed) values ('', '1900-01-01', '1m')"
    )
    op.execute(
        "insert into collective_rule (area_code, valid_from, heads, representatives)"
        " values ('', '1900-01-01', 5, 5)"
    )
