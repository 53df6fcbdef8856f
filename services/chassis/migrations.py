"""Alembic, one history per service. `python -m services.chassis.migrations grid "What changed"` drafts a
revision from the models against a database at head (`DATABASE_URL`)."""

import asyncio
import importlib
import os
import sys
from pathlib import Path
from typing import Any, Literal

from alembic import command, context, op
from alembic.config import Config
from sqlalchemy import DateTime, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

from services.chassis.deadlines.calendar_table import seed
from services.chassis.schema import ROOT


def _config(service: str, connection: Any = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / service / "migrations"))
    config.attributes["connection"] = connection
    return config


async def upgrade(service: str, database_url: str, keyring: Path | None = None) -> None:
    """Bring the service's database to the newest schema; does nothing where it is there already. `keyring` is
    needed where people stand in the clear."""

    def upgraded(connection: Any) -> None:
        config = _config(service, connection)
        config.attributes["keyring"] = keyring
        command.upgrade(config, "head")

    engine = create_async_engine(database_url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(upgraded)
            await seed(connection)
    finally:
        await engine.dispose()


def run_env(service: str) -> None:
    """The body of a service's `migrations/env.py`."""
    importlib.import_module(f"services.{service}.models_all")
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=SQLModel.metadata,
        compare_type=True,
        render_item=_plainly,
    )
    with context.begin_transaction():
        context.run_migrations()


def _plainly(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Revisions name SQL types only, so that they stay true when our classes change."""
    if kind != "type":
        return False
    plain = getattr(item, "impl", item)
    if isinstance(plain, DateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(plain, String):
        return f"sa.String({plain.length or ''})"
    return "postgresql.JSONB()" if isinstance(plain, JSONB) else False


def create_chassis_tables() -> None:
    """The chassis's tables as they were when the services began; later changes are revisions."""
    for statement in (ROOT / "chassis" / "schema.sql").read_text().split(";\n"):
        if statement.strip():
            op.execute(statement)


def part_the_unpublished() -> None:
    """The chassis's second revision. The event's id, which stands in its headers, goes too: a process of before that
    still runs must fail, or what it writes would never be published."""
    for statement in (
        "create table unpublished (lane smallint, id bigint, primary key (lane, id))",
        "insert into unpublished select lane, id from outbox where published_at is null",
        "alter table outbox drop column published_at, drop column event_id",
    ):
        op.execute(statement)


async def draft(service: str, message: str, database_url: str) -> None:
    engine = create_async_engine(database_url)
    number = len(list((ROOT / service / "migrations" / "versions").glob("*.py"))) + 1
    async with engine.begin() as connection:
        await connection.run_sync(
            lambda sync: command.revision(
                _config(service, sync), message, autogenerate=True, rev_id=f"{number:04d}"
            )
        )
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(draft(sys.argv[1], sys.argv[2], os.environ["DATABASE_URL"]))
