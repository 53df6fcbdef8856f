"""PostgreSQL's own measure: the two inserts as one transaction, prepared, without any of us."""

import asyncio
import os
import re
import tempfile
from pathlib import Path

from tests.bench.baselines.bare import OUTBOX_COLUMNS, REPORT_COLUMNS
from tests.bench.place import BASELINE, Place, parts_of

CLIENTS = 8
HEADERS = (
    '{"ce_id": "0199a1b2-c3d4-7000-8000-0123456789ab", "ce_time": "2026-11-24T05:00:00+00:00", '
    '"ce_type": "jinding.grid.report.reported.v1", "ce_epoch": "1", "ce_source": "/jinding/grid", '
    '"ce_subject": "0199a1b2-c3d4-7000-8000-0123456789ab", "content-type": "application/json", '
    '"ce_dataschema": "urn:jinding:event:jinding.grid.report.reported.v1", "ce_specversion": "1.0", '
    '"ce_partitionkey": "0199a1b2-c3d4-7000-8000-0123456789ab", "ce_aggregateversion": "1"}'
)
BODY = (
    '{"area_code": "330703105291001", "occurred_at": "2026-11-24T05:00:00Z", "correlation_id": '
    '"0199a1b2-c3d4-7000-8000-0123456789ab", "number": "GE3307031052026112400001A", "category": '
    '"ENVIRONMENT", "urgency": "NORMAL", "finder": "RED_MEMBER", "enterprise_id": null, '
    '"accept_due_at": "2026-11-26T05:00:00Z"}'
)
# The client has no UUIDs; two numbers make one, in the order of time as the services' are.
SCRIPT = f"""\\set high random(0, 2147483647)
\\set lane random(0, 15)
\\set partition random(0, 11)
begin;
insert into report ({REPORT_COLUMNS}) values (uuidv7(), 1, '330703105291001', uuidv7(), now(), now(),
  now(), false, null, 'GE330703105' || uuidv7()::text || :high, 'REPORTED', 'ENVIRONMENT', 'NORMAL',
  'RED_MEMBER', '河边堆放垃圾', '河边有一堆建筑垃圾', '村口桥边', null, 'somebody', null, '[]', null, now(), now());
insert into outbox ({OUTBOX_COLUMNS}) values ('jinding.grid.report.v1', :partition, uuidv7(), 1,
  :lane, :headers, :body, now());
commit;
"""
DEFINED = ("-D", f"headers={HEADERS}", "-D", f"body={BODY}")
"""Not in the script, where `urn:jinding:…` would be two variables."""


async def transactions(place: Place, seconds: int) -> float:
    """How many of them PostgreSQL does in a second for eight clients."""
    parts = parts_of(place.url(BASELINE))
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "two_inserts.sql"
        script.write_text(SCRIPT)
        options = f"-n -M prepared -c {CLIENTS} -j 1 -T {seconds} -f {script}"
        who = ["-h", parts["HOST"], "-U", parts["USER"], parts["NAME"]]
        process = await asyncio.create_subprocess_exec(
            *(place.program("pgbench"), *options.split(), *DEFINED, *who),
            env={**os.environ, "PGPASSWORD": parts["PASSWORD"]},
            stdout=asyncio.subprocess.PIPE,
        )
        told, _ = await process.communicate()
    found = re.search(r"tps = ([0-9.]+)", told.decode())
    if process.returncode or found is None:
        raise RuntimeError(f"pgbench: {told.decode()}")
    return float(found[1])
