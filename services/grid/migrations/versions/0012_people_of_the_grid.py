"""Grid members, households, who is linked with whom, their visits, and what is owed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.chassis.erasure.tables import retention_rule
from services.grid.links.filing import FILING

revision = "0012"
down_revision = "0011"

OCCASIONS = """
    insert into visit_occasion (code, kind, name, name_en, category, confirmed_by_client) values
    ('A1', 'MUST_ARRIVE', '矛盾纠纷', 'Dispute', 'DISPUTE', false),
    ('A2', 'MUST_ARRIVE', '突发事件、灾害', 'Emergency or disaster', 'EMERGENCY', false),
    ('A3', 'MUST_ARRIVE', '不满情绪、利益诉求', 'Discontent or a claim', 'PUBLIC_OPINION', false),
    ('A4', 'MUST_ARRIVE', '婚丧喜庆、重大变故', 'An event of life', null, false),
    ('B1', 'MUST_VISIT', '困难家庭', 'In difficulty', null, false),
    ('B2', 'MUST_VISIT', '重病、残疾', 'Gravely ill or disabled', null, false),
    ('B3', 'MUST_VISIT', '空巢老人、留守儿童', 'Elderly or children left behind', null, false),
    ('B4', 'MUST_VISIT', '信访户', 'Petitioner', null, false)"""
TAGS = """
    insert into household_tag (code, name, name_en, by_phone, extra_monthly, confirmed_by_client)
    values ('AWAY', '外出', 'Away', true, false, false),
    ('RENTED', '出租房', 'Rented house', false, false, false),
    ('B1', '困难家庭', 'In difficulty', false, true, false),
    ('B2', '重病、残疾', 'Gravely ill or disabled', false, true, false),
    ('B3', '空巢老人、留守儿童', 'Elderly or children left behind', false, true, false),
    ('B4', '信访户', 'Petitioner', false, true, false)"""
INDEXES = (
    ("grid_member", "branch"),
    ("household_visit", "household_id"),
    ("household_visit", "member_id"),
    ("household_visit", "recorded_by"),
    ("link_handover", "from_member"),
    ("link_handover", "to_member"),
    ("visit_task", "household_id"),
    *(("household_link", name) for name in ("tie_id", "household_id", "member_id", "area_code")),
)


def upgrade() -> None:
    people()
    links()
    visits()
    duty()
    op.add_column("report", sa.Column("household_id", sa.Uuid(), nullable=True))
    for table, column in INDEXES:
        op.create_index(f"ix_{table}_{column}", table, [column])
    for statement in (*FILING, OCCASIONS, TAGS):
        op.execute(statement)
    # Configuration, not law: how many days, households and hours.
    op.execute("insert into duty_rule values ('', '1900-01-01', 4, 5, 10, 24)")
    basis = "在岗网格员名册、联系户名册 · the rolls of members and of linked households"
    told = {"at_least_days": None, "at_most_days": None, "basis": basis}
    op.bulk_insert(retention_rule, [{"noun": noun, **told} for noun in ("member", "household")])


def people() -> None:
    aggregate(
        "grid_member",
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("account", sa.String(), nullable=False, unique=True),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("is_party_member", sa.Boolean(), nullable=False),
        sa.Column("branch", sa.String(), nullable=True),
        sa.Column("appointments", postgresql.JSONB(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
    )
    aggregate(
        "household",
        sa.Column("household_no", sa.String(), nullable=True),
        sa.Column("head", sa.Uuid(), nullable=False),
        sa.Column("member_count", sa.Integer(), nullable=True),
        sa.Column("tags", postgresql.JSONB(), nullable=False),
        sa.Column("ties", postgresql.JSONB(), nullable=False),
    )
    op.create_index(
        "ix_household_number",
        "household",
        ["area_code", "household_no"],
        unique=True,
        postgresql_where=sa.text("household_no is not null"),
    )
    op.create_table(
        "household_tag",
        sa.Column("code", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("by_phone", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("extra_monthly", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("confirmed_by_client", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def links() -> None:
    op.create_table(
        "household_link",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("tie_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(15), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    for name, columns, unique, where in (
        ("ix_link_primary", ["household_id"], True, "is_primary and until_on is null"),
        ("ix_link_once", ["household_id", "member_id"], True, "until_on is null"),
        ("ix_link_open", ["member_id"], False, "until_on is null"),
    ):
        op.create_index(
            name, "household_link", columns, unique=unique, postgresql_where=sa.text(where)
        )
    aggregate(
        "link_handover",
        sa.Column("from_member", sa.Uuid(), nullable=False),
        sa.Column("to_member", sa.Uuid(), nullable=False),
        sa.Column("handed_on", sa.Date(), nullable=False),
        sa.Column("links", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
    )


def visits() -> None:
    aggregate(
        "household_visit",
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(40), nullable=False),
        sa.Column("occasions", postgresql.JSONB(), nullable=False),
        sa.Column("findings", sa.String(), nullable=False),
        sa.Column("is_fulfilling", sa.Boolean(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("visited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("void_reason", sa.String(), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_index(
        "ix_visit_fulfilling",
        "household_visit",
        ["visited_at", "link_id"],
        postgresql_include=["late_entry"],
        postgresql_where=sa.text("is_fulfilling"),
    )
    op.create_table(
        "visit_occasion",
        sa.Column("code", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("category", sa.String(40), nullable=True),
        sa.Column("confirmed_by_client", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    aggregate(
        "visit_task",
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue_at", sa.DateTime(timezone=True), nullable=True),
    )


def duty() -> None:
    op.create_table(
        "duty_rule",
        sa.Column("area_code", sa.String(), primary_key=True),
        sa.Column("valid_from", sa.Date(), primary_key=True),
        sa.Column("days_to_count", sa.Integer(), nullable=False),
        sa.Column("load_at_least", sa.Integer(), nullable=False),
        sa.Column("load_at_most", sa.Integer(), nullable=False),
        sa.Column("task_hours", sa.Integer(), nullable=False),
    )
    aggregate(
        "duty_week",
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recount_at", sa.DateTime(timezone=True), nullable=True),
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
