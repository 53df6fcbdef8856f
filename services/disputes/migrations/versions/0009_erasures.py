"""Erasures, legal holds, and how long people are kept."""

from services.chassis.erasure.schema import create_erasure_tables

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    create_erasure_tables(
        (
            "case",
            None,
            None,
            "《人民调解卷宗》保管期限由司法行政机关确定 · set by the justice authority",
        ),
    )
