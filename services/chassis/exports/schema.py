"""The table of exports as it was at first; later changes are revisions."""

from pathlib import Path

from alembic import op


def create_exports() -> None:
    for statement in Path(__file__).with_suffix(".sql").read_text().split(";\n"):
        if statement:
            op.execute(statement)
