"""A backup over the network of a deployment, by a role that may do nothing else."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from jinding.deploy.backup import back_up, check, told_of
from jinding.deploy.databases import BACKUP, connected, prepare
from jinding.deploy.inside import Inside
from jinding.deploy.settings import DeploySettings
from jinding.processes import SERVICES
from jinding.refusal import Refusal
from services.chassis.session import dsn
from services.contracts.topics import TOPICS
from tests.support.kafka.secured import SecuredBroker
from tests.support.postgres import running_test_server

pytestmark = [pytest.mark.kafka, pytest.mark.proof]


def password(role: str) -> str:
    return f"of-{role}"


async def test_all_databases_and_what_the_log_held_come_by_the_role_and_the_user_backup(
    secured_kafka: SecuredBroker, tmp_path: Path
) -> None:
    kafka = secured_kafka.settings.model_copy(
        update={
            "kafka_admin_user": "backup",
            "kafka_mechanism": "SCRAM-SHA-512",
            "kafka_admin_password_file": secured_kafka.secrets / "kafka_backup",
        }
    )
    (tmp_path / f"pg_{BACKUP}").write_text(password(BACKUP))
    async with running_test_server() as server:
        superuser = dsn(server.url("postgres"))
        await prepare(superuser, password, tmp_path / "keyring")
        settings = DeploySettings(
            database_server_url=f"postgresql://{BACKUP}@/postgres?{superuser.partition('?')[2]}",
            secrets_folder=tmp_path,
        )
        source = Inside(settings, kafka, "jinding:1.3")
        with pytest.raises(Refusal, match="entry for replication"):
            await asyncio.to_thread(back_up, source, tmp_path / "to", 14)
        async with connected(superuser) as connection:
            await let_in(connection)
        made = await asyncio.to_thread(back_up, source, tmp_path / "to", 14)
        async with connected(settings.server_url("grid")) as connection:
            assert await connection.fetchval("select max(number) from epoch") == 1
            for refused in ("select * from report", "insert into epoch (number) values (2)"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(refused)
    check(made)
    told = told_of(made)
    assert told["image"] == "jinding:1.3"
    assert set(told["databases"]) == set(SERVICES)
    assert set(told["topics"]) >= set(TOPICS)
    assert all(len(told["topics"][topic]["ends"]) == 12 for topic in TOPICS)
    assert told["topics"][TOPICS[0]]["settings"]["cleanup.policy"] == "delete"


async def let_in(server: asyncpg.Connection, role: str = BACKUP) -> None:
    """As `deploy/postgres/pg_hba.conf` does; the test's server listens on a socket only."""
    file = Path(await server.fetchval("show hba_file"))
    file.write_text(file.read_text() + f"local replication {role} scram-sha-256\n")
    await server.execute("select pg_reload_conf()")
