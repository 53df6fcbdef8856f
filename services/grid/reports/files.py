"""The files of reports: what is told of them, and what a partner agency must have said before it has one."""

from typing import Any

from services.chassis.attachments.declared import AttachmentOut, Files
from services.chassis.database import driver
from services.chassis.errors import Forbidden
from services.grid.reports.rules import is_told_of, may_know_the_reporter

OF_ITS_PLACE = ("taken_at", "position", "exif")
PURPOSE = """
    select purpose from audit where object_id = $1 and noun = 'report' and action = 'REVEALED' and subject = $2
    order by seq desc limit 1"""


class DetailsNotFetched(Forbidden):
    zh = "请先说明目的、获取该事件的详情，再下载其附件。"
    en = "Fetch the details of the report for a purpose first; then its files can be downloaded."


class ReportFiles(Files):
    """Where and when a file was made tells of the report's place: it is shown to whom `position` is, and to who
    declared it. A partner agency downloads for the purpose for which it fetched the details."""

    def shown(self, file: Any, row: Any, caller: Any) -> AttachmentOut:
        told = super().shown(file, row, caller)
        knows = not row.sensitive or may_know_the_reporter(caller, row.area_code, row.reporter)
        if file.declared_by == caller.subject or (knows and is_told_of(caller)):
            return told
        return told.model_copy(update=dict.fromkeys(OF_ITS_PLACE))

    async def purpose(self, database: Any, file: Any, row: Any, caller: Any) -> str | None:
        if file.declared_by == caller.subject or is_told_of(caller):
            return None
        async with database.statements() as connection:
            raw = await driver(connection)
            told: str | None = await raw.fetchval(PURPOSE, row.id, caller.subject)
        if told is None:
            raise DetailsNotFetched
        return told
