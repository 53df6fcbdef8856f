"""New versions of the rules. None is ever changed: what was judged by one stays as it was raised."""

from collections.abc import Sequence
from datetime import date

from services.chassis.database import DriverConnection
from services.chassis.decision import OutsideScope
from services.chassis.errors import Conflict, Invalid
from services.chassis.http.whole_tables import Imported
from services.chassis.identity.caller import Caller
from services.gateway.drilldown.made_of import NOUN_OF
from services.gateway.reference.queries import districts
from services.gateway.warnings.rules import RULES
from services.gateway.warnings.schemas import RuleIn

TURN = "select pg_advisory_xact_lock($1)"
CONFIGURING = 0x4A44_0019
KNOWN = """
    select level = $3 and settings = $4::text::jsonb from warning_rule
    where rule = $1 and valid_from = $2 order by version desc limit 1"""
ENTERED = """
    insert into warning_rule (rule, version, valid_from, level, settings)
    select $1, coalesce(max(version), 0) + 1, $2, $3, $4::text::jsonb from warning_rule
    where rule = $1 returning version"""


class MetricUnknown(Invalid):
    zh = "没有记录按此项计数。"
    en = "No record counts as that."


class RuleHasBegun(Conflict):
    zh = "该日的规则已经适用，不能更改；请自明日或以后的某日起另设。"
    en = "A rule of that day applies already; set one from tomorrow on, or later."


async def enter(
    connection: DriverConnection, caller: Caller, rows: Sequence[RuleIn], today: date
) -> tuple[Imported, tuple[str, ...]]:
    """All of them or none; needs a transaction. What is told already, in the same words, stays; else there is a new
    version, and its name (`W1/3`) for the audit. Rules hold in the whole district: refuses who does not cover it. Refuses
    a day that has come and what nothing counts, naming the row."""
    for code in await districts(connection, today):
        if not caller.covers(code):
            refusal = OutsideScope(code)
            refusal.pointer = "/rows/0"
            raise refusal
    await connection.execute(TURN, CONFIGURING)
    imported, names = Imported(), []
    for n, row in enumerate(rows):
        told = row.settings.model_dump_json(exclude_unset=True)
        facts = row.rule, row.valid_from, row.level, told
        is_same = await connection.fetchval(KNOWN, *facts)
        if is_same:
            imported.unchanged += 1
            continue
        if row.valid_from <= today:
            raise RuleHasBegun(pointer=f"/rows/{n}/valid_from")
        if name := _unknown(row):
            raise MetricUnknown(pointer=f"/rows/{n}/settings/{name}")
        names.append(f"{row.rule}/{await connection.fetchval(ENTERED, *facts)}")
        if is_same is None:
            imported.created += 1
        else:
            imported.changed += 1
    return imported, tuple(names)


def _unknown(row: RuleIn) -> str | None:
    """The setting that names what no record counts as."""
    strange = {*RULES[row.rule].metrics(row.settings)} - NOUN_OF.keys()
    told = ((name, value if isinstance(value, tuple) else (value,)) for name, value in row.settings)
    return next((name for name, values in told if strange & {*values}), None)
