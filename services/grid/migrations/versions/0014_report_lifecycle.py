"""The whole lifecycle of reports: their ledger of clocks, levels, deliveries, requests, outcome.

The ledger of what is there already is written from its times, by the limits in force now.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"

LISTS = """ledger escalated_from assisting deliveries requests suspensions supervisions
    evaluations said"""
INSTANTS = """sign_due_at sign_overdue_at verify_due_at verify_overdue_at supervise_due_at reopen_until
    evaluated_at called_back_at archived_at"""
CODES = "close_kind self_check evaluated_by"
COUNTS = "escalations rework_count reopenings"

STARTED = """jsonb_build_object('clock', '{clock}', 'kind', 'STARTED', 'at', {start},
    'warn_at', '[]'::jsonb, 'allowance', (select allowed from time_limit l
     where l.clock = '{clock}' and l.urgency = r.urgency and starts_with(r.area_code, l.area_code)
       and l.valid_from <= ({start} at time zone 'Asia/Shanghai')::date
     order by length(l.area_code) desc, l.valid_from desc limit 1))"""
STOPPED = (
    "jsonb_build_object('clock', '{clock}', 'kind', 'STOPPED', 'warn_at', '[]'::jsonb, 'at', {end})"
)
LEDGER = f"""
    update report r set ledger =
        jsonb_build_array({STARTED.format(clock="accept", start="asked")})
        || case when accept_end is null then '[]' else
           jsonb_build_array({STOPPED.format(clock="accept", end="accept_end")}) end
        || case when accepted_at is null then '[]' else
           jsonb_build_array({STARTED.format(clock="resolve", start="accepted_at")}) end
        || case when accepted_at is null or coalesce(closed_at, cancelled_at) is null then '[]' else
           jsonb_build_array({STOPPED.format(clock="resolve", end="coalesce(closed_at, cancelled_at)")})
           end
    from (select id as of, case when status = 'REPORTED' then occurred_at else reported_at end as asked,
                 coalesce(accepted_at, cancelled_at, returned_at) as accept_end from report) times
    where r.id = of"""


def upgrade() -> None:
    for name in LISTS.split():
        add(sa.Column(name, postgresql.JSONB(), nullable=False, server_default="[]"))
    add(sa.Column("warned", postgresql.JSONB(), nullable=False, server_default="{}"))
    add(sa.Column("level", sa.String(40), nullable=False, server_default="TOWNSHIP"))
    add(sa.Column("satisfied", sa.Boolean(), nullable=True))
    for name in INSTANTS.split():
        add(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    for name in CODES.split():
        add(sa.Column(name, sa.String(40), nullable=True))
    for name in COUNTS.split():
        add(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_report_assisting", "report", ["assisting"], postgresql_using="gin")
    op.execute(LEDGER)
    op.execute(
        "update report set reopen_until = closed_at + interval '15 days',"
        " close_kind = case when organisation is null then 'CENTRE' else 'DEPARTMENT' end"
        " where closed_at is not null"
    )
    op.create_table(
        "handling_rule",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("area_code", sa.String(), primary_key=True),
        sa.Column("valid_from", sa.Date(), primary_key=True),
        sa.Column("amount", sa.Integer(), nullable=False),
    )
    # Configuration, not law: somewhat more than one in twenty is checked, so that chance leaves no fewer.
    op.execute(
        """insert into handling_rule (name, area_code, valid_from, amount) values
        ('SELF_CHECK_PERCENT', '', '1900-01-01', 8), ('REOPEN_DAYS', '', '1900-01-01', 15)"""
    )
    limit = sa.Column("warn_at", postgresql.JSONB(), nullable=False, server_default="[]")
    op.add_column("time_limit", limit)
    op.execute(
        """insert into time_limit (urgency, clock, area_code, valid_from, allowed) values
        ('EMERGENCY', 'sign', '', '1900-01-01', '10min'),
        ('EMERGENCY', 'verify', '', '1900-01-01', '1wd'),
        ('URGENT', 'sign', '', '1900-01-01', '4h'),
        ('URGENT', 'verify', '', '1900-01-01', '1wd'),
        ('NORMAL', 'sign', '', '1900-01-01', '1wd'),
        ('NORMAL', 'verify', '', '1900-01-01', '2wd'),
        ('COMPLEX', 'sign', '', '1900-01-01', '1wd'),
        ('COMPLEX', 'verify', '', '1900-01-01', '3wd')"""
    )
    op.execute("update time_limit set warn_at = '[80]' where urgency = 'NORMAL'")
    op.execute("update time_limit set warn_at = '[50, 80]' where urgency in ('URGENT', 'COMPLEX')")


def add(column: sa.Column[object]) -> None:
    op.add_column("report", column)
