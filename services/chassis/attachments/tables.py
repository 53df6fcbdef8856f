from pathlib import Path

from alembic import op


def create_attachments() -> None:
    """The table of files as it was at first. Processes of before go on: they declare none."""
    for statement in Path(__file__).with_name("schema.sql").read_text().split(";\n"):
        if statement.strip():
            op.execute(statement)
