"""The working calendar of a further year, for every service that counts working days."""

from pathlib import Path

from jinding.beside import beside
from jinding.calendar_file import parse_import
from jinding.databases import Name
from jinding.refusal import Refusal
from jinding.settings import Settings
from services.chassis.database import Database
from services.chassis.deadlines.calendar_table import store_import
from services.chassis.errors import Refusal as Refused

COUNTING: tuple[Name, ...] = ("grid", "disputes", "inspection", "training")


async def import_calendar(settings: Settings, file: Path) -> int:
    """Store the days of `file` in each service's database; how many days. A running service counts with them
    within a minute, and sets the deadlines that waited for them."""
    try:
        rows = parse_import(file.read_text(encoding="utf-8"))  # noqa: ASYNC240
        async with beside(settings) as databases:
            for name in COUNTING:
                database = Database(databases.url(name), 2)
                try:
                    async with database.transaction() as connection:
                        await store_import(connection, rows)
                finally:
                    await database.close()
    except UnicodeDecodeError as error:
        raise Refusal("日历文件不是 UTF-8 编码。", "The calendar file is not UTF-8.") from error
    except Refused as refused:
        raise Refusal(refused.zh, refused.en) from refused
    return len(rows)
