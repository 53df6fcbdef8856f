"""The few areas that a dashboard by the present tree must know are found without reading the others."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.execute(
        "create index ix_card_redrawn on card (area_code) where noun = 'area' "
        "and (data ->> 'valid_to' is not null or data -> 'predecessors' <> '[]'::jsonb)"
    )
