"""Who answered for an enterprise or a plan of before, in the clear, comes through the upgrade sealed."""

from pathlib import Path

import pytest
from sqlalchemy.exc import ProgrammingError

from services.inspection.main import create_app
from tests.chassis.test_migrations import fetched, upgraded_over
from tests.inspection.doing import Inspection
from tests.inspection.people import OFFICER
from tests.support.postgres import FreshDatabases
from tests.support.revealing import everything, revealed
from tests.support.running import Keys, running

FIRM, BARE, PLANNED, FOUND = (f"0191d7a0-0000-7000-8000-00000000000{n}" for n in range(4))
COMMON = "version, area_code, correlation_id, occurred_at, created_at, updated_at, late_entry"
FACTS = "1, '330703105291001', gen_random_uuid(), now(), now(), now(), false"
ENTERPRISES = f"""
    insert into enterprise (id, uscc, principal, safety_officer, {COMMON}, name, industry_code,
        is_industrial, special_flags, registered_at, status, status_since, statuses, ratings)
    select id::uuid, uscc, principal::jsonb, officer::jsonb, {FACTS}, '示范五金厂', 'C3311', true, '[]',
        now(), 'OPERATING', now(), '[]', '[]'
    from (values ('{FIRM}', '91330703MA00000157', '{{"name": "朱建国", "phone": "13800005678"}}',
                  '{{"name": "李四", "phone": null}}'),
                 ('{BARE}', '91330703MA00000232', null, null)) t(id, uscc, principal, officer)"""
HAZARDS = f"""
    insert into hazard (id, number, plan, {COMMON}, status, enterprise_id, uscc, level, domain, source,
        description, finder, found_at, round, reviews)
    select id::uuid, id, plan::jsonb, {FACTS}, 'RECTIFYING', '{FIRM}', '91330703MA00000157', 'GENERAL',
        'FIRE', 'STATION', '', 'expert', now(), 1, '[]'
    from (values ('{PLANNED}', '{{"measures": "清理", "responsible": "王小明", "deadline": "2017-03-16",
                  "funds": null, "contingency": null}}'), ('{FOUND}', null)) t(id, plan)"""


async def test_those_who_answered_before_are_sealed(
    fresh_database: FreshDatabases, tmp_path: Path
) -> None:
    url = await fresh_database()
    before = f"with e as ({ENTERPRISES}) {HAZARDS}"
    await upgraded_over(url, "inspection", "0004", before, Keys.at(tmp_path).keyring)
    of_before = running("inspection", create_app, fresh_database, tmp_path, database_url=url)
    async with of_before as service:
        inspection = Inspection(service)
        told = await everything(service)
        for secret in ("朱建国", "李四", "王小明", "13800005678"):
            assert secret not in told
        firm = await inspection.shown({"id": FIRM}, "enterprises")
        shown = [(firm[who]["name"], firm[who]["phone"]) for who in ("principal", "safety_officer")]
        assert shown == [("朱**", "138****5678"), ("李*", None)]
        bare = await inspection.shown({"id": BARE}, "enterprises")
        assert (bare["principal"], bare["safety_officer"]) == (None, None)
        plan = (await inspection.shown({"id": PLANNED}))["plan"]
        assert (plan["responsible"], plan["deadline"]) == ("王**", "2017-03-16")
        path = f"/v1/inspection/hazards/{PLANNED}"
        answer = await revealed(service, OFFICER, path, plan["person"], "name")
        assert answer.json()["name"] == "王小明"
        assert (await inspection.shown({"id": FOUND}))["plan"] is None


async def test_a_process_of_before_that_still_runs_fails_and_leaves_nothing_in_the_clear(
    fresh_database: FreshDatabases, tmp_path: Path
) -> None:
    url = await fresh_database()
    await upgraded_over(url, "inspection", "0004", ENTERPRISES, Keys.at(tmp_path).keyring)
    with pytest.raises(ProgrammingError, match="principal"):
        await fetched(url, ENTERPRISES)
