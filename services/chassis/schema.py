"""Whether a database is at the schema that this program was written for."""

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

ROOT = Path(__file__).parents[1]


class SchemaUnknown(SystemExit):
    """It is not."""


async def known_head(service: str, engine: AsyncEngine) -> None:
    """Refuse to go on (`SchemaUnknown`) unless the database's schema is the newest this program knows.

    Asked without Alembic, which no serving process needs (11 MB in each): revisions are numbered."""
    revisions = (ROOT / service / "migrations" / "versions").glob("[0-9]*.py")
    expected = max(path.name for path in revisions)[:4]
    async with engine.connect() as connection:
        try:
            found = await connection.scalar(text("select version_num from alembic_version"))
        except ProgrammingError:  # nothing was ever migrated
            found = None
    if found != expected:
        raise SchemaUnknown(
            f"{service} 的数据库结构为 {found}，程序需要 {expected}：请先运行 jinding migrate。"
            f" The schema of {service} is {found}, this program needs {expected}: run jinding migrate."
        )
