"""The end of the chain reaches the log, about once an hour."""

import json

from services.contracts import roles
from tests.support.people import caller
from tests.support.running import Running

TOLD = "select * from outbox where topic = 'jinding.grid.audit.v1' order by id"
EARLIER = (
    "update outbox set created_at = now() - interval '61 minutes' where topic like '%.audit.v1'"
)


async def test_the_last_row_is_told_once_an_hour_where_there_is_another(grid: Running) -> None:
    anchors = grid.runtime.anchors
    assert await anchors.due()
    head = await anchors.anchor()
    (row,) = await grid.fetch(TOLD)
    ((seq, hash_),) = await grid.fetch("select seq, hash from audit order by seq desc limit 1")
    told = json.loads(row["body"])
    assert (told["seq"], told["hash"], told["area_code"]) == (seq, hash_.hex(), "000000")
    assert (head.seq, head.hash) == (seq, hash_.hex())
    assert await grid.fetch(
        "select from unpublished join outbox using (id) where id = $1", row["id"]
    )
    assert not await anchors.due()
    await grid.fetch(EARLIER)
    assert not await anchors.due()  # it is the same row
    await grid.call(caller(roles.AUDITOR), "GET", "/v1/grid/audit")
    assert await anchors.due()


async def test_two_replicas_tell_it_once(grid: Running) -> None:
    await grid.runtime.anchors.anchor()
    await grid.call(caller(roles.AUDITOR), "GET", "/v1/grid/audit")
    another = type(grid.runtime.anchors)(grid.runtime.audit, 1, lambda: None)
    assert not await another.due()


async def test_an_auditor_has_it_told_at_once(grid: Running) -> None:
    path = "/v1/grid/audit/anchors"
    assert (await grid.call(caller(roles.OPERATOR), "POST", path)).status_code == 403
    answer = await grid.call(caller(roles.AUDITOR), "POST", path)
    (row,) = await grid.fetch(TOLD)
    assert answer.json() == {name: json.loads(row["body"])[name] for name in ("seq", "hash")}
