"""initial"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "attendance",
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
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("trainee_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.String(), nullable=True),
        sa.Column("audience", sa.String(40), nullable=False),
        sa.Column("in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("out_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attended_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(40), nullable=False),
        sa.Column("manual_reason", sa.String(), nullable=True),
        sa.Column("theory_score", sa.Integer(), nullable=True),
        sa.Column("practice_passed", sa.Boolean(), nullable=True),
        sa.Column("assessor", sa.String(), nullable=True),
        sa.Column("assessed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("session_id", "trainee_id"),
    )
    op.create_index(op.f("ix_attendance_area_code"), "attendance", ["area_code"], unique=False)
    op.create_index(
        op.f("ix_attendance_correlation_id"), "attendance", ["correlation_id"], unique=False
    )
    op.create_index(op.f("ix_attendance_created_at"), "attendance", ["created_at"], unique=False)
    op.create_index(op.f("ix_attendance_trainee_id"), "attendance", ["trainee_id"], unique=False)
    op.create_table(
        "certificate",
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
        sa.Column("trainee_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("attendance_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.String(40), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("verify_code", sa.String(), nullable=False),
        sa.Column("expired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoke_reason", sa.String(40), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    op.create_index(op.f("ix_certificate_area_code"), "certificate", ["area_code"], unique=False)
    op.create_index(
        op.f("ix_certificate_correlation_id"), "certificate", ["correlation_id"], unique=False
    )
    op.create_index(op.f("ix_certificate_created_at"), "certificate", ["created_at"], unique=False)
    op.create_index(op.f("ix_certificate_status"), "certificate", ["status"], unique=False)
    op.create_index(op.f("ix_certificate_trainee_id"), "certificate", ["trainee_id"], unique=False)
    op.create_index(
        "uq_certificate_attendance",
        "certificate",
        ["attendance_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'REVOKED'"),
    )
    op.create_table(
        "certificate_validity",
        sa.Column("audience", sa.String(40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("audience", "valid_from"),
    )
    op.create_table(
        "pass_mark",
        sa.Column("audience", sa.String(40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("theory_score", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("audience", "valid_from"),
    )
    op.create_table(
        "trainee",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.String(15), nullable=False),
        sa.Column("correlation_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late_entry", sa.Boolean(), nullable=False),
        sa.Column("import_batch_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("masked_name", sa.String(), nullable=False),
        sa.Column("masked_phone", sa.String(), nullable=False),
        sa.Column("audience", sa.String(40), nullable=False),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("account", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("phone", "name"),
    )
    op.create_index(op.f("ix_trainee_area_code"), "trainee", ["area_code"], unique=False)
    op.create_index(op.f("ix_trainee_audience"), "trainee", ["audience"], unique=False)
    op.create_index(op.f("ix_trainee_correlation_id"), "trainee", ["correlation_id"], unique=False)
    op.create_index(op.f("ix_trainee_created_at"), "trainee", ["created_at"], unique=False)
    op.create_index(op.f("ix_trainee_unit"), "trainee", ["unit"], unique=False)
    op.create_table(
        "training_session",
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
        sa.Column("course_code", sa.String(), nullable=False),
        sa.Column("course_title", sa.String(), nullable=False),
        sa.Column("venue_code", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("audiences", postgresql.JSONB(), nullable=False),
        sa.Column("theory_minutes", sa.Integer(), nullable=False),
        sa.Column("practice_minutes", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_training_session_area_code"), "training_session", ["area_code"], unique=False
    )
    op.create_index(
        op.f("ix_training_session_correlation_id"),
        "training_session",
        ["correlation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_training_session_course_code"), "training_session", ["course_code"], unique=False
    )
    op.create_index(
        op.f("ix_training_session_created_at"), "training_session", ["created_at"], unique=False
    )
    op.create_index(
        op.f("ix_training_session_starts_at"), "training_session", ["starts_at"], unique=False
    )
    op.create_index(
        op.f("ix_training_session_status"), "training_session", ["status"], unique=False
    )
    # 合格线与有效期: configuration, not law; a changed value is a new row from its day on.
    op.execute(
        """insert into pass_mark (audience, valid_from, theory_score)
        select unnest(array['FULL_TIME_GRID', 'RED_GRID', 'PART_TIME_GRID', 'LANDLORD']),
               date '1900-01-01', 60
        union all
        select unnest(array['ENT_PRINCIPAL', 'SAFETY_MANAGER', 'EMPLOYEE', 'TOWNSHIP_OFFICER',
                            'DEPARTMENT_OFFICER', 'FIRE_CONTROLLER', 'STUDENT', 'PUBLIC']),
               date '1900-01-01', 80"""
    )
    op.execute(
        """insert into certificate_validity (audience, valid_from, months)
        select audience, valid_from, case audience when 'PUBLIC' then 24 else 12 end
        from pass_mark"""
    )
