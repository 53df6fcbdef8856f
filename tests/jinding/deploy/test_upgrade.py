from pathlib import Path
from typing import Any

import pytest

from jinding.deploy.upgrade import way_back

BEFORE: dict[str, Any] = {"image": "jinding:1.3", "databases": {"grid": {"schema": "0004"}}}
BACKUP = Path("backups/20261129T023000Z")


@pytest.mark.parametrize(("schema", "by_backup"), [("0004", False), ("0005", True)])
def test_the_way_back_is_the_old_image_or_the_backup_where_a_schema_changed(
    schema: str, by_backup: bool
) -> None:
    told = "\n".join(way_back(BEFORE, {"grid": schema}, BACKUP, "jinding_postgres"))
    assert "JINDING_VERSION=1.3" in told
    assert (f"make restore FROM={BACKUP}" in told) is by_backup
    assert ("up -d --wait" in told) is not by_backup
