"""Erasures, legal holds, and how long people are kept."""

from services.chassis.erasure.schema import create_erasure_tables

revision = "0009"
down_revision = "0006"


def upgrade() -> None:
    create_erasure_tables(
        ("trainee", 1096, None, "安全培训记录不少于 3 年 · training records: 3 years at least"),
    )
