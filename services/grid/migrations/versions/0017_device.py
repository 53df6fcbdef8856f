"""What devices ask for: which transaction last wrote a record, what has left somebody's sight, and what of their batches
is not done."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.grid.device.watching import FUNCTIONS, watched

revision = "0017"
down_revision = "0016"

THIS_TRANSACTION = sa.text("(pg_current_xact_id()::text)::bigint")
FOLLOWED = {
    "area": watched("area"),
    "organisation": watched("organisation"),
    "campaign": watched("campaign", "area_code"),
    "material_item": watched("material_item", "area_code"),
    "survey": watched("survey", "area_code"),
    "report": watched(
        "report", "area_code", "reporter", "organisation", lists=("handlers", "assisting")
    ),
    "patrol": watched("patrol", "area_code", lists=("participants",)),
    "demolition": watched("demolition", "area_code", "recorded_by"),
    "subject_request": watched("subject_request", "area_code"),  # for the inbox
    "material_entry": watched("material_entry", "area_code", "recorded_by"),
}


def upgrade() -> None:
    op.create_table(
        "departure",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("changed_xid", sa.BigInteger(), nullable=False, server_default=THIS_TRANSACTION),
        sa.Column("noun", sa.String(), nullable=False),
        sa.Column("aggregate_id", sa.Uuid(), nullable=False),
        sa.Column("seen_by", postgresql.JSONB(), nullable=False),
        sa.Column(
            "left_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")
        ),
    )
    op.create_index("ix_departure_changed", "departure", ["changed_xid", "aggregate_id"])
    for statement in FUNCTIONS:
        op.execute(statement)
    for table, triggers in FOLLOWED.items():
        # the default is the same for all rows of before: no row is written anew
        column = sa.Column(
            "changed_xid", sa.BigInteger(), nullable=False, server_default=THIS_TRANSACTION
        )
        op.add_column(table, column)
        op.create_index(f"ix_{table}_changed", table, ["changed_xid", "id"])
        for statement in triggers:
            op.execute(statement)
    create_parked_items()


def create_parked_items() -> None:
    op.create_table(
        "parked_item",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("noun", sa.String(), nullable=False),
        sa.Column("aggregate_id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(15), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("pointer", sa.String(), nullable=True),
        sa.Column("waits_on", sa.String(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=True),
        sa.Column("sight", postgresql.JSONB(), nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("receipt", postgresql.JSONB(), nullable=True),
    )
    # also the order in which a device's items are written: nobody deadlocks
    op.create_index("uq_parked_item", "parked_item", ["subject", "key", "operation"], unique=True)
    op.create_index("ix_parked_item_area_code", "parked_item", ["area_code"])
