"""The table `audit`, as each service's revision makes it: its role adds rows and reads them, no more."""

import re
from pathlib import Path

from alembic import op

SCHEMA = Path(__file__).with_name("schema.sql")


def create_audit(service: str) -> None:
    for statement in re.split(r";\n(?=\S)", SCHEMA.read_text().replace("{service}", service)):
        op.execute(statement)
