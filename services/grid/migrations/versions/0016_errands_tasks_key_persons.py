"""Errands."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"

LIMITS = """
    insert into errand_limit (clock, area_code, valid_from, allowed) values
        ('promise', '', '1900-01-01', '7wd'), ('purge', '', '1900-01-01', '720h')"""
KEPT = """
    insert into retention_rule (noun, at_least_days, at_most_days, basis) values
        ('errand', null, 1096, '代办记录中的个人信息保存 3 年 · people of errands: 3 years')"""


def upgrade() -> None:
    create_errands()


def create_errands() -> None:
    aggregate(
        "errand",
        sa.Column("number", sa.String(), nullable=False, unique=True),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("matter", sa.String(40), nullable=False),
        sa.Column("finder", sa.String(40), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("applicant", sa.Uuid(), nullable=False),
        sa.Column("guardian", sa.Uuid(), nullable=True),
        sa.Column("under_14", sa.Boolean(), nullable=False),
        sa.Column("submitted_by", sa.String(), nullable=False, index=True),
        sa.Column("handler", sa.String(), nullable=True, index=True),
        sa.Column("authorisation", postgresql.JSONB(), nullable=True),
        sa.Column("windows", postgresql.JSONB(), nullable=False),
        sa.Column("departments", postgresql.JSONB(), nullable=False),
        sa.Column("papers", postgresql.JSONB(), nullable=False),
        sa.Column("document", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(40), nullable=True),
        sa.Column("impossible_reason", sa.String(40), nullable=True),
        sa.Column("route", sa.String(40), nullable=True),
        sa.Column("delivery_signed", sa.String(40), nullable=True),
        sa.Column("resident_trips", sa.Integer(), nullable=True),
        sa.Column("member_trips", sa.Integer(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        *instants(
            "accepted_at",
            "promised_by",
            "obtained_at",
            "delivered_at",
            "closed_at",
            "ended_at",
            "overdue_at",
            "purge_due_at",
            "purged_at",
        ),
    )
    op.create_index("ix_errand_departments", "errand", ["departments"], postgresql_using="gin")
    op.create_index("ix_errand_status_created", "errand", ["status", "created_at", "id"])
    op.create_table(
        "errand_limit",
        sa.Column("clock", sa.String(), primary_key=True),
        sa.Column("area_code", sa.String(), primary_key=True),
        sa.Column("valid_from", sa.Date(), primary_key=True),
        sa.Column("allowed", sa.String(), nullable=False),
    )
    op.execute(LIMITS)
    op.execute(KEPT)


def instants(*names: str) -> list[sa.Column]:  # type: ignore[type-arg]
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in names]


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
