"""Work warnings and their rules; cards in the order in which the records of a figure are listed."""

from alembic import op

revision = "0016"
down_revision = "0015"

STATEMENTS = (
    """create table warning_rule (
        rule text,
        version integer,
        valid_from date not null,
        level text not null,
        settings jsonb not null,
        primary key (rule, version)
    )""",
    """create table warning_judged (
        rule text,
        day date,
        at timestamptz not null,
        primary key (rule, day)
    )""",
    """create table work_warning (
        id uuid primary key,
        rule text not null,
        rule_version integer not null,
        subject text not null,
        area_code text not null,
        day date not null,
        level text not null,
        state text not null,
        owner text,
        evidence jsonb not null,
        raised_at timestamptz not null,
        ack_due_at timestamptz not null,
        expires_at timestamptz not null,
        acked_at timestamptz,
        ended_at timestamptz,
        version integer not null
    )""",
    "create unique index ux_work_warning_day on work_warning (rule, subject, day)",
    """create unique index ux_work_warning_open on work_warning (rule, subject)
        where ended_at is null""",
    """create table work_warning_step (
        warning_id uuid references work_warning,
        version integer,
        step text not null,
        state text not null,
        at timestamptz not null,
        by text not null,
        remark text,
        primary key (warning_id, version)
    )""",
    """create function keep_warnings() returns trigger language plpgsql as $$
        begin raise exception 'work warnings are kept'; end $$""",
    """create trigger keep before delete on work_warning
        for each row execute function keep_warnings()""",
    """create trigger keep before update or delete on work_warning_step
        for each row execute function keep_warnings()""",
    """create trigger keep_all before truncate on work_warning
        for each statement execute function keep_warnings()""",
    """create trigger keep_all before truncate on work_warning_step
        for each statement execute function keep_warnings()""",
    """insert into warning_rule (rule, version, valid_from, level, settings) values
        ('W1', 1, '2000-01-01', 'ORANGE', '{"services": ["grid"], "due": "reports_due",
          "on_time": "reports_due_closed_on_time", "days": 30, "at_least": "0.10", "rest_days": 7}'),
        ('W6', 1, '2000-01-01', 'YELLOW', '{"services": ["grid"], "due": "links_due",
          "done": "links_done", "weeks": 2, "below": "0.80", "rest_days": 7}'),
        ('W7', 1, '2000-01-01', 'ORANGE', '{"services": ["grid", "disputes"],
          "metrics": ["reports_filed", "cases_registered"], "weeks": 8, "sigmas": "3",
          "at_least": 5}'),
        ('W9', 1, '2000-01-01', 'BLUE', '{"services": ["grid"], "metric": "reports_filed",
          "days": 14, "rest_days": 7}')""",
    # On a large deployment it is built beforehand, concurrently: a revision is part of one transaction.
    "create index if not exists ix_card_place on card (noun, area_code, id)",
    "drop index ix_card_area",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
