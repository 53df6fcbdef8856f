"""The rule of work warnings about one household or enterprise."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.execute(
        """insert into warning_rule (rule, version, valid_from, level, settings) values
            ('W3', 1, '2000-01-01', 'YELLOW', '{"services": ["grid"],
              "metric": "reports_of_place", "days": 30, "at_least": 3, "rest_days": 7}')"""
    )
