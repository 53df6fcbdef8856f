"""Erasures, legal holds, and how long people are kept."""

from services.chassis.erasure.schema import create_erasure_tables

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    create_erasure_tables(
        ("enterprise", None, None, "企业存续期间 · while the enterprise exists"),
        ("hazard", 1096, None, "隐患排查治理记录不少于 3 年 · hazard records: 3 years at least"),
    )
