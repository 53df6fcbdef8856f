"""The district in which it all happens: its areas, its bodies, and one township with short limits."""

import json
from pathlib import Path

import aiohttp

import jinding
from services.contracts import roles
from tests.chaos.load.sending import token
from tests.chaos.system import System

PLACE = Path(jinding.__file__).parents[1] / "deploy" / "districts" / "jindong"
AREAS, ORGANISATIONS = PLACE / "areas.json", PLACE / "organisations.json"
HASTY = "330703101"
AREAS_SHOWN = ("330703", HASTY, "330703001", "330703105", "330703102")
LIMITS = {
    "grid": "insert into time_limit (urgency, clock, area_code, valid_from, allowed) "
    "select 'EMERGENCY', clock, '{area}', '2000-01-01', '10min' "
    "from unnest(array['accept', 'resolve']) as clock",
    "disputes": "insert into mediation_limit values ('{area}', '2000-01-01', '10min')",
    "inspection": "insert into rectification_limit (level, area_code, valid_from, allowed) "
    "values ('GENERAL', '{area}', '2000-01-01', '10min')",
}


async def prepare(system: System) -> None:
    for service, statement in LIMITS.items():
        async with system.direct(service) as connection:
            await connection.execute(statement.format(area=HASTY))
    url = system.settings.gateway_url
    async with aiohttp.ClientSession() as session:
        bearer = await token(session, url, "chaos-setting", [roles.DISTRICT_OPERATOR])
        headers = {"Authorization": f"Bearer {bearer}"}
        for noun, file in (("areas", AREAS), ("organisations", ORGANISATIONS)):
            body = {"rows": json.loads(file.read_text(encoding="utf-8"))}
            path = f"{url}/v1/grid/{noun}/import"
            async with session.put(path, json=body, headers=headers) as answer:
                answer.raise_for_status()
