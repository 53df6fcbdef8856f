"""What a file says of itself, each as `label: value`, the rows first."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.sheets.columns import BEIJING


def watermark(
    rows: int,
    export: UUID,
    by: str,
    at: datetime,
    areas: Sequence[str],
    filters: Mapping[str, Any],
    purpose: str,
) -> tuple[str, ...]:
    """So many rows of which export, by whom, when, within which scope, what for; as long for any number of rows."""
    return (
        f"行数 rows: {rows:010}",
        f"导出编号 export: {export}",
        f"导出人 by: {by}",
        f"时间 at: {at.astimezone(BEIJING).isoformat(timespec='seconds')}",
        f"职责范围 scope: {' '.join(areas)}",
        f"筛选 filters: {filters or ''}",
        f"用途 purpose: {purpose}",
    )
