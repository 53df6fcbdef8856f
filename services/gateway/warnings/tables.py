"""Work warnings, each step of them, and the rules that raise them. Triggers keep what was raised and done."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import SQLModel

from services.chassis.database import Instant

metadata = SQLModel.metadata

# The version of a rule in force on a day is the last one with `valid_from` not after it. A trigger keeps all.
warning_rule = Table(
    "warning_rule",
    metadata,
    Column("rule", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("valid_from", Date, nullable=False),
    Column("level", Text, nullable=False),
    Column("settings", JSONB, nullable=False),
)

# Which days each rule has judged.
warning_judged = Table(
    "warning_judged",
    metadata,
    Column("rule", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("at", Instant, nullable=False),
)

work_warning = Table(
    "work_warning",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("rule", Text, nullable=False),
    Column("rule_version", Integer, nullable=False),
    Column("subject", Text, nullable=False),
    Column("area_code", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("level", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("owner", Text),
    Column("evidence", JSONB, nullable=False),
    Column("raised_at", Instant, nullable=False),
    Column("ack_due_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("acked_at", Instant),
    Column("ended_at", Instant),
    Column("version", Integer, nullable=False),
    Index("ux_work_warning_day", "rule", "subject", "day", unique=True),
    Index(
        "ux_work_warning_open",
        "rule",
        "subject",
        unique=True,
        postgresql_where=text("ended_at is null"),
    ),
)

work_warning_step = Table(
    "work_warning_step",
    metadata,
    Column("warning_id", Uuid, ForeignKey("work_warning.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("step", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("remark", Text),
)
