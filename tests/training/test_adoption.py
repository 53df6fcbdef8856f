"""Trainees of before, who stood in the clear, come through the upgrade sealed, and are still the same people."""

from pathlib import Path

import pytest
from sqlalchemy.exc import ProgrammingError

from services.training.main import create_app
from tests.chassis.test_migrations import fetched, upgraded_over
from tests.support.postgres import FreshDatabases
from tests.support.revealing import everything, revealed
from tests.support.running import Keys, running
from tests.training.calls import OFFICER, TRAINEE, TRAINEES, refusal

ID = "0191d7a0-0000-7000-8000-000000000001"
BEFORE = f"""
    insert into trainee (id, version, area_code, correlation_id, occurred_at, created_at, updated_at,
        late_entry, name, phone, masked_name, masked_phone, audience)
    select id::uuid, 1, '330703101201', id::uuid, now(), now(), now(), false, name, '15400000001',
        '-', '-', 'EMPLOYEE'
    from (values ('{ID}', '欧阳甲子'), ('0191d7a0-0000-7000-8000-000000000002', '朱乙丑')) t(id, name)"""


async def test_the_trainees_of_before_are_sealed_and_known(
    fresh_database: FreshDatabases, tmp_path: Path
) -> None:
    url = await fresh_database()
    await upgraded_over(url, "training", "0004", BEFORE, Keys.at(tmp_path).keyring)
    of_before = running("training", create_app, fresh_database, tmp_path, database_url=url)
    async with of_before as service:
        told = await everything(service)
        assert not [secret for secret in ("欧阳", "朱乙丑", "15400000001") if secret in told]
        shown = (await service.call(OFFICER, "GET", f"{TRAINEES}/{ID}")).json()
        assert (shown["masked_name"], shown["masked_phone"]) == ("欧阳**", "154****0001")
        path = f"{TRAINEES}/{ID}"
        answer = await revealed(service, OFFICER, path, shown["person"], "name", "phone")
        assert answer.json() | {"id": ID} == {"id": ID, "name": "欧阳甲子", "phone": "15400000001"}
        again = await service.call(OFFICER, "POST", TRAINEES, TRAINEE)
        assert refusal(again) == (409, "already_registered")


async def test_a_process_of_before_that_still_runs_fails_and_leaves_nothing_in_the_clear(
    fresh_database: FreshDatabases, tmp_path: Path
) -> None:
    url = await fresh_database()
    await upgraded_over(url, "training", "0004", BEFORE, Keys.at(tmp_path).keyring)
    with pytest.raises(ProgrammingError, match="name"):
        await fetched(url, BEFORE.replace(ID, ID.replace("1", "3")))
