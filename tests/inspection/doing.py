"""Short ways to say what people do in the inspection service."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from httpx import Response

from services.chassis.deadlines import calendar_table
from services.chassis.deadlines.calendar import local_day
from services.chassis.deadlines.sweeper import Sweeper
from services.chassis.identity.caller import Caller
from tests.inspection.people import CONTACT, EXPERT, OFFICER, SECOND_OFFICER, USCC
from tests.support.running import Running

ENTERPRISE: dict[str, Any] = {
    "uscc": USCC,
    "name": "示范五金厂",
    "area_code": "330703105291001",
    "industry_code": "C3311",
    "is_industrial": True,
    "employees": 42,
    "special_flags": ["DUST"],
    "principal": {"name": "朱建国", "phone": "13800005678"},
    "safety_officer": {"name": "李四", "phone": "+86 13900001234"},
}
HAZARD = {"domain": "FIRE", "description": "疏散通道堆放杂物", "clause": "GB 50016-5.5"}
PLAN = {"measures": "清理并划线", "responsible": "王小明"}
Receipt = dict[str, Any]


def day(days: int) -> str:
    """So many days from today."""
    return (local_day(datetime.now(UTC)) + timedelta(days=days)).isoformat()


def hours_ago(hours: float) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat()


NOTICE = {"deadline": day(20)}
FIVE = PLAN | {"funds": "2000 元", "deadline": day(10), "contingency": "停用该通道"}


@dataclass
class Inspection:
    service: Running

    async def post(
        self, caller: Caller, path: str, body: Any, receipt: Receipt | None = None
    ) -> Response:
        headers = {"If-Match": f'"{receipt["version"]}"'} if receipt else {}
        return await self.service.call(caller, "POST", f"/v1/inspection/{path}", body, headers)

    async def get(self, caller: Caller, path: str, **parameters: Any) -> Response:
        return await self.service.call(caller, "GET", f"/v1/inspection/{path}", **parameters)

    async def created(self, caller: Caller, path: str, body: Any) -> Receipt:
        answer = await self.post(caller, path, body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def step(
        self, caller: Caller, noun: str, receipt: Receipt, name: str, **body: Any
    ) -> Receipt:
        answer = await self.post(caller, f"{noun}/{receipt['id']}/{name}", body, receipt)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def refused(
        self, caller: Caller, noun: str, receipt: Receipt, name: str, **body: Any
    ) -> tuple[int, str]:
        answer = await self.post(caller, f"{noun}/{receipt['id']}/{name}", body, receipt)
        return answer.status_code, answer.json()["code"]

    async def enterprise(self, **facts: Any) -> Receipt:
        return await self.created(EXPERT, "enterprises", ENTERPRISE | facts)

    async def hazard(self, level: str = "GENERAL", until: str = "FOUND") -> Receipt:
        """A hazard at a new enterprise, brought as far as `until`."""
        enterprise = await self.enterprise()
        body = HAZARD | {"enterprise_id": enterprise["id"], "level": level}
        receipt = await self.created(EXPERT, "hazards", body)
        for status, caller, step, facts in (
            ("NOTIFIED", OFFICER, "notify", NOTICE),
            ("RECTIFYING", CONTACT, "plan", FIVE),
            ("SUBMITTED", CONTACT, "submit", {"rectification": "已清理"}),
            ("PASSED", OFFICER, "pass", {}),
        ):
            if receipt["status"] == until:
                break
            receipt = await self.step(caller, "hazards", receipt, step, **facts)
            if level == "MAJOR" and step == "pass":
                receipt = await self.step(SECOND_OFFICER, "hazards", receipt, step)
            assert receipt["status"] == status
        return receipt

    async def shown(self, receipt: Receipt, noun: str = "hazards") -> dict[str, Any]:
        return dict((await self.get(OFFICER, f"{noun}/{receipt['id']}")).json())

    async def knows_year(self, year: int) -> None:
        """The calendar is extended to `year`, of which each day is worked."""
        await self.service.fetch(
            "insert into calendar_day (day, is_working, name, source) select day, true, '', 'import' "
            "from generate_series(make_date($1, 1, 1), make_date($1, 12, 31), interval '1 day') d(day)",
            year,
        )
        calendar_table._loaded.clear()

    def sweeper(self) -> Sweeper:
        runtime = self.service.runtime
        return Sweeper(runtime.database, runtime.unit, runtime.definition.nouns, seconds=1)

    async def events(self) -> list[tuple[str, int]]:
        return [
            (name.removeprefix("inspection.").removesuffix(".v1"), version)
            for name, version in await self.service.events()
        ]
