"""Errands; tasks; photos of demolitions; key persons, in a schema of their own."""

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


# Configuration, not law: how often one of a class and level is visited, in days.
FREQUENCY = """
    insert into keyperson.visit_frequency (key_class, level, area_code, valid_from, every_days)
    select key_class, level, '', '1900-01-01', days
    from unnest(array['COMMUNITY_CORRECTION', 'COMMUNITY_REHAB', 'CULT_INVOLVED', 'MENTAL_DISORDER',
                      'OTHER']) key_class,
        (values ('HIGH', 7), ('MEDIUM', 30), ('LOW', 90)) grade (level, days)"""
KEPT_KEY_PERSONS = """
    insert into retention_rule (noun, at_least_days, at_most_days, basis) values
        ('key_person', null, 3653, '重点人员记录保存 10 年，待档案部门核定 · key persons: 10 years')"""
# A deployment's services use tables that another role owns.
GRANT = """
    do $$ begin
        if exists (select from pg_roles where rolname = 'grid') and current_user <> 'grid' then
            grant usage on schema keyperson to grid;
            grant select, insert, update, delete on all tables in schema keyperson to grid;
        end if;
    end $$"""


def upgrade() -> None:
    create_errands()
    create_tasks()
    create_key_persons()
    add_photos()


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


def create_tasks() -> None:
    aggregate(
        "admission_item",
        sa.Column("code", sa.String(), nullable=False, index=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
    )
    aggregate(
        "task_order",
        sa.Column("admission_item", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("targets", postgresql.JSONB(), nullable=False),
        sa.Column("form", postgresql.JSONB(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("period", sa.String(40), nullable=True),
        sa.Column("series", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("issued_by", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("series", "round"),
    )
    aggregate(
        "task_item",
        sa.Column("order_id", sa.Uuid(), nullable=False, index=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("target_kind", sa.String(40), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True, index=True),
        sa.Column("answers", postgresql.JSONB(), nullable=False),
        sa.Column("opinion", sa.String(), nullable=True),
        sa.Column("done_by", sa.String(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        *instants("remind_at", "submitted_at", "accepted_at", "expired_at", "reminded_at"),
        sa.UniqueConstraint("order_id", "place"),
    )


def create_key_persons() -> None:
    op.execute("create schema keyperson")
    op.execute("revoke all on schema keyperson from public")
    aggregate(
        "key_person",
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("legal_basis", sa.String(), nullable=False),
        sa.Column("minor_until", sa.Date(), nullable=True),
        sa.Column("visits", postgresql.JSONB(), nullable=False),
        sa.Column("visit_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("visit_overdue_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("enrolled_by", sa.String(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removal_reason", sa.String(40), nullable=True),
        schema="keyperson",
    )
    op.create_table(
        "visit_frequency",
        sa.Column("key_class", sa.String(40), primary_key=True),
        sa.Column("level", sa.String(40), primary_key=True),
        sa.Column("area_code", sa.String(), primary_key=True),
        sa.Column("valid_from", sa.Date(), primary_key=True),
        sa.Column("every_days", sa.Integer(), nullable=False),
        schema="keyperson",
    )
    op.execute(FREQUENCY)
    op.execute(KEPT_KEY_PERSONS)
    op.execute(GRANT)


def add_photos() -> None:
    for name in ("photos_before", "photos_after"):
        photos = sa.Column(name, postgresql.JSONB(), nullable=False, server_default="[]")
        op.add_column("demolition", photos)
    op.add_column("demolition", sa.Column("confirmed_by", sa.String(), nullable=True))
    for column in instants("confirmed_at"):
        op.add_column("demolition", column)


def instants(*names: str) -> list[sa.Column]:  # type: ignore[type-arg]
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in names]


def aggregate(name: str, *columns: sa.schema.SchemaItem, schema: str | None = None) -> None:
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
        schema=schema,
    )
    for column in ("area_code", "correlation_id", "created_at"):
        of = f"{schema}_{name}" if schema else name
        op.create_index(f"ix_{of}_{column}", name, [column], schema=schema)
