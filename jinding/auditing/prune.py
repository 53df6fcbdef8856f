"""What is older than its retention leaves an audit, by whoever owns the table: no service's role could.

The chain begins anew with a row that is itself of the chain and names the last one that went.
"""

from datetime import UTC, datetime, timedelta

import asyncpg

from jinding.auditing.verify import Anchor, pruned, verify
from jinding.refusal import Refusal
from services.chassis.audit import Action, Entry
from services.chassis.audit.chain import Chain
from services.chassis.audit.entry import record_of
from services.chassis.identity.caller import Caller

LEAST = timedelta(days=180)
"""Network Security Law, article 21: logs are kept for six months at least."""
USUAL = timedelta(days=3 * 365)
LAST = "select seq, hash from audit where at < $1 and seq < $2 order by seq desc limit 1"


async def prune(
    connection: asyncpg.Connection,
    chain: Chain,
    anchors: list[Anchor],
    by: str,
    keep: timedelta = USUAL,
) -> int:
    """How many rows went. Refuses to keep less than 180 days, and to touch a chain that is broken: what was done
    to it would go with it. `connection` is the owner's."""
    if keep < LEAST:
        raise Refusal("审计至少保存 180 天。", "An audit is kept for 180 days at least.")
    async with connection.transaction():
        await connection.execute("set local jinding.prunes_audit = 'on'")
        end = await connection.fetchval("select seq from audit_head()")
        epoch = await connection.fetchval("select max(number) from epoch")
        if (await verify(connection, chain, anchors, epoch)).broken:
            raise Refusal("审计链不完好，不予清理。", "The chain is broken: nothing is pruned.")
        last = await connection.fetchrow(LAST, datetime.now(UTC) - keep, end or 0)
        if last is None:
            return 0
        told = Entry(Action.PRUNED, "audit", None, outcome=pruned(last["seq"], last["hash"]))
        await chain.append(connection, [record_of(Caller(by), told)])
        role = await connection.fetchval("select quote_ident(current_user)")
        await connection.execute(f"grant delete on audit to {role}")
        done = await connection.execute("delete from audit where seq <= $1", last["seq"])
        await connection.execute(f"revoke delete on audit from {role}")
        return int(done.split()[-1])
