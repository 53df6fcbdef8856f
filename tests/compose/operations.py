"""Every operator's command, by the one way that the documents name, against a deployment that runs."""

import asyncio
from pathlib import Path
from uuid import uuid4

import httpx
from rich.console import Console

from jinding.door import Gateway
from jinding.erase import Desk
from services.contracts import roles
from tests.bench.district import DISTRICT
from tests.chassis.deadlines.test_calendar_table import NOTICE
from tests.compose.account import Counts, sql
from tests.compose.clients import enter, opens
from tests.compose.stack import Stack
from tests.support.waiting import until

WHO = "zhang"
JINDONG = "deploy/districts/jindong"
INIT = f"init --areas {JINDONG}/areas.json --orgs {JINDONG}/organisations.json"
ADD = "partners add fire --topics jinding.grid.report.v1 --why drill --name-zh 消防 --name-en Fire"
PLAIN = {
    INIT: "organisations: ",
    "migrate": "",
    "topics": "",
    "verify": "grid: 0 处不符",
    "rebuild --service grid": "grid: 已重建",
    "reading list": "0 个分区停读",
    "deadletters list": "死信 0 件",
    "audit verify": "gateway: ",
    "audit prune": "grid: 已清理 0 行",
    "purge --dry-run": "0 人 · people",
}
"""Each with what it tells of a deployment that is well."""
LETTER = """insert into dead_letter (id, consumer, topic, partition, "offset", key, headers, reason, parked_at)
    values ('{id}', 'planted', 'jinding.grid.report.v1', 0, 0, 'x', '{{}}', 'planted', now())"""
SETTLED_BY = "select settled_by from dead_letter where id = '{id}'"
STOP = "update consumer_offset set stopped_at = now() where topic = 'jinding.disputes.case.v1' and partition = 3"
PHONE = "13705790009"
REVOKED_SECONDS = 30.0


async def operated(stack: Stack, console: Console, folder: Path) -> Counts:
    stack.environment["LOGNAME"] = WHO
    counts: Counts = {}

    def tells(command: str, expected: str, *options: str) -> str:
        step = "run", "--rm", "--no-deps", "-T", *options, "operations", *command.split()
        told = stack.compose(*step)
        console.print(f"$ {command}\n{told}", highlight=False, markup=False, soft_wrap=True)
        name = " ".join(command.split()[:2])
        found, asked = counts.get(name, (0, 0))
        counts[name] = found + int(expected in told), asked + 1
        return told

    for command, expected in PLAIN.items():
        tells(command, expected)
    for service in ("grid", "gateway"):
        letter = uuid4()
        sql(stack, service, LETTER.format(id=letter))
        tells("deadletters list", f"{letter} {service}")
        tells(f"deadletters discard {letter}", f"{service}: 已处理")
        settled = sql(stack, service, SETTLED_BY.format(id=letter))
        counts[f"{service}: 以其名义 · in their name"] = int(settled == [WHO]), 1
    sql(stack, "grid", STOP)
    tells("reading list", "1 个分区停读")
    tells("reading resume", "grid-subscriptions")
    file = folder / "2027.csv"
    file.write_text(NOTICE, encoding="utf-8")
    file.chmod(0o644)
    tells("calendar import /2027.csv", "已导入", "-v", f"{file}:/2027.csv:ro")
    headers = _key(tells(ADD, "key: "))
    counts["partners: 网关认得 · known to the gateway"] = _asked(stack, headers), 200
    tells("partners list", "fire 消防 Fire")
    tells("partners sync", "已一致")
    tells("partners revoke fire --why over", "已终止")
    await until(lambda: _asked(stack, headers) == 401, REVOKED_SECONDS)
    case = await enter(stack, PHONE)
    token = stack.token([roles.DISTRICT_OPERATOR, roles.PRIVACY_OFFICER], [DISTRICT], "desk")
    desk = Desk(Gateway(stack.url, token))
    request = await asyncio.to_thread(desk.received, DISTRICT, name="演练人", phone=PHONE)
    tells(f"erase {request} --area {DISTRICT} --yes", "已办结")
    counts["erase: 仍可读取 · still opens"] = int(await opens(stack, case)), 0
    return counts


def _key(told: str) -> dict[str, str]:
    [key] = [line.split()[-1] for line in told.splitlines() if line.startswith("key: ")]
    return {"Authorization": f"Bearer {key}"}


def _asked(stack: Stack, headers: dict[str, str]) -> int:
    answer = httpx.get(f"{stack.url}/v1/events", headers=headers, trust_env=False, timeout=30)
    return answer.status_code
